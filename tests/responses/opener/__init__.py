"""The opener: the same program on the custodians' machine and on the server."""
