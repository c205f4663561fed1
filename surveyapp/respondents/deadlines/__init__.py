"""When lists are due: what a desk declares and is granted, and the reminders to late desks."""

__all__ = (
    "desks",
    "reminders",
)
