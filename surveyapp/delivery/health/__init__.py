"""How the channels and workers are doing."""
