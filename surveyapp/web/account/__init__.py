"""Staff accounts: sign in and out, choose a campaign, own sessions, password and language."""
