"""Figures and alarms for those who keep the server going; no person, and no single submission."""

__all__ = ("alarms", "gauges")
