"""The custodians at their machine: each command does one thing, and each wrong input has its own answer."""

import gzip
import json
import re
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from surveyapp.responses.opener import acts, errors, refusals
from surveyapp.responses.opener.command import main
from surveyapp.responses.opener.custody import custodian_papers, drill, keys, records, shares
from surveyapp.responses.opener.transfer import bundle, export, files

from .box_world import CODE, NAMES, SERVER, SERVER_PRINT, key, make_box
from .paper import groups_on, text_of

DAY = date(2026, 1, 5)


@pytest.fixture
def registration(tmp_path):
    public, parts = key()
    signed = records.registration(CODE, public, NAMES, parts, today=DAY)
    path = tmp_path / "registration.json"
    path.write_text(files.document_text(signed), encoding="utf-8")
    return path


@pytest.fixture
def share(tmp_path):
    def write(number):
        path = tmp_path / f"share-{number}.txt"
        path.write_text(shares.text(key()[1][number - 1]), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def made():
    return make_box({("U1", "G1"): 14, ("U2", "G1"): 6}, remarks=["Cảm ơn."])


@pytest.fixture
def run(registration, share, tmp_path, capsys):
    """Runs a command with two shares; returns its exit code and all it said."""

    def call(command, *more, shares_=(1, 2), ask=None):
        given = [argument for n in shares_ for argument in ("--share", share(n))]
        code = main(
            [command, str(registration), *map(str, more), *given,
             "--out", str(tmp_path / "out"), "--date", "2026-02-01"],
            ask=ask or (lambda _words: pytest.fail("asked for a share")),
        )  # fmt: skip
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


@pytest.fixture
def exported(made, tmp_path):
    path = tmp_path / "export.gz"
    made.write(path)
    return path


def stated(n=20, server=SERVER_PRINT):
    return ["--server-key", server, "--submitted", n]


def read_back(tmp_path, registration):
    registered = records.read_registration("r", registration.read_bytes())
    path = tmp_path / "out" / f"{CODE}-bundle.json.gz"
    return bundle.read(path, campaign_code=CODE, custodians=registered.signers)


# ---- create


def test_creating_a_key_prints_three_shares_and_one_file_to_register(tmp_path, capsys):
    names = [word for name in NAMES for word in ("--custodian", name)]
    out = tmp_path / "usb"
    assert main(["create", "--campaign", CODE, *names, "--out", str(out)]) == 0
    registered = records.read_registration("r", (out / f"{CODE}-registration.json").read_bytes())
    assert registered.fingerprint in capsys.readouterr().out
    assert [one.name for one in registered.custodians] == list(NAMES)
    typed = []
    for number, name in enumerate(NAMES, 1):
        path = out / f"{CODE}-share-{number}.pdf"
        assert path.stat().st_mode & 0o077 == 0
        text = text_of(path)
        assert name in text
        assert registered.fingerprint in text
        typed.append(shares.read("-".join(groups_on(path))))
    keys.combine(typed, registered.public_key)


def test_a_key_is_never_made_over_another(tmp_path, capsys):
    names = [word for name in NAMES for word in ("--custodian", name)]
    command = ["create", "--campaign", CODE, *names, "--out", str(tmp_path)]
    assert main(command) == 0
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(command) == 1
    assert "không ghi đè" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_qr_code_of_a_share_is_the_share():
    public, parts = key()
    signed = records.registration(CODE, public, NAMES, parts, today=DAY)
    registered = records.read_registration("r", files.document_text(signed).encode())
    page = pypdfium2.PdfDocument(custodian_papers.share_pdf(registered, parts[2]))[0]
    (code_read,) = zxingcpp.read_barcodes(page.render(scale=3).to_numpy())
    assert shares.read(code_read.text) == parts[2]


# ---- shares, typed


def test_a_share_is_typed_group_by_group_and_a_wrong_group_is_asked_for_again(run):
    typed = [shares.text(part).split("-") for part in key()[1][:2]]
    wrong = "X" + typed[0][4][1:] if typed[0][4][0] != "X" else "2" + typed[0][4][1:]
    lines = iter([*typed[0][:4], wrong.lower(), *typed[0][4:], *typed[1]])
    code, said = run("check-shares", shares_=(), ask=lambda _words: next(lines))
    assert code == 0, said
    assert "Nhóm 5 gõ nhầm" in said
    assert next(lines, None) is None


def test_a_whole_share_can_be_scanned_at_the_first_question(run):
    lines = iter([shares.text(part) for part in key()[1][1:]])
    code, said = run("check-shares", shares_=(), ask=lambda _words: next(lines))
    assert code == 0, said


# ---- drills and checks


@pytest.mark.parametrize("command", ["check-shares", "drill"])
def test_a_check_touches_no_ballot_and_writes_what_the_server_can_believe(
    command, run, registration, tmp_path
):
    code, said = run(command, shares_=(1, 3))
    assert code == 0, said
    (path,) = (tmp_path / "out").glob("*.json")
    registered = records.read_registration("r", registration.read_bytes())
    attestation = records.read_attestation(
        path,
        path.read_bytes(),
        campaign_code=CODE,
        fingerprint=registered.fingerprint,
        custodians=registered.custodians,
    )
    assert attestation.kind == {"check-shares": "shares", "drill": "drill"}[command]
    assert attestation.custodians == (1, 3)
    assert attestation.made_on == date(2026, 2, 1)


def test_an_altered_attestation_is_refused(run, registration, tmp_path):
    run("check-shares")
    (path,) = (tmp_path / "out").glob("*.json")
    registered = records.read_registration("r", registration.read_bytes())
    altered = path.read_text().replace("2026-02-01", "2026-03-01").encode()
    with pytest.raises(errors.SignatureWrong):
        records.read_attestation(
            path, altered, campaign_code=CODE, fingerprint=registered.fingerprint,
            custodians=registered.custodians,
        )  # fmt: skip


def test_a_drill_fails_where_altered_ballots_are_not_refused(monkeypatch, registration):
    registered = records.read_registration("r", registration.read_bytes())
    private = keys.combine(key()[1][:2], key()[0])
    monkeypatch.setattr("surveyapp.responses.opener.box.is_marked", lambda *_: True)
    with pytest.raises(drill.DrillFailed):
        drill.drill(registered, private)


# ---- open


def test_two_custodians_open_the_box_and_sign_what_comes_out(
    run, exported, registration, made, tmp_path
):
    code, said = run("open", exported, *stated())
    assert code == 0, said
    opened_bundle = read_back(tmp_path, registration)
    assert len(opened_bundle.signers) == 2
    assert len(opened_bundle.contents.rows) == 14
    assert opened_bundle.header["submitted"] == opened_bundle.header["ballots"] == 20
    assert opened_bundle.header["digest"] in said
    minutes = text_of(tmp_path / "out" / f"{CODE}-opening.pdf")
    assert "Biên bản mở hộp phiếu" in minutes
    assert opened_bundle.header["digest"] in "".join(minutes.split())
    assert NAMES[1] in minutes


REFUSED = {
    "count": ("open", stated(21), "Biên bản ghi 21 phiếu đã nộp, tệp xuất ghi 20"),
    "server": ("open", stated(server="0" * 8), "không phải khóa đã đăng ký"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_export_that_papers_contradict_opens_nothing(case, run, exported, tmp_path):
    command, arguments, words_ = REFUSED[case]
    code, said = run(command, exported, *arguments)
    assert code == 1
    assert words_ in said
    assert not (tmp_path / "out").exists()


def test_an_export_of_another_server_is_refused(run, made, tmp_path):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = tmp_path / "other.gz"
    made.write(path, Ed25519PrivateKey.generate())
    code, said = run("open", path, *stated())
    assert code == 1
    assert "không phải khóa đã đăng ký" in said


def test_an_export_altered_by_one_byte_anywhere_is_refused(exported, tmp_path):
    whole = exported.read_bytes()
    for index in range(0, len(whole), max(len(whole) // 150, 1)):
        turned = whole[:index] + bytes([whole[index] ^ 4]) + whole[index + 1 :]
        path = tmp_path / "altered.gz"
        path.write_bytes(turned)
        with pytest.raises(errors.FileRefused):
            export.read(path, server_key=SERVER_PRINT)


def test_an_export_cut_short_or_spoken_in_another_version_is_refused(exported, made, tmp_path):
    path = tmp_path / "cut.gz"
    path.write_bytes(exported.read_bytes()[:-20])
    with pytest.raises(errors.FileDamaged):
        export.read(path, server_key=SERVER_PRINT)
    lines = gzip.decompress(exported.read_bytes()).splitlines()
    for head, refusal in (
        ({"version": 2}, errors.VersionUnknown),
        ({"format": "x"}, errors.NotThisKind),
    ):
        with path.open("wb") as file:
            later = [json.loads(lines[0]) | head, *map(json.loads, lines[1:-1])]
            files.write_lines(file, export.KIND, later, [SERVER])
        with pytest.raises(refusal):
            export.read(path, server_key=SERVER_PRINT)
    path.write_text("not at all")
    with pytest.raises(errors.NotThisKind):
        export.read(path, server_key=SERVER_PRINT)


def test_a_share_of_another_key_is_refused(run, exported, tmp_path):
    _, foreign = keys.create()
    path = tmp_path / "foreign.txt"
    path.write_text(shares.text(foreign[1]), encoding="utf-8")
    code, said = run("open", exported, *stated(), "--share", path, shares_=(1,))
    assert code == 1
    assert "mảnh của một khóa khác" in said


def test_a_mistyped_share_file_names_the_group(run, exported, tmp_path):
    text = shares.text(key()[1][1])
    wrong = text[:8] + ("2" if text[8] != "2" else "3") + text[9:]
    path = tmp_path / "wrong.txt"
    path.write_text(wrong, encoding="utf-8")
    code, said = run("open", exported, *stated(), "--share", path, shares_=(1,))
    assert code == 1
    assert "gõ nhầm ở nhóm: 2" in said


def test_a_bundle_altered_by_one_byte_anywhere_is_refused(run, exported, registration, tmp_path):
    run("open", exported, *stated())
    path = tmp_path / "out" / f"{CODE}-bundle.json.gz"
    whole = path.read_bytes()
    registered = records.read_registration("r", registration.read_bytes())
    for index in range(0, len(whole), max(len(whole) // 300, 1)):
        turned = whole[:index] + bytes([whole[index] ^ 16]) + whole[index + 1 :]
        path.write_bytes(turned)
        with pytest.raises(errors.FileRefused):
            bundle.read(path, campaign_code=CODE, custodians=registered.signers)


def test_a_bundle_of_another_campaign_or_signed_by_one_is_refused(
    run, exported, registration, tmp_path
):
    run("open", exported, *stated())
    path = tmp_path / "out" / f"{CODE}-bundle.json.gz"
    registered = records.read_registration("r", registration.read_bytes())
    with pytest.raises(errors.OfAnotherCampaign):
        bundle.read(path, campaign_code="ELSE", custodians=registered.signers)
    with pytest.raises(errors.SignerUnknown):
        bundle.read(path, campaign_code=CODE, custodians=["0" * 64])
    opened_bundle = read_back(tmp_path, registration)
    with path.open("wb") as file:
        bundle.write(
            file, opened_bundle.header, opened_bundle.contents, [keys.signing_key(key()[1][0])]
        )
    with pytest.raises(errors.SignaturesMissing):
        bundle.read(path, campaign_code=CODE, custodians=registered.signers)


@pytest.mark.parametrize("lowered", [{"rows": 1}, {"rows": 4}, {"counts": 1}, {"counts": 11}])
def test_numbers_lowered_on_the_server_open_nothing(lowered, run, made, tmp_path):
    made.content["minimums"] |= lowered
    path = tmp_path / "lowered.gz"
    made.write(path)
    code, said = run("open", path, *stated())
    assert code == 1
    assert "Có người đã hạ ngưỡng trên máy chủ" in said
    assert list((tmp_path / "out").glob("*")) == []


def test_the_minutes_name_the_numbers_that_the_promise_names(run, exported, tmp_path):
    _code, said = run("open", exported, *stated())
    told = "Ngưỡng từng dòng, ngưỡng số đếm"
    assert f"{told}: 10, 3" in said
    minutes = "".join(text_of(tmp_path / "out" / f"{CODE}-opening.pdf").split())
    assert "".join(told.split()) in minutes


# ---- exceptions


@pytest.fixture
def incomplete(made, tmp_path):
    del made.ballots[0]
    path = tmp_path / "incomplete.gz"
    made.write(path)
    return path


def difference_in(tmp_path):
    (statement,) = (tmp_path / "out").glob("*-exception-*.json")
    return statement


def test_two_custodians_sign_the_named_difference_and_the_rest_is_opened(
    run, incomplete, registration, tmp_path
):
    code, said = run("open", incomplete, *stated())
    assert code == 1
    assert "Có 19 phiếu trong hộp nhưng 20 phiếu đã nộp" in said
    paper = difference_in(tmp_path)
    code, said = run("open", incomplete, *stated(), "--exception", paper)
    assert "mới có 0 chữ ký" in said
    assert run("sign-exception", paper, "--reason", "Mất điện ngày 3/2", shares_=(1,))[0] == 0
    code, said = run("open", incomplete, *stated(), "--exception", paper)
    assert "mới có 1 chữ ký" in said
    assert run("sign-exception", paper, shares_=(1,))[0] == 0
    code, said = run("open", incomplete, *stated(), "--exception", paper)
    assert "mới có 1 chữ ký" in said
    assert run("sign-exception", paper, shares_=(3,))[0] == 0
    code, said = run("open", incomplete, *stated(), "--exception", paper)
    assert code == 0, said
    opened_bundle = read_back(tmp_path, registration)
    assert opened_bundle.header["exception"] == {
        "reason": "Mất điện ngày 3/2",
        "custodians": [1, 3],
    }
    assert opened_bundle.header["difference"]["missing"] == 1
    assert "Mất điện ngày 3/2" in text_of(tmp_path / "out" / f"{CODE}-opening.pdf")


def test_an_exception_serves_one_export_and_not_another(run, incomplete, made, tmp_path):
    run("open", incomplete, *stated())
    paper = difference_in(tmp_path)
    run("sign-exception", paper, "--reason", "Mất", shares_=(1,))
    run("sign-exception", paper, shares_=(2,))
    del made.ballots[5]
    other = tmp_path / "other.gz"
    made.write(other)
    code, said = run("open", other, *stated(), "--exception", paper)
    assert code == 1
    assert "ký cho một tệp xuất khác" in said


def test_an_altered_exception_is_refused(run, incomplete, tmp_path):
    run("open", incomplete, *stated())
    paper = difference_in(tmp_path)
    run("sign-exception", paper, "--reason", "Mất", shares_=(1,))
    paper.write_text(paper.read_text().replace('"missing": 1', '"missing": 2'))
    code, said = run("sign-exception", paper, shares_=(2,))
    assert code == 1
    assert "Chữ ký trong tệp" in said


# ---- destroy


def test_destroying_gives_minutes_in_vietnamese_and_an_attestation(run, tmp_path):
    code, said = run("destroy", "--digest", "d" * 64)
    assert code == 0, said
    minutes = text_of(tmp_path / "out" / f"{CODE}-destruction.pdf")
    assert "Biên bản hủy khóa hộp phiếu" in minutes
    assert all(name in minutes for name in NAMES)
    (attested,) = (tmp_path / "out").glob("*destroyed*.json")
    assert json.loads(attested.read_text())["content"]["facts"] == {"digest": "d" * 64}


# ---- words


def test_every_refusal_has_words_in_both_languages():
    def below(kind):
        return {kind} | {one for sub in kind.__subclasses__() for one in below(sub)}

    abstract = {errors.OpenerError, errors.FileRefused, errors.Differs}
    raised = {
        kind
        for kind in below(errors.OpenerError)
        if kind.__module__ in (errors.__name__, drill.__name__)
    }
    assert raised - abstract == set(refusals.REFUSALS) | set(refusals.DIFFERENCES)
    for pair in [*refusals.REFUSALS.values(), *refusals.DIFFERENCES.values()]:
        assert re.findall(r"\{\w+\}", pair[0]).sort() == re.findall(r"\{\w+\}", pair[1]).sort()
        assert pair[0] != pair[1]


def test_the_opener_speaks_english_too(run, exported):
    _code, said = run("open", exported, *stated(21), "--language", "en")
    assert "The minutes say 21 questionnaires were submitted" in said


def test_files_are_for_their_owner_alone_and_no_core_is_left(run, exported, tmp_path):
    import resource

    run("open", exported, *stated())
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    for path in Path(tmp_path / "out").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    assert acts.software()
