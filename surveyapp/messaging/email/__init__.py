"""E-mail: over SMTP, signed, and what comes back of it."""
