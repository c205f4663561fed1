"""A database belongs to its ring: a foreign one is refused, a lost one is not replaced, a new key comes in two steps."""

import itertools
import re
from datetime import timedelta
from hashlib import sha256

import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from surveyapp import create_app
from surveyapp.accounts.act import Act
from surveyapp.cli.main import main
from surveyapp.db import reading, transaction
from surveyapp.keys import KeyRing, hkdf, make_key_ring, read_key_ring
from surveyapp.operations.installation import ownership, paper
from surveyapp.operations.installation.errors import (
    ForeignKeyRing,
    KeyNotEverywhere,
    KeyRingIncomplete,
    UnknownKey,
)
from tests import factories
from tests.web.browsing import HERE

FOREIGN = KeyRing({1: sha256(b"a root of another house").digest()})
SECOND = sha256(b"a second root").digest()


def test_the_first_ring_claims_the_database_and_another_is_refused(engine, settings, keys, now):
    create_app(settings, keys=keys, engine=engine)
    create_app(settings, keys=keys, engine=engine)
    with pytest.raises(ForeignKeyRing):
        create_app(settings, keys=FOREIGN, engine=engine)


def test_a_new_database_belongs_to_the_ring_it_was_migrated_with(runner, tmp_path):
    """Before any server ran on it: who comes first with another ring would have it otherwise."""
    url = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    (tmp_path / "fresh.sqlite3").touch(mode=0o600)
    runner.env["DATABASE_URL"] = url
    assert runner.invoke(main, ["migrate"]).exit_code == 0
    foreign = tmp_path / "foreign.json"
    make_key_ring(foreign)
    told = runner.invoke(main, ["staff", "list"], env={"SURVEYAPP_KEYS": str(foreign)})
    assert told.exit_code == 1
    assert "keys import" in told.output


def test_a_database_older_than_fingerprints_is_known_by_its_audit_trail(engine, keys, now):
    with transaction() as db:
        campaign = factories.campaign(db, now)
        factories.staff(db, now, "operator", username="operator")
        from surveyapp.accounts import audit
        from surveyapp.accounts.actions import Action

        audit.record(
            db, Act("operator", now, keys), Action.LIST_APPROVED, campaign_code=campaign.code
        )
    with pytest.raises(ForeignKeyRing), transaction() as db:
        ownership.claim(db, FOREIGN, now=now)
    with transaction() as db:
        assert ownership.claim(db, keys, now=now) == keys


def test_a_ring_that_lost_a_key_in_use_is_refused_and_one_that_waits_may_be_missing(
    engine, keys, now
):
    both = KeyRing({**keys.roots, 2: SECOND})
    with transaction() as db:
        ownership.claim(db, keys, now=now)
        ownership.add_key(db, 2, act=Act("a", now, both))
        assert ownership.fits(db, keys).current == 1
        assert ownership.fits(db, both).current == 1
        ownership.use_key(db, 2, act=Act("a", now, both))
        assert ownership.fits(db, both).current == 2
        with pytest.raises(KeyRingIncomplete):
            ownership.fits(db, keys)
        with pytest.raises(KeyRingIncomplete):
            ownership.fits(db, KeyRing({2: SECOND}))


def test_a_key_is_not_used_while_a_living_node_would_refuse_what_it_signs(engine, keys, now):
    both = KeyRing({**keys.roots, 2: SECOND})
    act = Act("a", now, both)
    with transaction() as db:
        ownership.claim(db, keys, now=now)
        with pytest.raises(UnknownKey):
            ownership.use_key(db, 2, act=act)
        ownership.add_key(db, 2, act=act)
        ownership.sign(db, "one", kind="web", version="1", keys=[1, 2], now=now)
        ownership.sign(db, "two", kind="web", version="1", keys=[1], now=now)
        gone = now - timedelta(hours=1)
        ownership.sign(db, "gone", kind="web", version="1", keys=[1], now=gone)
        with pytest.raises(KeyNotEverywhere) as refused:
            ownership.use_key(db, 2, act=act)
        assert refused.value.nodes == ("two",)
        ownership.sign(db, "two", kind="web", version="1", keys=[1, 2], now=now)
        ownership.use_key(db, 2, act=act)


def test_nobody_is_thrown_out_while_a_key_is_rotated_over_two_nodes(engine, settings, keys, now):
    """Every step of the rotation, with a signed-in member of staff who meets the two nodes in turn."""
    both = KeyRing({**keys.roots, 2: SECOND})
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "operator", username="operator")
    settings.instance.mkdir(mode=0o700, exist_ok=True)

    def node(ring):
        return create_app(settings, keys=ring, engine=engine)

    cookies: dict[str, str] = {}

    def ask(app, method="get", path="/account/start", **fields):
        client = app.test_client()
        for name, value in cookies.items():
            client.set_cookie(name, value)
        answer = getattr(client, method)(path, **fields)
        if cookie := client.get_cookie("canbo"):
            cookies["canbo"] = cookie.value
        return answer

    one, two = node(keys), node(keys)
    shown = ask(one, path="/account/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    fields = {"csrf_token": token, "username": "operator", "password": factories.PASSWORD}
    assert ask(two, "post", "/account/sign-in", data=fields, headers=HERE).status_code == 303

    def still_in(*nodes):
        for app in itertools.islice(itertools.cycle(nodes), 4):
            answer = ask(app)
            assert answer.status_code == 200 or "/sign-in" not in (answer.location or "")

    still_in(one, two)
    with transaction() as db:
        ownership.add_key(db, 2, act=Act("a", now, both.using(1)))
    one = node(both)
    still_in(one, two)
    two = node(both)
    still_in(one, two)
    with transaction() as db:
        ownership.use_key(db, 2, act=Act("a", now, both.using(1)))
    one = node(both)
    still_in(one, two)
    two = node(both)
    still_in(one, two)
    page = ask(one)
    assert page.status_code in (200, 303)


def test_init_refuses_where_a_campaign_stands_and_makes_nothing(runner, settings, engine, now):
    with transaction() as db:
        factories.campaign(db, now)
    settings.keys.unlink()
    refused = runner.invoke(main, ["init"])
    assert refused.exit_code == 1
    assert "tiny" in refused.output
    assert "keys import" in refused.output
    assert not settings.keys.exists()


def test_a_ring_comes_back_from_paper_and_a_slip_of_the_pen_is_seen(
    runner, settings, tmp_path, keys
):
    assert runner.invoke(main, ["keys", "check"]).exit_code == 0
    kept = tmp_path / "ring.txt"
    assert runner.invoke(main, ["keys", "export", str(kept)]).exit_code == 0
    assert kept.stat().st_mode & 0o077 == 0
    settings.keys.unlink()
    words = kept.read_text()
    last = words.strip()[-1]
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(words.strip()[:-1] + ("A" if last != "A" else "B"))
    assert "1" in runner.invoke(main, ["keys", "import", str(wrong)]).output
    assert not settings.keys.exists()
    foreign = tmp_path / "foreign.txt"
    foreign.write_text(paper.written(1, FOREIGN.roots[1]))
    assert runner.invoke(main, ["keys", "import", str(foreign)]).exit_code == 1
    assert not settings.keys.exists()
    assert runner.invoke(main, ["keys", "import", str(kept)]).exit_code == 0
    assert read_key_ring(settings.keys) == keys


def test_a_camera_reads_every_key_back_from_the_printed_paper(keys):
    both = KeyRing({**keys.roots, 2: SECOND})
    made = paper.write_paper(both, made_on="15/01/2024", kept_at="https://khaosat.example.vn")
    with pypdfium2.PdfDocument(made) as pages:
        pictures = [page.render(scale=3).to_numpy() for page in pages]
    read = [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]
    assert paper.read_written(read) == both


def test_a_second_key_joins_the_ring_waits_and_is_then_used(runner, settings):
    assert runner.invoke(main, ["keys", "rotate"]).exit_code == 0
    assert sorted(read_key_ring(settings.keys).roots) == [1, 2]
    told = runner.invoke(main, ["keys", "check"]).output
    assert "1, 2" in told
    assert "hiện hành: 1" in told
    assert runner.invoke(main, ["keys", "use", "2"]).exit_code == 0
    assert "hiện hành: 2" in runner.invoke(main, ["keys", "check"]).output
    assert runner.invoke(main, ["keys", "use", "3"]).exit_code == 1
    with reading() as db:
        assert ownership.numbers(db) == [1, 2]


def test_keys_are_made_as_rfc_5869_says():
    """Its first test case, cut to 32 bytes; and what `cryptography` makes of the same."""
    given, salt = bytes([0x0B] * 22), bytes(range(13))
    info = bytes(range(0xF0, 0xFA))
    made = hkdf(given, salt=salt, info=info)
    assert made.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    assert made == HKDF(SHA256(), 32, salt=salt, info=info).derive(given)
