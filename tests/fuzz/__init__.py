"""Fuzzing what reads bytes of strangers: `make fuzz`; a short form runs with the tests."""
