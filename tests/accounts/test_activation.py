"""People set their own password by a link; whoever made the account never knows it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.accounts import passwords, service
from surveyapp.accounts.errors import LinkDead
from surveyapp.accounts.links import account_mail, activation
from surveyapp.accounts.models import Staff, StaffLink
from surveyapp.accounts.signing_in import sign_in as signing
from surveyapp.accounts.signing_in.sign_in import SignedIn, SignInRefused
from surveyapp.accounts.states import LinkMail, LinkPurpose
from surveyapp.config import Addresses
from surveyapp.keys import KeyRing
from surveyapp.messaging.model import Outcome, Reason
from tests import factories

FRESH = "mua xuan den som nay"


@pytest.fixture
def person(db, now) -> Staff:
    """An account that nobody has used."""
    return service.create_staff(
        db,
        username="dau-moi",
        display_name="Người mới",
        password=None,
        grants=[],
        now=now,
        email="moi@donvi.example.vn",
    )


def link(db, person, now, purpose=LinkPurpose.ACTIVATION, *, mailed=True) -> StaffLink:
    return activation.make(db, person, purpose, by="operator", mailed=mailed, now=now)


def use(db, token, keys, now):
    fresh_hash = passwords.accepted_hash(FRESH, username="dau-moi")
    return activation.use(db, token, fresh_hash, keys=keys, now=now)


def test_before_its_link_is_used_no_password_opens_an_account(db, now, person):
    for guess in ("", FRESH, "dau-moi"):
        assert isinstance(signing.sign_in(db, "dau-moi", guess, now=now), SignInRefused)


def test_a_link_sets_the_password_once(db, now, keys, person):
    token = activation.token(keys, link(db, person, now).id)
    assert activation.read(db, token, keys=keys, now=now).username == "dau-moi"
    use(db, token, keys, now)
    assert isinstance(signing.sign_in(db, "dau-moi", FRESH, now=now), SignedIn)
    with pytest.raises(LinkDead):
        use(db, token, keys, now)


def test_a_link_lives_two_weeks_to_activate_and_two_hours_to_reset(db, now, keys, person):
    for purpose, lives in ((LinkPurpose.ACTIVATION, 14 * 24), (LinkPurpose.PASSWORD, 2)):
        token = activation.token(keys, link(db, person, now, purpose).id)
        activation.read(db, token, keys=keys, now=now + timedelta(hours=lives, minutes=-1))
        with pytest.raises(LinkDead):
            activation.read(db, token, keys=keys, now=now + timedelta(hours=lives))


def test_a_new_link_kills_the_one_before(db, now, keys, person):
    first = activation.token(keys, link(db, person, now).id)
    link(db, person, now)
    with pytest.raises(LinkDead):
        activation.read(db, first, keys=keys, now=now)


def test_what_stands_in_the_database_opens_no_account(db, now, keys, person):
    made = link(db, person, now)
    other_ring = KeyRing({1: bytes(range(32))})
    for forged in (
        made.id.hex,
        f"{made.id.hex}~",
        activation.token(other_ring, made.id),
        "~",
        "x~y",
    ):
        with pytest.raises(LinkDead):
            activation.read(db, forged, keys=keys, now=now)


def test_a_link_of_before_a_rotation_of_keys_still_works(db, now, keys, person):
    token = activation.token(keys, link(db, person, now).id)
    rotated = KeyRing({**keys.roots, 2: bytes(range(32))})
    assert activation.read(db, token, keys=rotated, now=now)


def test_disabling_an_account_kills_its_link(db, now, keys, person):
    token = activation.token(keys, link(db, person, now).id)
    service.disable(db, person.id)
    with pytest.raises(LinkDead):
        activation.read(db, token, keys=keys, now=now)


def test_a_forgotten_password_is_mailed_once_in_five_minutes_however_often_it_is_asked(
    db, now, person
):
    assert activation.ask_again(db, " Dau-Moi ", now=now)
    assert not activation.ask_again(db, "dau-moi", now=now + timedelta(minutes=4))
    assert activation.ask_again(db, "dau-moi", now=now + timedelta(minutes=5))
    assert not activation.ask_again(db, "nobody", now=now)
    person.email = ""
    db.flush()
    assert not activation.ask_again(db, "dau-moi", now=now + timedelta(days=1))


ONE_HOST = Addresses.alike("https://khaosat.example.vn")


def mails(db, keys, now, addresses=ONE_HOST):
    return account_mail.messages(
        db,
        sender="khaosat@moha.example.vn",
        sender_name="Khảo sát",
        addresses=addresses,
        keys=keys,
        now=now,
    )


def test_the_mail_holds_the_link_and_no_password(db, now, keys, person):
    made = link(db, person, now)
    ((link_id, mail),) = mails(db, keys, now)
    assert link_id == made.id
    assert mail.recipient == "moi@donvi.example.vn"
    url = f"https://khaosat.example.vn/account/activate/{activation.token(keys, made.id)}"
    assert url in mail.text
    account_mail.note(db, made.id, Outcome.handed_over())
    assert mails(db, keys, now) == []
    assert db.scalar(select(StaffLink.mail)) == LinkMail.MAILED


def test_a_mail_that_may_go_later_goes_on_waiting_and_a_dead_address_is_told(db, now, keys, person):
    made = link(db, person, now)
    account_mail.note(db, made.id, Outcome.later(Reason.DOWN))
    assert len(mails(db, keys, now)) == 1
    account_mail.note(db, made.id, Outcome.never(Reason.NO_SUCH_ADDRESS))
    assert mails(db, keys, now) == []
    assert db.scalar(select(StaffLink.mail)) == LinkMail.UNDELIVERABLE


def test_without_an_address_the_link_is_handed_over_and_never_mailed(db, now, keys, person):
    person.email = ""
    assert link(db, person, now).mail == LinkMail.BY_HAND
    assert mails(db, keys, now) == []


@pytest.mark.parametrize(
    ("role", "unit", "host"), [("coordinator", "01", "desk"), ("viewer", "", "centre")]
)
def test_the_link_leads_to_the_host_where_the_person_will_work(role, unit, host, db, now, keys):
    made = factories.staff(db, now, role, unit=unit)
    made.email = "moi@donvi.example.vn"
    link(db, made, now)
    sites = Addresses("https://phieu.vn", "https://desk.vn", "https://centre.vn")
    ((_id, mail),) = mails(db, keys, now, sites)
    assert f"https://{host}.vn/account/activate/" in mail.text
