"""Where each unit and group will stand on the last day, and the nightly snapshots."""

__all__ = ("coming_answers", "nightly", "projection", "series", "snapshots")
