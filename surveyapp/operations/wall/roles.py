"""Makes the roles of the second wall, gives them their rights, and says where a database differs from that."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from surveyapp.db import UNITS
from surveyapp.operations.wall.rights import BY_UNIT, PARENTS, TableRight, WallRole, rights, tables

PREFIX = "survey"
OPEN, OF_UNIT = "wall_open", "wall_unit"
"""Policies: for roles that take no notice of units, and for pages of the staff."""

_UNITS_OF_REQUEST = f"""
CREATE OR REPLACE FUNCTION survey_units() RETURNS integer[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(u.id), '{{}}') FROM unit u JOIN campaign c ON c.id = u.campaign_id
  WHERE c.code || '/' || u.code = ANY (string_to_array(current_setting('{UNITS}', true), ','))
$$"""  # noqa: S608  names of ours alone


@dataclass(frozen=True)
class WallGap:
    """Where a database is not as the wall wants it: `what` is in PostgreSQL's own words."""

    role: str
    what: str


def name(role: WallRole, prefix: str = PREFIX) -> str:
    """What a role is called in the database."""
    return f"{prefix}_{role}"


def is_possible(url: str) -> bool:
    """Roles are PostgreSQL's."""
    return make_url(url).get_backend_name() == "postgresql"


def spoken(url: str) -> str:
    """The address with the driver of the house."""
    told = make_url(url).set(drivername="postgresql+psycopg")
    return told.render_as_string(hide_password=False)


def address(url: str, called: str, password: str) -> str:
    """The address of the same database for a role."""
    told = make_url(url).set(drivername="postgresql", username=called, password=password)
    return told.render_as_string(hide_password=False)


def make(connection: Connection, *, prefix: str = PREFIX) -> dict[str, str]:
    """Make what is missing and set every right anew; a password for each role that was made now.

    Takes a connection of whoever owns the tables and may make roles. Repeated after each migration.
    """
    run = connection.exec_driver_sql
    known = set(run("SELECT rolname FROM pg_roles").scalars())
    made: dict[str, str] = {}
    for role in WallRole:
        called = name(role, prefix)
        if called not in known:
            made[called] = secrets.token_urlsafe(24)
            run(f"CREATE ROLE {called} LOGIN PASSWORD '{made[called]}'")
        bypass = "BYPASSRLS" if role is WallRole.BACKUP else "NOBYPASSRLS"
        run(f"ALTER ROLE {called} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION {bypass}")
    database = run("SELECT current_database()").scalar_one()
    owners = run("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").scalars()
    run(f'GRANT CONNECT ON DATABASE "{database}" TO {", ".join({"CURRENT_USER", *owners})}')
    everybody = ", ".join(name(role, prefix) for role in WallRole)
    run(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    run(f'GRANT CONNECT ON DATABASE "{database}" TO {everybody}')
    run(f"GRANT USAGE ON SCHEMA public TO {everybody}")
    run(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {everybody}")
    run(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {everybody}")
    _grant(connection, prefix)
    _guard_rows(connection, prefix)
    return made


def _grant(connection: Connection, prefix: str) -> None:
    there = set(_tables(connection))
    for one in rights():
        if one.table in there:
            columns = f" ({', '.join(one.columns)})" if one.columns else ""
            connection.exec_driver_sql(
                f"GRANT {one.verb}{columns} ON {one.table} TO {name(one.role, prefix)}"
            )
    for table, sequence in _sequences(connection):
        for one in rights():
            if one.table == table and one.verb == "INSERT":
                connection.exec_driver_sql(
                    f"GRANT USAGE ON SEQUENCE {sequence} TO {name(one.role, prefix)}"
                )
    for _table, sequence in _sequences(connection):
        backup = name(WallRole.BACKUP, prefix)
        connection.exec_driver_sql(f"GRANT SELECT ON SEQUENCE {sequence} TO {backup}")


def _guard_rows(connection: Connection, prefix: str) -> None:
    """Row-level security, forced on the owner too: of tables that name people, by the unit that listed them."""
    run = connection.exec_driver_sql
    run(_UNITS_OF_REQUEST)
    staff = name(WallRole.STAFF, prefix)
    others = [name(role, prefix) for role in WallRole if role is not WallRole.STAFF]
    for table, column in BY_UNIT.items():
        owner = run(f"SELECT tableowner FROM pg_tables WHERE tablename = '{table}'").scalar_one()  # noqa: S608  names of ours alone
        run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for policy in (OPEN, OF_UNIT):
            run(f"DROP POLICY IF EXISTS {policy} ON {table}")
        run(f"CREATE POLICY {OPEN} ON {table} TO {', '.join([owner, *others])} USING (true)")
        run(f"CREATE POLICY {OF_UNIT} ON {table} TO {staff} USING ({_seen(column)})")


def _seen(column: str) -> str:
    """Asked once a statement, not once a row: each part is a query of its own."""
    everything = f"(SELECT coalesce(current_setting('{UNITS}', true), '')) = '*'"
    if column in PARENTS:
        return f"{everything} OR {column} IN (SELECT id FROM {PARENTS[column]})"  # noqa: S608  names of ours alone
    return f"{everything} OR {column} = ANY ((SELECT survey_units())::integer[])"


# ---- looking


def stands(connection: Connection, *, prefix: str = PREFIX) -> bool:
    """Whether somebody built the wall in this database, soundly or not: roles are those of the whole server."""
    return any(True for _ in _held(connection, prefix))


def gaps(connection: Connection, *, prefix: str = PREFIX) -> Iterator[WallGap]:
    """Every right too many or too few, every role that is more than it should be, every table without its guard."""
    stood = {
        row.rolname: row
        for row in connection.execute(
            text(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
                " WHERE rolname = ANY (:names)"
            ),
            {"names": [name(role, prefix) for role in WallRole]},
        )
    }
    for role in WallRole:
        called = name(role, prefix)
        standing = stood.get(called)
        if standing is None:
            yield WallGap(called, "no such role")
            continue
        bypasses = standing.rolbypassrls and role is not WallRole.BACKUP
        if standing.rolsuper or standing.rolcreaterole or standing.rolcreatedb or bypasses:
            yield WallGap(called, "more than a role of the survey may be")
    if len(stood) == len(WallRole):
        yield from _rights_amiss(connection, prefix)
    yield from _rows_unguarded(connection)


def _rights_amiss(connection: Connection, prefix: str) -> Iterator[WallGap]:
    there = set(_tables(connection))
    settled = {_words(one, prefix) for one in rights() if one.table in there}
    held = set(_held(connection, prefix))
    for role, what in sorted(settled - held):
        yield WallGap(role, f"lacks {what}")
    for role, what in sorted(held - settled):
        yield WallGap(role, f"has {what}")
    yield from (WallGap("", f"no rights are settled for {one}") for one in sorted(there - tables()))


def _words(one: TableRight, prefix: str) -> tuple[str, str]:
    columns = f" ({', '.join(sorted(one.columns))})" if one.columns else ""
    return name(one.role, prefix), f"{one.verb}{columns} ON {one.table}"


def _held(connection: Connection, prefix: str) -> Iterator[tuple[str, str]]:
    names = [name(role, prefix) for role in WallRole]
    whole = text(
        "SELECT r.rolname, a.privilege_type, c.relname FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public',"
        " aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE c.relkind IN ('r', 'p', 'v') AND r.rolname = ANY (:names)"
    )
    for role, verb, table in connection.execute(whole, {"names": names}):
        yield role, f"{verb} ON {table}"
    some = text(
        "SELECT r.rolname, a.privilege_type, c.relname, string_agg(t.attname, ', ' ORDER BY t.attname COLLATE \"C\")"
        " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public',"
        " aclexplode(t.attacl) a JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE r.rolname = ANY (:names) GROUP BY 1, 2, 3"
    )
    for role, verb, table, columns in connection.execute(some, {"names": names}):
        yield role, f"{verb} ({columns}) ON {table}"


def _rows_unguarded(connection: Connection) -> Iterator[WallGap]:
    guarded = text(
        "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity"
        " AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) = 2"
    )
    guarded_tables = set(connection.execute(guarded).scalars())
    for table in sorted(BY_UNIT.keys() - guarded_tables):
        yield WallGap("", f"no row-level security on {table}")


def _tables(connection: Connection) -> list[str]:
    names = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return list(connection.execute(names).scalars())


def _sequences(connection: Connection) -> list[tuple[str, str]]:
    """Each sequence of a table, by which its rows are numbered."""
    numbered = text(
        "SELECT t.relname, s.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid"
        " JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND d.deptype IN ('a', 'i')"
    )
    return [(table, sequence) for table, sequence in connection.execute(numbered)]
