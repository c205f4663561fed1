"""The database: whether it answers, is this program's and this ring's, and keeps what it is given."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine, MetaData, text
from sqlalchemy.orm import Session

from surveyapp import db, schema
from surveyapp.i18n import _
from surveyapp.keys import KeyRing
from surveyapp.operations.doctor import machine
from surveyapp.operations.doctor.findings import Diagnosis, Level
from surveyapp.operations.installation import ownership
from surveyapp.operations.wall import roles

FEWEST_CONNECTIONS, ENOUGH_CONNECTIONS = 60, 100


def look(
    engine: Engine, metadata: MetaData, keys: KeyRing, *, now: datetime
) -> Iterator[Diagnosis]:
    """Stops at the first thing without which the rest cannot be asked."""
    try:
        db.check_durability(engine)
    except db.UnsafeDatabase as unsafe:
        words = _(
            "Cơ sở dữ liệu có thể quên câu trả lời đã xác nhận: %(setting)s là %(found)s, phải là %(needed)s.",
            setting=unsafe.setting,
            found=unsafe.found,
            needed=unsafe.needed,
        )
        yield Diagnosis("durability", Level.FAIL, words, _alter(engine, unsafe))
    except (*db.UNREACHABLE, db.DatabaseAway) as error:
        state = db.sqlstate(error) or db.fault_of(error) or ""
        words = _("Cơ sở dữ liệu không trả lời (%(state)s).", state=state)
        yield Diagnosis("database", Level.FAIL, words, "systemctl restart postgresql")
        return
    yield Diagnosis(
        "database", Level.OK, _("Cơ sở dữ liệu trả lời: %(engine)s.", engine=engine.dialect.name)
    )
    fault = _schema(engine, metadata)
    yield fault or Diagnosis(
        "schema", Level.OK, _("Cấu trúc dữ liệu đúng phiên bản %(at)s.", at=schema.newest())
    )
    if fault is not None:
        return
    yield _keys(keys)
    with db.reading() as session:
        if engine.dialect.name == "postgresql":
            there = session.scalar(text("select clock_timestamp()"))
            assert isinstance(there, datetime)
            yield machine.compare_clocks(now, there)
            yield _wall(session)
            yield _limits(
                int(
                    str(
                        session.scalar(
                            text("select setting from pg_settings where name = 'max_connections'")
                        )
                    )
                )
            )


def _wall(session: Session) -> Diagnosis:
    """The second wall: whether its roles are there, and have the rights that this program settled."""
    connection = session.connection()
    if not roles.stands(connection):
        words = _(
            "Chưa có bức tường thứ hai: mọi tiến trình dùng chung một vai trò trong PostgreSQL."
        )
        return Diagnosis("wall", Level.WARN, words, "surveyapp database roles --out FOLDER")
    gaps = list(roles.gaps(connection))
    if gaps:
        words = _(
            "Bức tường thứ hai hở %(n)s chỗ: %(places)s.",
            n=len(gaps),
            places="; ".join(f"{gap.role or '-'}: {gap.what}" for gap in gaps[:5]),
        )
        return Diagnosis("wall", Level.FAIL, words, "surveyapp database roles --out FOLDER")
    me = str(session.scalar(text("select current_user")))
    words = _("Bức tường thứ hai đứng; lệnh này chạy với vai trò %(role)s.", role=me)
    return Diagnosis("wall", Level.OK, words)


def _alter(engine: Engine, unsafe: db.UnsafeDatabase) -> str:
    if engine.dialect.name == "sqlite":
        return f"findmnt -T {engine.url.database}"
    return f"psql -c \"alter system set {unsafe.setting} = on\" -c 'select pg_reload_conf()'"


def _schema(engine: Engine, metadata: MetaData) -> Diagnosis | None:
    try:
        schema.check(engine, metadata)
    except schema.SchemaDiffers as differs:
        words = _(
            "Cơ sở dữ liệu ở phiên bản %(found)s, chương trình cần phiên bản %(needed)s.",
            found=differs.found or "–",
            needed=differs.needed,
        )
        return Diagnosis("schema", Level.FAIL, words, "surveyapp migrate")
    except schema.SchemaForeign as foreign:
        words = _(
            "Cơ sở dữ liệu mang số phiên bản %(revision)s nhưng khác ở: %(places)s.",
            revision=foreign.revision,
            places="; ".join(foreign.differences[:5]),
        )
        return Diagnosis("schema", Level.FAIL, words, "surveyapp restore FILE --secret KEY")
    return None


def _keys(keys: KeyRing) -> Diagnosis:
    try:
        with db.reading() as session:
            fitting = ownership.fits(session, keys)
    except ownership.REFUSALS as refused:
        words = _(
            "Khóa số %(number)s không khớp với cơ sở dữ liệu: liên kết đã gửi sẽ chết, phiếu đã nộp không mở được.",
            number=refused.number,
        )
        return Diagnosis("keys", Level.FAIL, words, "surveyapp keys import FILE")
    if fitting is None:
        words = _("Chưa bộ khóa nào nhận cơ sở dữ liệu này.")
        return Diagnosis("keys", Level.WARN, words, "surveyapp keys check")
    return Diagnosis(
        "keys",
        Level.OK,
        _("Bộ khóa là của cơ sở dữ liệu này; khóa đang dùng: %(n)s.", n=fitting.current),
    )


def _limits(most: int) -> Diagnosis:
    words = _("PostgreSQL nhận tối đa %(most)s kết nối; mỗi tiến trình web dùng tới 20.", most=most)
    if most >= FEWEST_CONNECTIONS:
        return Diagnosis("connections", Level.OK, words)
    enough = f"psql -c 'alter system set max_connections = {ENOUGH_CONNECTIONS}'"
    return Diagnosis("connections", Level.WARN, words, f"{enough} && systemctl restart postgresql")
