"""The sealed box on the server: its key, its custodians, what leaves for the opening, what came back."""
