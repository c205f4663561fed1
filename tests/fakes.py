"""Hand-written stand-ins for what a test must not touch. Used instead of mocks."""
