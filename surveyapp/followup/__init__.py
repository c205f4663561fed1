"""Telephone follow-up: whom operators call, what came of each call, and who may see the list."""
