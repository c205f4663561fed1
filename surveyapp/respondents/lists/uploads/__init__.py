"""A file on its way to a list: understood, shown, judged in the guarded child, stored."""
