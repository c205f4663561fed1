"""A whole installation on this machine: PostgreSQL, PgBouncer, two nodes, nginx; load, faults, soak, drills."""
