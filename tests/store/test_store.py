"""What one node keeps in the bucket every other finds; a bucket that is away is said, never guessed at."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from surveyapp.accounts.act import Act
from surveyapp.config import SettingsRefused, read_settings
from surveyapp.exports.download import published_reader, service
from surveyapp.exports.errors import ReleaseAway, ReleaseNotShared
from surveyapp.exports.models import Release
from surveyapp.exports.release import building
from surveyapp.operations.doctor import outside
from surveyapp.operations.doctor.findings import Level
from surveyapp.store import Bucket, BucketAway, Store, open_store
from surveyapp.store.signatures import NOTHING, BucketSigner, signed
from tests import s3
from tests.exports.opened import opened_campaign
from tests.ports import free_port


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with s3.running(tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture
def nodes(address, tmp_path):
    """Two nodes that see the same bucket and no folder of each other."""
    bucket = Bucket.read(address)
    return Store(tmp_path / "one", bucket), Store(tmp_path / "two", bucket)


def test_a_signature_is_the_one_of_the_published_example():
    """ "GET Object" of Amazon S3's "Examples of the complete Version 4 signing process"."""
    by = BucketSigner("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    headers = {"Host": "examplebucket.s3.amazonaws.com", "Range": "bytes=0-9"}
    moment = datetime(2013, 5, 24, tzinfo=UTC)
    sent = signed("GET", "/test.txt", {}, headers, digest=NOTHING, by=by, now=moment)
    expected = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    assert sent["Authorization"].endswith(f"Signature={expected}")


def test_what_one_node_shares_another_brings_whole_and_once(nodes, tmp_path):
    one, two = nodes
    made = one.folder / "releases" / "r-001"
    (made / "public").mkdir(parents=True)
    (made / "public" / "bảng 1+2.csv").write_bytes(b"a,b\n" * 5000)
    (made / "manifest.json").write_text("{}")
    (made.parent / "r-001.zip").write_bytes(b"PK")
    one.share(made, "releases/r-001")
    one.share(made.parent / "r-001.zip", "releases/r-001.zip")
    brought = two.bring("releases/r-001")
    brought_files = {p.relative_to(brought).as_posix(): p.read_bytes() for p in brought.rglob("*") if p.is_file()}  # fmt: skip
    assert brought_files == {"public/bảng 1+2.csv": b"a,b\n" * 5000, "manifest.json": b"{}"}
    assert two.bring("releases/r-001.zip").read_bytes() == b"PK"
    third = Store(tmp_path / "three", one.bucket)
    third.bring_all("releases")
    assert (third.folder / "releases" / "r-001" / "manifest.json").exists()


def test_a_name_that_is_nowhere_is_empty_ground_and_not_asked_for_again_at_once(nodes):
    one, two = nodes
    assert not one.bring("maps/none.svg").exists()
    two.folder.mkdir()
    (two.folder / "none.svg").write_text("<svg/>")
    two.share(two.folder / "none.svg", "maps/none.svg")
    assert not one.bring("maps/none.svg").exists()
    assert Store(one.folder, one.bucket).bring("maps/none.svg").exists()


def test_a_release_built_on_one_node_is_handed_over_by_another(db, now, keys, nodes, tmp_path):
    one, two = nodes
    campaign = opened_campaign(db, now)
    out = one.folder / "releases"
    folder = building.build(db, campaign, out=out, act=Act("centre", now, keys), store=one)
    folder.rename(tmp_path / "away")
    folder.with_name(f"{folder.name}.zip").unlink()
    archive = service.find_archive(db, campaign.id, 1, store=two)
    assert archive.path.parent == two.folder / "releases"
    assert published_reader.newest(db, campaign.id, store=two).participation
    assert [one.number for one, _manifest in service.ready(db, campaign.id, store=two)] == [1]


def test_a_bucket_that_is_away_releases_nothing_and_is_told_apart(db, now, keys, tmp_path):
    away = Bucket.read(f"http://a:b@127.0.0.1:{free_port()}/survey")
    store = Store(tmp_path / "one", away)
    campaign = opened_campaign(db, now)
    out = store.folder / "releases"
    with pytest.raises(ReleaseNotShared), db.begin_nested():
        building.build(db, campaign, out=out, act=Act("centre", now, keys), store=store)
    assert list(out.iterdir()) == []
    assert db.query(Release).count() == 0
    folder = building.build(db, campaign, out=tmp_path / "by-hand", act=Act("centre", now, keys))
    folder.rename(tmp_path / "moved")
    with pytest.raises(ReleaseAway):
        published_reader.newest(db, campaign.id, store=store)


def test_a_wrong_secret_is_refused_by_the_server_and_named_by_the_doctor(address, settings):
    wrong = address.replace("survey-access:", "survey-access:x")
    with pytest.raises(BucketAway) as refused:
        list(Bucket.read(wrong).keys("releases/"))
    assert (refused.value.status, refused.value.reason) == (403, "SignatureDoesNotMatch")
    (told,) = outside._bucket(replace(settings, store_bucket=wrong))
    assert told.level == Level.FAIL
    (told,) = outside._bucket(replace(settings, store_bucket=address))
    assert told.level == Level.OK
    assert not list(Bucket.read(address).keys("doctor/"))


def test_a_long_list_is_read_to_its_end(address, tmp_path, monkeypatch):
    bucket = Bucket.read(address)
    (tmp_path / "x").touch()
    for number in range(5):
        bucket.put(f"many/{number}", tmp_path / "x")
    assert len(list(bucket.keys("many/"))) == 5
    monkeypatch.setattr("surveyapp.store.bucket.PAGE", 2)
    assert len(list(bucket.keys("many/"))) == 5


@pytest.mark.parametrize("address", ["s3://a:b@host/x", "https://host/x", "https://a:b@host/"])
def test_an_address_that_is_no_bucket_is_refused_at_the_start(address, empty_sqlite):
    given = {"DATABASE_URL": empty_sqlite, "SURVEYAPP_STORE_BUCKET": address}
    with pytest.raises(SettingsRefused, match="SURVEYAPP_STORE_BUCKET"):
        read_settings(given)


def test_the_credentials_stand_in_no_record_of_the_settings(address, settings, tmp_path):
    changed = replace(settings, store_bucket=address, store=tmp_path)
    assert s3.ACCESS not in repr(changed)
    assert "secret" not in repr(open_store(changed))
