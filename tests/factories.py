"""Valid things for tests, made through the real services by plain functions."""

import pickle
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import Staff
from surveyapp.campaigns import queries, service
from surveyapp.campaigns.models import Campaign
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import RespondentList

TEST_KEYS = KeyRing({1: sha256(b"a root key of the tests").digest()})
PACKS = Path(__file__).parent / "packs"


def campaign(
    db: Session, now: datetime, *, pack: str = "tiny", code: str = "", opened: bool = False
) -> Campaign:
    """The campaign of `tests/packs/<pack>`, loaded; with `opened` it takes answers at `now`.

    With `code` it bears another code than its pack: two of them stand beside each other.

    Its ballots are sealed with `box_key()`.
    """
    from surveyapp.campaigns import service
    from surveyapp.responses.sealed_box import box

    read = _read(pack)
    if code:
        read = replace(read, campaign=read.campaign.model_copy(update={"code": code}))
    loaded = service.load_pack(db, read, now=now)
    if opened:
        _, public = box_key()
        service.record_box_key(
            db, loaded.code, public_key=public, fingerprint=box.fingerprint(public)
        )
        approve_questionnaires(db, loaded, now)
        service.open_campaign(db, loaded.code, now=now)
    return loaded


@cache
def _read(pack: str) -> Any:
    """Read once: a pack is frozen, and reading one takes longer than most tests."""
    from surveyapp.campaigns.pack.reading import read_pack

    return read_pack(PACKS / pack)


def approve_questionnaires(db: Session, campaign: Campaign, now: datetime) -> None:
    """Approve every questionnaire of the campaign as it stands, so that it may open.

    The rows that `service.approve_questionnaire` would write one by one, all at once.
    """
    from surveyapp.campaigns import approvals
    from surveyapp.campaigns.models import QuestionnaireApproval

    db.add_all(
        QuestionnaireApproval(
            campaign_id=campaign.id,
            code=standing.code,
            number=standing.approval.number + 1 if standing.approval else 1,
            sha256=standing.sha256,
            content=standing.instrument.to_json(),
            approved_at=now,
            approved_by="centre",
            note="",
        )
        for standing in approvals.standings(db, campaign.id)
        if standing.state != "approved"
    )
    db.flush()


def end_collection(db: Session, campaign_code: str, *, now: datetime) -> None:
    """The deadline and the grace after it are over: collection may be closed."""
    campaign = queries.campaign(db, campaign_code)
    campaign.closes_at = min(campaign.closes_at, now - (campaign.ends_at - campaign.closes_at))
    db.flush()


def close_campaign(db: Session, campaign_code: str, *, now: datetime) -> Campaign:
    """End collection for good, its deadline being over."""
    end_collection(db, campaign_code, now=now)
    return service.close_campaign(db, campaign_code, now=now)


@cache
def box_key() -> tuple[bytes, bytes]:
    """The private and the public half of the box key of every campaign of this test run."""
    from surveyapp.responses.sealed_box import box

    return box.new_key()


LIST_ROWS = {
    "department-leaders": ("Họ và tên,Chức vụ,Đơn vị công tác,Điện thoại,Email", "Vụ trưởng,Vụ Cải cách hành chính"),
    "par-officers": ("Họ và tên,Chức vụ,Đơn vị công tác,Điện thoại,Email", "Chuyên viên,Vụ Cải cách hành chính"),
    "associations": ("Họ và tên,Chức vụ,Hội,Điện thoại,Email", "Chủ tịch,Hội Khoa học hành chính"),
    "council": ("Họ và tên,Chức vụ,Đơn vị công tác,Điện thoại,Email", "Đại biểu HĐND,Văn phòng HĐND"),
    "agency-leaders": ("Họ và tên,Chức vụ,Sở ban ngành,Điện thoại,Email", "Phó Giám đốc,Sở Nội vụ"),
    "subunit-leaders": ("Họ và tên,Chức vụ,Sở ban ngành,Đơn vị công tác,Điện thoại,Email", "Trưởng phòng,Sở Nội vụ,Phòng Cải cách hành chính"),
    "district-leaders": ("Họ và tên,Chức vụ,Huyện,Điện thoại,Email", "Phó Chủ tịch,Huyện A"),
}  # fmt: skip
"""Headings of a list of each kind, and what stands between the name and the contact."""


def list_file(
    kind: str, people: list[tuple[str, str, str]], *, position_cells: str | None = None
) -> bytes:
    """A CSV of one list kind: each person a (name, phone, e-mail)."""
    headings, filled = LIST_ROWS[kind]
    rows = [f"{name},{position_cells or filled},{phone},{email}" for name, phone, email in people]
    return "\n".join([headings, *rows]).encode()


def people(n: int, *, start: int = 0) -> list[tuple[str, str, str]]:
    """`n` distinct persons with a mobile number and an address each."""
    names = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Minh", "Nga")
    middle = ("Văn", "Thị", "Đức", "Hữu", "Ngọc", "Quang", "Thanh", "Xuân", "Hồng", "Anh")
    family = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
    made = []
    for i in range(start, start + n):
        name = f"{family[i // 100 % 10]} {middle[i // 10 % 10]} {names[i % 10]}"
        made.append((name, f"09{12000000 + i:08d}", f"nguoi{i}@donvi.example.vn"))
    return made


_CHECKED: dict[bytes, bytes] = {}


def _checked(content: bytes, file_name: str, context: Any) -> Any:
    """What the guarded child says of the file: asked once, for starting it takes longer than most tests."""
    from surveyapp.respondents.lists.uploads.upload import check_file

    asked = pickle.dumps((content, file_name, context))
    if asked not in _CHECKED:
        answer = check_file(content, file_name, context)
        if answer.refusal is not None:
            return answer  # a refusal keeps its facts by name and cannot be read back from a pickle
        _CHECKED[asked] = pickle.dumps(answer)
    return pickle.loads(_CHECKED[asked])


def staged_list(
    db: Session,
    campaign: Campaign,
    now: datetime,
    keys: KeyRing,
    *,
    unit: str = "01",
    kind: str = "agency-leaders",
    content: bytes | None = None,
    listed: list[tuple[str, str, str]] | None = None,
    position_cells: str | None = None,
) -> RespondentList:
    """A list read and shown with its findings, not yet confirmed. `listed` are its people."""
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.respondents import queries, service

    supplier = campaigns.unit(db, campaign.id, unit)
    kinds = {k.code: k for k in campaigns.list_kinds(db, campaign.id)}
    content = content or list_file(kind, listed or people(3), position_cells=position_cells)
    context = queries.list_context(db, campaign, supplier, kinds[kind])
    return service.stage(
        db,
        campaign,
        supplier,
        kinds[kind],
        content=content,
        file_name=f"{kind}.csv",
        checked=_checked(content, f"{kind}.csv", context),
        act=Act("desk", now, keys),
    )


def accepted_list(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing, **described: Any
) -> RespondentList:
    """A list its desk has confirmed; described as for `staged_list`."""
    from surveyapp.campaigns import queries as campaigns
    from surveyapp.respondents import service

    staged = staged_list(db, campaign, now, keys, **described)
    unit = campaigns.unit(db, campaign.id, described.get("unit", "01"))
    return service.accept(db, staged.id, unit=unit, act=Act("desk", now, keys))


def approved_list(
    db: Session, campaign: Campaign, now: datetime, keys: KeyRing, **described: Any
) -> RespondentList:
    """A list whose lines are persons; described as for `staged_list`."""
    from surveyapp.respondents import service

    accepted = accepted_list(db, campaign, now, keys, **described)
    service.approve(db, accepted.id, campaign=campaign, act=Act("centre", now, keys))
    return accepted


PASSWORD = "con meo tren mai nha"


def recovery_codes(username: str) -> list[str]:
    """The codes of an account made here; `browsing.sign_in` shows one each time, for none opens twice."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    digest = sha256(username.encode()).digest()
    return [
        letters[i] + "".join(letters[byte % len(letters)] for byte in digest[:11])
        for i in range(20)
    ]


def staff(
    db: Session,
    now: datetime,
    role: str,
    *,
    unit: str = "",
    campaign_code: str = "tiny",
    username: str = "",
    second_factor: bool = True,
    keys: KeyRing = TEST_KEYS,
) -> Staff:
    """An account with one role, whose password is `PASSWORD`; named after role and unit.

    Its second factor is an app whose secret nobody reads, and `recovery_codes`.
    """
    from surveyapp.accounts import service
    from surveyapp.accounts.access import Grant
    from surveyapp.accounts.factors import recovery_codes as codes

    name = username or "-".join(filter(None, (role, unit.lower())))
    made = service.create_staff(
        db,
        username=name,
        display_name=f"Người {name}",
        password=PASSWORD,
        grants=[Grant(campaign_code, role, unit)],
        now=now,
    )
    if second_factor:
        made.totp_secret, made.totp_last_step = bytes(40), 0
        codes.keep(db, made.id, recovery_codes(name), keys=keys)
    return made
