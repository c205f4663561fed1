"""Zalo Notification Service: templates sent to a telephone number from the centre's Official Account."""

__all__ = ("notifications",)
