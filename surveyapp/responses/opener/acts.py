"""What the custodians do, one function an act: each reads its files, does one thing, and writes its papers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .custody import custodian_papers, drill, keys, records
from .custody.custodian_papers import Minutes
from .custody.records import Registration
from .custody.shares import Share
from .errors import CountRefused, Differs, ExceptionForAnother, OfAnotherCampaign, WrongKey
from .opening import Opened, open_ballots
from .transfer import bundle, export, files


@dataclass(frozen=True)
class Made:
    """What an act gave: the files it wrote, and the facts to be read out and written down."""

    files: tuple[Path, ...]
    facts: tuple[tuple[str, str], ...]


def create(campaign_code: str, names: Sequence[str], out: Path, *, today: date) -> Made:
    """A key pair for one campaign: three papers with a share each, and the public half to register."""
    return write_key(campaign_code, names, keys.create(), out, today=today)


def write_key(
    campaign_code: str,
    names: Sequence[str],
    made: tuple[bytes, Sequence[Share]],
    out: Path,
    *,
    today: date,
) -> Made:
    """The papers of a key just made, and its public half."""
    public, parts = made
    signed = records.registration(campaign_code, public, names, parts, today=today)
    text = files.document_text(signed).encode()
    path = out / f"{campaign_code}-registration.json"
    registered = records.read_registration(path, text)
    printed = [(out / f"{campaign_code}-share-{part.number}.pdf", part) for part in parts]
    pdfs = [(path, custodian_papers.share_pdf(registered, part)) for path, part in printed]
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    for target, content in [*pdfs, (path, text)]:
        files.write_private(target, content)
    return Made(
        (path, *(path for path, _ in pdfs)),
        (
            ("Dấu của khóa", registered.fingerprint),
            *(
                (f"Dấu khóa ký của {one.name}", files.key_print(one.public_key))
                for one in registered.custodians
            ),
        ),
    )


def read_registration(path: Path) -> Registration:
    """The custodians' own copy of what they registered."""
    return records.read_registration(path, path.read_bytes())


def check_shares(
    registered: Registration, given: Sequence[Share], out: Path, *, today: date
) -> Made:
    """Combine the shares and compare with the fingerprint; no ballot is touched."""
    keys.combine(given, registered.public_key)
    return _attest("shares", registered, given, out, today=today, facts={})


def hold_drill(registered: Registration, given: Sequence[Share], out: Path, *, today: date) -> Made:
    """Seal and open test ballots on this machine."""
    private = keys.combine(given, registered.public_key)
    facts = drill.drill(registered, private)
    return _attest("drill", registered, given, out, today=today, facts=facts)


def _attest(
    kind: str,
    registered: Registration,
    given: Sequence[Share],
    out: Path,
    *,
    today: date,
    facts: dict[str, Any],
) -> Made:
    signed = records.attestation(kind, registered, given, today=today, facts=facts)
    numbers = "".join(str(number) for number in signed["content"]["custodians"])
    path = out / f"{registered.campaign_code}-{kind}-{today:%Y%m%d}-{numbers}.json"
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write_private(path, files.document_text(signed).encode())
    return Made((path,), (("Dấu của khóa", registered.fingerprint),))


def read_export(
    path: Path, registered: Registration, *, server_key: str, submitted: int
) -> export.Export:
    """The server's export, of this campaign and key, with the number of submitted questionnaires that
    the minutes of the close state. Raises `OfAnotherCampaign`, `WrongKey`, `CountRefused` besides what
    `export.read` raises."""
    box_export = export.read(path, server_key=server_key)
    if box_export.header.campaign_code != registered.campaign_code:
        raise OfAnotherCampaign(
            path, expected=registered.campaign_code, found=box_export.header.campaign_code
        )
    if box_export.header.public_key != registered.public_key:
        raise WrongKey(expected=registered.fingerprint, found=box_export.header.fingerprint)
    counted = sum(box_export.header.submitted.values())
    if counted != submitted:
        raise CountRefused(stated=submitted, submitted=counted)
    return box_export


def difference_file(registered: Registration, out: Path, export_digest: str) -> Path:
    """Where the difference found in an export is written, for custodians who may sign it."""
    return out / f"{registered.campaign_code}-exception-{export_digest[:8]}.json"


def open_box(
    box_export: export.Export,
    registered: Registration,
    given: Sequence[Share],
    out: Path,
    *,
    today: date,
    exception: Path | None = None,
) -> Made:
    """Open the box: the signed bundle for the server, and the minutes.

    A box that is not whole is refused (`Differs`), and its difference is left in `difference_file`.
    """
    private = keys.combine(given, registered.public_key)
    signed = _exception(box_export, registered, exception)
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        opened = open_ballots(
            box_export.header,
            box_export.ballots(),
            private,
            excepted=signed.difference if signed else None,
        )
    except Differs as differs:
        unsigned = records.exception(
            registered.campaign_code, box_export.digest, differs.difference
        )
        difference_path = difference_file(registered, out, box_export.digest)
        if not difference_path.exists():
            files.write_private(difference_path, files.document_text(unsigned).encode())
        raise
    header = bundle_header(box_export.header, box_export.digest, opened, today=today) | {
        "exception": None
        if signed is None
        else {
            "reason": signed.reason,
            "custodians": [one.number for one in signed.custodians],
        },
    }
    facts = _opening_facts(registered, box_export, opened, signed)
    minutes = custodian_papers.minutes_pdf(
        Minutes(
            "Biên bản mở hộp phiếu",
            registered.campaign_code,
            today,
            [(name, _in_eights(value)) for name, value in facts],
            heading=("Nhóm", "Đã nộp", "Đã mở"),
            rows=_by_group(box_export.header, opened),
            signers=[*(_name(registered, part) for part in given), "Người chứng kiến"],
        )
    )
    path = out / f"{registered.campaign_code}-bundle.json.gz"
    with path.open("xb") as file:
        bundle.write(file, header, opened.contents, [keys.signing_key(part) for part in given])
    paper = out / f"{registered.campaign_code}-opening.pdf"
    files.write_private(paper, minutes)
    return Made((path, paper), tuple(facts))


def bundle_header(
    header: export.Header, export_digest: str, opened: Opened, *, today: date
) -> dict[str, Any]:
    """What a bundle says of the opening it comes from."""
    cleaning = header.content["cleaning"]
    return {
        "campaign": header.campaign_code,
        "box": header.fingerprint,
        "export": export_digest,
        "opened_on": today.isoformat(),
        "ballots": opened.ballots,
        "submitted": opened.submitted,
        "minimums": header.content["minimums"],
        "completeness": header.content["completeness"],
        "cleaning": {"number": cleaning["number"], "sha256": cleaning["sha256"]},
        "difference": opened.difference,
        "exception": None,
        "software": software(),
    }


def software() -> str:
    """Name and version of the program that opened."""
    for name in ("par-opener", "surveyapp"):
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
    return "par-opener"


def sign_exception(path: Path, registered: Registration, share: Share, *, reason: str) -> Made:
    """One custodian's signature under the difference that an opening was refused for."""
    keys_of = records.sign_exception(path, path.read_bytes(), registered, share, reason=reason)
    fresh = path.with_suffix(".new")
    files.write_private(fresh, files.document_text(keys_of).encode())
    fresh.replace(path)
    signed = records.read_exception(path, path.read_bytes(), registered, needed=1)
    return Made(
        (path,),
        (("Lý do", signed.reason), ("Đã ký", ", ".join(one.name for one in signed.custodians))),
    )


def destroy(
    registered: Registration,
    given: Sequence[Share],
    out: Path,
    *,
    today: date,
    digest: str,
) -> Made:
    """Minutes of the destruction of the key, and its attestation: made while two shares are still at
    hand, for their custodians sign it; then all three papers are shredded."""
    keys.combine(given, registered.public_key)
    made = _attest("destroyed", registered, given, out, today=today, facts={"digest": digest})
    facts = (
        ("Dấu của khóa", registered.fingerprint),
        ("Mã kết quả mở hộp", _in_eights(digest)),
        *(
            (f"Mảnh số {one.number}", f"{one.name}: đã hủy tờ giấy ☐")
            for one in registered.custodians
        ),
    )
    minutes = out / f"{registered.campaign_code}-destruction.pdf"
    files.write_private(
        minutes,
        custodian_papers.minutes_pdf(
            Minutes(
                "Biên bản hủy khóa hộp phiếu",
                registered.campaign_code,
                today,
                facts,
                (
                    "Kết quả của đợt điều tra đã được phát hành. Chúng tôi hủy cả ba mảnh khóa của hộp phiếu, "
                    "kể cả mọi bản sao và bản quét. Từ đây không ai có thể đọc được một phiếu nào trong bất kỳ "
                    "bản sao lưu nào.",
                ),
                signers=[one.name for one in registered.custodians] + ["Người chứng kiến"],
            )
        ),
    )
    return Made((*made.files, minutes), facts[:2])


def _exception(
    box_export: export.Export, registered: Registration, path: Path | None
) -> records.SignedException | None:
    if path is None:
        return None
    signed = records.read_exception(path, path.read_bytes(), registered, needed=keys.NEEDED)
    if (signed.campaign_code, signed.export_digest) != (
        registered.campaign_code,
        box_export.digest,
    ):
        raise ExceptionForAnother
    return signed


def _opening_facts(
    registered: Registration,
    box_export: export.Export,
    opened: Opened,
    signed: records.SignedException | None,
) -> list[tuple[str, str]]:
    contents, minimums = opened.contents, box_export.header.minimums
    facts = [
        ("Dấu của khóa", registered.fingerprint),
        ("Mã của tệp xuất", box_export.digest),
        ("Phiếu đã nộp", str(opened.submitted)),
        ("Phiếu trong hộp", str(opened.ballots)),
        ("Mã kết quả mở hộp", contents.digest),
        ("Mã biên nhận", f"{len(contents.receipts)}, {bundle.part_digest(contents.receipts)}"),
        ("Ngưỡng từng dòng, ngưỡng số đếm", f"{minimums.rows}, {minimums.counts}"),
        ("Dòng trả lời", str(len(contents.rows))),
        ("Ý kiến khác", str(len(contents.remarks))),
    ]
    if signed is not None:
        from . import refusals

        names = ", ".join(one.name for one in signed.custodians)
        facts += [
            ("Ngoại lệ", refusals.difference(signed.difference, "vi")),
            ("Lý do", signed.reason),
            ("Người ký ngoại lệ", names),
        ]
    return facts


def _by_group(header: export.Header, opened: Opened) -> list[list[str]]:
    submitted, present = Counter[str](), Counter[str]()
    for cell in opened.contents.cells:
        submitted[cell["group"]] += cell["submitted"]
        present[cell["group"]] += cell["n"]
    return [
        [group, str(submitted[group]), str(present[group])]
        for group in header.groups
        if submitted[group] or present[group]
    ]


def _in_eights(value: str) -> str:
    """Long digests in eights, so that two people can read them to each other; the rest as it is."""
    return re.sub(
        r"[0-9a-f]{64}",
        lambda text: " ".join(text[0][offset : offset + 8] for offset in range(0, 64, 8)),
        value,
    )


def _name(registered: Registration, share: Share) -> str:
    return registered.custodians[share.number - 1].name
