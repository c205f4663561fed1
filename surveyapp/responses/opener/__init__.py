"""The opening of a box, for the custodians' machine and for the server: one program, packed by `opener/`.

Nothing here knows the server: Python, `cryptography`, and for paper `segno` and `typst`. No network.
"""

__all__ = ("acts", "custody")
