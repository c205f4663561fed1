"""The kept counts, and every figure that is read from them."""
