"""Delivery of the campaign's messages: waves, the worker that sends them, and what became of each."""
