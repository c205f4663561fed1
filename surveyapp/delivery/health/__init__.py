"""How the channels and workers are doing."""

__all__ = (
    "canary",
    "channels",
    "worker_watch",
)
