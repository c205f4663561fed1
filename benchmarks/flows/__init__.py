"""Whole flows under load: a client of our own beside the ceiling of the machine, in one run.

`.venv/bin/python -m benchmarks.flows --help` says what can be measured; what was measured stands in
`benchmarks/RESULTS.md`, which the command writes. `load.py` is the client, a process of its own;
`plain_flask.py` is the ceiling: the same steps in plain Flask on the same engine behind the same gunicorn.
"""
