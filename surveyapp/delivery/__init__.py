"""Delivery of the campaign's messages: waves, the workers that send, letters, what came back.

`waves.lifecycle` plans and confirms, `sending.worker` sends, `returned.returns` takes what came back, `health` watches.
`__all__`, here and in each folder, is what other packages may use.
"""

__all__ = (
    "erasing",
    "errors",
    "health",
    "labels",
    "letters",
    "models",
    "person_messages",
    "preview",
    "queries",
    "returned",
    "rules",
    "sending",
    "states",
    "templates",
    "unit_messages",
    "waves",
)
