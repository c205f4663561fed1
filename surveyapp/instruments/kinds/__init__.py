"""Every kind of question, one module each; free of the server, because a box is opened away from it.

`registry.kind_of(item)` is all that the house asks: nothing outside says which kind it is.
"""

__all__ = (
    "kind",
    "registry",
    "routing",
)
