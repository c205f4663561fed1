"""What every request passes: guard, headers, sessions, errors, language."""
