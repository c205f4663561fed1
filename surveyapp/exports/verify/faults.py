"""What a check reports."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class ReleaseFault:
    """Something that is not as the manifest and the contract say: where, what, and the particulars."""

    path: str
    code: str
    detail: str
