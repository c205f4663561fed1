"""Sending at the centre: invitations, waves, letters, calls, what people declared."""
