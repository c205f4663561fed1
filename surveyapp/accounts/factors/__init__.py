"""The second factor: passkeys, codes of an app (TOTP), recovery codes."""
