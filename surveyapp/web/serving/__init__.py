"""How gunicorn's processes begin, end and count; used by `gunicorn.conf.py` alone."""
