"""The pages: each parses, calls one service, renders.

`application` builds the server; the command line borrows from `http` how a refusal is worded.
"""

__all__ = (
    "application",
    "http",
)
