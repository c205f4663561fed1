"""The life of a list: taken in, checked, mended, compared, accepted, approved."""
