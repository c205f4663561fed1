"""Chromium before a running server: on a phone and a desktop, by touch and keyboard, with and without scripts."""
