"""The attacks on the promise, each with a naive twin that it breaks (docs/attacks.md)."""
