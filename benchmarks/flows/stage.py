"""A campaign that collects, with as many invitations as a run uses up, through the application's services.

`python -m benchmarks.flows.stage FOLDER DATABASE_URL PEOPLE [UPLOADS]` makes instance, keys and campaign in FOLDER
and writes `stage.json`: what the client must know. It is run with the code of the tree it measures.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy.orm import Session

from surveyapp import clock, schema
from surveyapp.accounts.act import Act
from surveyapp.campaigns import service
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.reading import Pack, read_pack
from surveyapp.config import PROJECT
from surveyapp.db import bind, make_engine, transaction
from surveyapp.instruments.model import DONT_KNOW
from surveyapp.invitations import service as invitations
from surveyapp.keys import KeyRing, make_key_ring, read_key_ring
from tests import factories

PACK = PROJECT / "questionnaires" / "par-index-2023"
GROUP, LIST, SECTIONS, ITEMS = "P1", "council", 8, 5
"""Who answers: members of provincial councils, who hold one questionnaire each."""
A_LIST = 400
"""People in a list: more of them have like names than a desk would hand in."""
UPLOADS, UPLOADED = 40, 1000


def build(folder: Path, url: str, people: int, uploads: int) -> dict[str, Any]:
    """The campaign in an empty database, and what the client must know of it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_key_ring(folder / "keys.json")
    keys, now = read_key_ring(folder / "keys.json"), clock.now()
    engine = make_engine(url)
    schema.migrate(engine)
    bind(engine)
    read = read_pack(_pack(folder / "pack"))
    with transaction() as db:
        campaign = _opened(db, read, now)
        _people(db, campaign, people, keys, now)
        factories.staff(db, now, "viewer", campaign_code=campaign.code, username="viewer", keys=keys)  # fmt: skip
        factories.staff(db, now, "coordinator", campaign_code=campaign.code, username="desk", unit="01", keys=keys)  # fmt: skip
    while True:
        with transaction() as db:
            campaign = db.query(Campaign).one()
            if not invitations.issue(db, campaign, keys=keys, now=now, limit=2000).remaining:
                break
    with transaction() as db:
        campaign = db.query(Campaign).one()
        act = Act("centre", now, keys)
        invitations.mark_listed(db, campaign, everyone=False, act=act)
        invitations.mark_sent(db, campaign, act=act)
        rows = invitations.mailing(db, campaign, keys=keys, base_url="")
        links = [row.link for row in rows]
        code = campaign.code
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # as autovacuum does in the night
    engine.dispose()
    return {
        "campaign": code,
        "links": links,
        "form": _form(read),
        "box": factories.box_key()[0].hex(),
        "people": {
            "overview": _person("viewer", f"/centre/{code}/"),
            "desk": _person(
                "desk", f"/desk/{code}/01/lists/agency-leaders/", _files(folder, uploads)
            ),
        },
    }


def _person(username: str, page: str, files: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "username": username,
        "password": factories.PASSWORD,
        "codes": factories.recovery_codes(username),
        "page": page,
        "files": list(files),
    }


def _pack(folder: Path) -> Path:
    """The round's pack, in which the group's questionnaire asks 5 items in each of 8 sections."""
    from shutil import copytree

    copytree(PACK, folder)
    path = folder / "questionnaires" / f"{GROUP}.yaml"
    yaml = YAML(typ="safe", pure=True)
    asked = yaml.load(path.read_text())
    asked["sections"] = asked["sections"][:SECTIONS]
    for section in asked["sections"]:
        rows = section["items"]
        section["items"] = [_item(rows[n % len(rows)], n // len(rows)) for n in range(ITEMS)]
    with path.open("w") as file:
        yaml.dump(asked, file)
    return folder


def _item(item: dict[str, Any], turn: int) -> dict[str, Any]:
    """The item; asked a second time it has an id of its own and says so."""
    if not turn:
        return item
    words = {language: f"{text} ({turn + 1})" for language, text in item["text"].items()}
    return {**item, "id": f"{item['id']}-{turn + 1}", "text": words}


def _form(pack: Pack) -> dict[str, Any]:
    """What `steps.Form` reads."""
    instrument = pack.instruments[GROUP]
    assert instrument.remark is not None
    sections = [[s.title.vi, [item.id for item in s.items]] for s in instrument.sections]
    assert [len(items) for _, items in sections] == [ITEMS] * SECTIONS
    codes = {tuple(code for code in item.codes if code != DONT_KNOW) for item in instrument.items}
    return {"sections": sections, "codes": list(min(codes, key=len)), "remark": instrument.remark.id}  # fmt: skip


def _opened(db: Session, pack: Pack, now: datetime) -> Campaign:
    campaign = service.load_pack(db, pack, now=now)
    campaign.opens_at, campaign.closes_at = now - timedelta(days=3), now + timedelta(days=9)
    db.flush()
    from surveyapp.responses.sealed_box import box

    _, public = factories.box_key()
    service.record_box_key(
        db, campaign.code, public_key=public, fingerprint=box.fingerprint(public)
    )
    factories.approve_questionnaires(db, campaign, now)
    service.open_campaign(db, campaign.code, now=now)
    return campaign


def _people(db: Session, campaign: Campaign, people: int, keys: KeyRing, now: datetime) -> None:
    """Council lists of as many provinces as it takes, each handed in, accepted and approved."""
    from surveyapp.campaigns import queries

    units = [unit.code for unit in queries.units(db, campaign.id) if unit.kind == "province"]
    share = max(A_LIST, -(-people // len(units)))
    for unit, start in zip(units, range(0, people, share), strict=False):
        listed = factories.people(min(share, people - start), start=start)
        factories.approved_list(db, campaign, now, keys, unit=unit, kind=LIST, listed=listed)


def _files(folder: Path, uploads: int) -> tuple[str, ...]:
    """Lists of a desk, no two alike."""
    paths = []
    for n in range(uploads):
        path = folder / f"danh-sach-{n}.csv"
        listed = factories.people(UPLOADED, start=n * UPLOADED)
        path.write_bytes(factories.list_file("agency-leaders", listed))
        paths.append(str(path))
    return tuple(paths)


def main() -> None:
    """Build it and write `stage.json`."""
    folder, url, people = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    uploads = int(sys.argv[4]) if len(sys.argv) > 4 else UPLOADS
    known = build(folder, url, people, uploads)
    (folder / "stage.json").write_text(json.dumps(known, ensure_ascii=False))


if __name__ == "__main__":
    main()
