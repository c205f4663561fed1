"""Names of a form from elsewhere in the shape of ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

LONGEST = 32
"""Signs of our codes and ids, at most."""

_JOINTS = re.compile(r"[^A-Za-z0-9]+")


def our_code(name: str) -> str:
    """`yes_no` as `yes-no`, `tên gọi` as `ten-goi`; "" where nothing of it can stand in a code."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _JOINTS.sub("-", letters).strip("-")


def our_identifier(name: str) -> str:
    """The permanent id made of a variable's name: `q1_a` gives `Q1-A`."""
    code = our_code(name).upper()
    return code if code[:1].isalpha() else f"Q{code}"


def distinct(code: str, taken: Container[str]) -> str:
    """The code, no longer than ours may be and unlike any that is taken."""
    shown, n = code[:LONGEST].rstrip("-"), 1
    while shown in taken:
        n += 1
        shown = code[: LONGEST - len(f"-{n}")].rstrip("-") + f"-{n}"
    return shown
