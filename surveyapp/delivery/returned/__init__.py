"""What comes back after a message was handed over."""

__all__ = (
    "provider_reports",
    "returns",
)
