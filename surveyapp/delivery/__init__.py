"""Delivery of the campaign's messages: waves, the workers that send, what came back."""
