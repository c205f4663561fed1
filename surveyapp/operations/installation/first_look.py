"""What stands in a database before anything is known of it: may a new ring be made for it?"""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from surveyapp.operations.installation.errors import KeyRingLost


def check_unclaimed(engine: Engine) -> None:
    """Refuse a database that a ring was used with: a new one would open nothing of it.

    Works at every revision, and without tables. Raises `KeyRingLost` with the campaigns that stand there.
    """
    address = engine.url
    if address.get_backend_name() == "sqlite" and not _exists(address.database):
        return
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        claimed = "installation" in tables and connection.scalar(
            text("select count(*) from installation")
        )
    campaigns = campaigns_at_stake(engine)
    if campaigns or claimed:
        raise KeyRingLost(campaigns)


def identity(engine: Engine) -> str:
    """By which a backup is known to be of this database; empty while no ring has claimed it."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("installation"):
            return ""
        return str(connection.scalar(text("select identity from installation")) or "")


def campaigns_at_stake(engine: Engine) -> list[str]:
    """The campaigns of whatever revision stands there, by code."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("campaign"):
            return []
        return list(connection.execute(text("select code from campaign order by code")).scalars())


def _exists(file: str | None) -> bool:
    return bool(file) and Path(str(file)).exists()
