"""Role and database on a PostgreSQL that has neither, by somebody who may make them."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL, make_url


def make(admin: str, database: str) -> list[str]:
    """Make what is missing; the names of what was made. Runs outside any transaction, as it must."""
    import psycopg
    from psycopg import sql

    address, by = make_url(database), make_url(admin)
    made = []
    plain = by.set(drivername="postgresql").render_as_string(hide_password=False)
    with (
        _as_the_one_who_is_asked(by),
        psycopg.connect(plain, autocommit=True, connect_timeout=5) as connection,
    ):
        role, name = address.username, address.database
        assert role, "the address names no role"
        assert name, "the address names no database"
        role_row = connection.execute(
            "select 1 from pg_roles where rolname = %s", (role,)
        ).fetchone()
        if role_row is None:
            password = sql.Literal(str(address.password or ""))
            connection.execute(
                sql.SQL("create role {} login password {}").format(sql.Identifier(role), password)
            )
            made.append(role)
        role_row = connection.execute(
            "select 1 from pg_database where datname = %s", (name,)
        ).fetchone()
        if role_row is None:
            connection.execute(
                sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
                    sql.Identifier(name), sql.Identifier(role)
                )
            )
            made.append(name)
    return made


@contextmanager
def _as_the_one_who_is_asked(admin: URL) -> Iterator[None]:
    """Over its socket PostgreSQL believes the operating system who comes: root comes as the role's namesake."""
    is_socket = not admin.host and str(admin.query.get("host", "/")).startswith("/")
    names = {one.pw_name: one.pw_uid for one in pwd.getpwall()}
    uid = names.get(admin.username or "")
    if os.geteuid() != 0 or not is_socket or admin.password or uid is None:
        yield
        return
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
