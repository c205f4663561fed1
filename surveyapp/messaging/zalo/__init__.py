"""Zalo Notification Service: templates sent to a telephone number from the centre's Official ZaloAccount."""

__all__ = ()
