"""Role and database on a PostgreSQL that has neither, by somebody who may make them."""

from sqlalchemy.engine import make_url


def make(admin: str, database: str) -> list[str]:
    """Make what is missing; the names of what was made. Runs outside any transaction, as it must."""
    import psycopg
    from psycopg import sql

    address = make_url(database)
    made = []
    plain = make_url(admin).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, connect_timeout=5) as connection:
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
