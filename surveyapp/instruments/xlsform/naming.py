"""Names of a form from elsewhere in the shape of ours."""

from __future__ import annotations

import re

_JOINTS = re.compile(r"[-_.\s]+")


def our_code(name: str) -> str:
    """`yes_no` as `yes-no`; signs that we do not take stay, and are told as faults."""
    return _JOINTS.sub("-", name).strip("-")


def our_identifier(name: str) -> str:
    """The permanent id made of a variable's name: `q1_a` gives `Q1-A`."""
    return our_code(name).upper()
