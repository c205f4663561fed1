"""The second factor: passkeys, codes of an app (TOTP), recovery codes."""

__all__ = ("passkeys", "recovery_codes", "service", "totp")
