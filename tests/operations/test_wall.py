"""The second wall on PostgreSQL: what a process of one audience cannot reach, whatever SQL it is made to say."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from surveyapp import db as database
from surveyapp.cli.main import main
from surveyapp.db import make_engine, transaction
from surveyapp.operations.wall import roles
from surveyapp.operations.wall.rights import BY_UNIT, WallRole, rights, tables
from surveyapp.tables import metadata
from tests import factories, postgres


@pytest.fixture
def engine(walled_engine):
    return walled_engine


@pytest.fixture
def people(engine, now, keys):
    """Three people of a ministry and two of a province."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        for unit, kind, n in (("BNV", "department-leaders", 3), ("01", "council", 2)):
            listed = factories.people(n, start=10 * n)
            factories.approved_list(db, campaign, now, keys, unit=unit, kind=kind, listed=listed)


@pytest.fixture
def as_role(engine, postgres_folder):
    """Ask as one who signed in as a role, by its own name."""
    made = []

    def ask(role, statement, units=None):
        url = make_url(postgres.url(postgres_folder, engine.url.database))
        made.append(create_engine(url.set(username=roles.name(role))))
        with made[-1].begin() as connection:
            if units is not None:
                connection.execute(
                    text("select set_config('survey.units', :u, true)"), {"u": units}
                )
            return connection.execute(text(statement)).all()

    yield ask
    for one in made:
        one.dispose()


CLOSED = [
    (WallRole.RESPONDENT, "SELECT full_name FROM person"),
    (WallRole.RESPONDENT, "SELECT email FROM person"),
    (WallRole.RESPONDENT, "SELECT * FROM list_line"),
    (WallRole.RESPONDENT, "SELECT * FROM sealed_ballot"),
    (WallRole.RESPONDENT, "SELECT * FROM response"),
    (WallRole.RESPONDENT, "SELECT * FROM staff_session"),
    (WallRole.RESPONDENT, "UPDATE campaign SET settings = '{}'"),
    (WallRole.RESPONDENT, "UPDATE assignment SET rated_unit_id = 1"),
    (WallRole.STAFF, "SELECT ciphertext FROM draft"),
    (WallRole.STAFF, "UPDATE draft SET ciphertext = ''"),
    (WallRole.STAFF, "UPDATE response SET answers = '{}'"),
    (WallRole.STAFF, "UPDATE audit_entry SET actor = ''"),
    (WallRole.STAFF, "DELETE FROM audit_entry"),
    (WallRole.STAFF, "INSERT INTO sealed_ballot SELECT * FROM sealed_ballot"),
    (WallRole.WORKER, "SELECT * FROM sealed_ballot"),
    (WallRole.WORKER, "SELECT * FROM response"),
    (WallRole.WORKER, "SELECT ciphertext FROM draft"),
    (WallRole.OPENER, "SELECT full_name FROM person"),
    (WallRole.OPENER, "SELECT tag FROM invitation"),
    (WallRole.BACKUP, "DELETE FROM draft"),
    (WallRole.BACKUP, "CREATE TABLE own (id integer)"),
    (WallRole.STAFF, "ALTER TABLE person DISABLE ROW LEVEL SECURITY"),
]


@pytest.mark.parametrize(("role", "statement"), CLOSED)
def test_a_role_is_refused_what_its_pages_do_not_need(role, statement, as_role):
    with pytest.raises(ProgrammingError) as refused:
        as_role(role, statement)
    assert database.sqlstate(refused.value) == "42501", "insufficient_privilege"


def test_a_coordinators_request_is_given_people_of_her_own_units_and_one_that_says_nothing_nobody(
    people, as_role
):
    counted = "SELECT count(*) FROM {}"
    for table, own, all_ in (("person", 3, 5), ("respondent_list", 1, 2), ("list_line", 3, 5), ("person_entry", 3, 5)):  # fmt: skip
        ask = counted.format(table)
        assert as_role(WallRole.STAFF, ask, "tiny/BNV") == [(own,)]
        assert as_role(WallRole.STAFF, ask, "tiny/BNV,tiny/01") == [(all_,)]
        assert as_role(WallRole.STAFF, ask, "*") == [(all_,)]
        assert as_role(WallRole.STAFF, ask) == as_role(WallRole.STAFF, ask, "else/BNV") == [(0,)]
    assert as_role(WallRole.WORKER, counted.format("person")) == [(5,)]
    assert as_role(WallRole.BACKUP, counted.format("person")) == [(5,)]
    assert as_role(WallRole.RESPONDENT, "SELECT count(id) FROM person") == [(5,)]


def test_a_row_of_another_unit_cannot_be_written_either(people, as_role):
    moved = "UPDATE person SET unit_id = (SELECT id FROM unit WHERE code = '01' LIMIT 1)"
    with pytest.raises(ProgrammingError, match="row-level security"):
        as_role(WallRole.STAFF, moved, "tiny/BNV")


def test_the_units_of_a_request_go_with_its_transaction_and_no_further(people, engine):
    database.see_units("tiny/BNV")
    try:
        with transaction() as db:
            assert db.scalar(text("SELECT current_setting('survey.units', true)")) == "tiny/BNV"
            connection = db.connection()
        database.see_units("")
        with engine.connect() as connection:
            told = connection.scalar(text("SELECT current_setting('survey.units', true)"))
    finally:
        database.see_units("")
    assert not told


# ---- made and looked after


def test_every_table_has_its_rights_settled():
    assert tables() == {*metadata.tables, "alembic_version"}
    assert set(BY_UNIT) <= tables()


def test_no_role_but_the_respondents_writes_a_draft_and_none_alters_an_answer_or_an_entry():
    held = {(one.role, one.table, one.verb) for one in rights() if not one.columns}
    assert {role for role, table, verb in held if (table, verb) == ("draft", "UPDATE")} == {
        WallRole.RESPONDENT
    }
    for table in ("response", "remark", "receipt", "opened_cell", "audit_entry", "box_opening"):
        assert not {one for one in held if one[1] == table and one[2] in ("UPDATE", "DELETE")}


def test_what_differs_from_the_wall_is_found_and_making_it_anew_mends_it(engine):
    def gaps():
        with engine.connect() as connection:
            return {f"{gap.role}: {gap.what}" for gap in roles.gaps(connection)}

    assert gaps() == set()
    with engine.begin() as connection:
        connection.exec_driver_sql("GRANT SELECT ON draft TO survey_staff")
        connection.exec_driver_sql("REVOKE INSERT ON draft FROM survey_respondent")
        connection.exec_driver_sql("ALTER TABLE person NO FORCE ROW LEVEL SECURITY")
        connection.exec_driver_sql("CREATE TABLE fresh (id integer)")
    assert gaps() == {
        "survey_staff: has SELECT ON draft",
        "survey_respondent: lacks INSERT ON draft",
        ": no row-level security on person",
        ": no rights are settled for fresh",
    }
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE fresh")
        roles.make(connection)
    assert gaps() == set()


def test_the_command_writes_an_address_for_each_role_and_says_that_the_wall_stands(
    engine, runner, tmp_path
):
    words = ["--english", "database", "roles", "--prefix", "other"]
    try:
        done = runner.invoke(main, [*words, "--out", str(tmp_path / "roles")])
        assert done.exit_code == 0, done.output
        written = sorted((tmp_path / "roles").iterdir())
        assert [path.name for path in written] == sorted(f"other_{role}.env" for role in WallRole)
        for path in written:
            assert path.stat().st_mode & 0o077 == 0
            address = path.read_text().strip().removeprefix("DATABASE_URL=")
            asked = make_engine(address.replace("postgresql:", "postgresql+psycopg:", 1))
            with asked.connect() as connection:
                assert connection.scalar(text("select current_user")) == path.stem
            asked.dispose()
        with engine.begin() as connection:
            connection.exec_driver_sql("GRANT SELECT ON draft TO other_staff")
        done = runner.invoke(main, [*words, "--check"])
        assert done.exit_code == 1
        assert "other_staff: has SELECT ON draft" in done.output
    finally:
        with engine.begin() as connection:
            names = ", ".join(f"other_{role}" for role in WallRole)
            connection.exec_driver_sql(f"DROP OWNED BY {names}")
            connection.exec_driver_sql(f"DROP ROLE {names}")
