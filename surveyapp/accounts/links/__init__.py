"""Links by which people set their own password, and the e-mail that brings them."""

__all__ = ("account_mail", "activation", "invite")
