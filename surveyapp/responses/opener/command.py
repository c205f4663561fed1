"""The command `opener`, for two custodians at a machine without a network (docs/opener.md)."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from . import acts, prompts, refusals
from .acts import Made
from .custody import keys, records
from .custody.records import Registration
from .custody.shares import Share
from .errors import Differs, OpenerError

_PAPERS_SECRET = (
    "Hãy in từng tờ mảnh khóa, giao cho từng người giữ, rồi xóa các tệp PDF này.",
    "Print each share, hand it to its custodian, then erase these PDF files.",
)
_WRITTEN = ("Đã ghi: {path}", "Written: {path}")
_EXCEPTION = (
    "Chênh lệch được ghi trong {path}. Muốn mở phần còn nguyên vẹn, hai người giữ khóa phải cùng ký tệp ấy: "
    "opener sign-exception",
    "The difference stands in {path}. To open what is sound, two custodians must sign that file: "
    "opener sign-exception",
)
_EXISTS = (
    "Tệp {path} đã có sẵn; không ghi đè. Hãy chọn thư mục khác.",
    "The file {path} exists already and is not overwritten. Choose another folder.",
)
_UNREADABLE = ("Không đọc được tệp {path}.", "The file {path} cannot be read.")
_REASON = ("Cần --reason cho chữ ký đầu tiên.", "The first signature needs --reason.")


def main(arguments: Sequence[str] | None = None, *, ask: prompts.Ask = input) -> int:
    """0 done, 1 refused with the reason, 2 not understood."""
    _close_in()
    given = _parser().parse_args(arguments)
    try:
        made = given.act(given, ask)
    except OpenerError as error:
        _say(refusals.refusal(error, given.language), error=True)
        if isinstance(error, Differs):
            exceptions = sorted(
                given.out.glob("*-exception-*.json"), key=lambda path: path.stat().st_mtime
            )
            _say(refusals.say(_EXCEPTION, given.language, path=exceptions[-1]), error=True)
        _say(refusals.say(refusals.NOTHING, given.language), error=True)
        return 1
    except FileExistsError as error:
        _say(refusals.say(_EXISTS, given.language, path=error.filename), error=True)
        return 1
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        _say(refusals.say(_UNREADABLE, given.language, path=error.filename), error=True)
        return 1
    for name, value in made.facts:
        _say(f"{name}: {value}")
    for path in made.files:
        _say(refusals.say(_WRITTEN, given.language, path=path))
    if given.command == "create":
        _say(refusals.say(_PAPERS_SECRET, given.language))
    return 0


def _close_in() -> None:
    """New files for their owner alone; no memory of this process on the disk after a crash."""
    os.umask(0o077)
    try:
        import resource
    except ImportError:  # Windows writes no core files
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="opener",
        description="Khóa hộp phiếu: tạo, diễn tập, kiểm tra, mở, hủy. / The key of a box of ballots.",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--out", type=Path, default=Path(), help="where to write (thư mục ghi)")
    common.add_argument(
        "--date", type=date.fromisoformat, help="today, if the clock is wrong (ngày)"
    )
    common.add_argument("--language", choices=refusals.LANGUAGES, default="vi")
    sharing = argparse.ArgumentParser(add_help=False, parents=[common])
    sharing.add_argument("registration", type=Path, help="C-registration.json")
    sharing.add_argument(
        "--share", type=Path, action="append", default=[],
        help="a share in a text file, instead of typing it (mảnh khóa trong tệp)",
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True)

    one = commands.add_parser("create", parents=[common], help="make a key and its three shares")
    one.add_argument("--campaign", required=True, help="code of the campaign (mã đợt điều tra)")
    one.add_argument(
        "--custodian", action="append", required=True, help="name; three times (họ tên, ba lần)"
    )
    one.set_defaults(act=_create)

    one = commands.add_parser("check-shares", parents=[sharing], help="combine shares, compare")
    one.set_defaults(act=_check_shares)
    one = commands.add_parser("drill", parents=[sharing], help="seal and open test ballots")
    one.set_defaults(act=_drill)

    one = commands.add_parser("open", parents=[sharing], help="open the box in the server's export")
    one.add_argument("export", type=Path)
    one.add_argument("--server-key", required=True, help="print of the server's key, from paper")
    one.add_argument(
        "--submitted", type=int, required=True, help="submitted questionnaires, from the minutes"
    )
    one.add_argument("--exception", type=Path, help="a difference that two custodians signed")
    one.set_defaults(act=_open)

    one = commands.add_parser("sign-exception", parents=[sharing], help="sign a difference found")
    one.add_argument("exception", type=Path)
    one.add_argument("--reason", default="", help="why ballots are left out (lý do)")
    one.set_defaults(act=_sign_exception)

    one = commands.add_parser("destroy", parents=[sharing], help="minutes of the key's destruction")
    one.add_argument("--digest", required=True, help="digest of the opening, from the manifest")
    one.set_defaults(act=_destroy)
    return parser


def _create(given: argparse.Namespace, _ask: prompts.Ask) -> Made:
    names = [name.strip() for name in given.custodian]
    if len(set(names)) != keys.CUSTODIANS or not all(names):
        _parser().error(f"--custodian: {keys.CUSTODIANS}")
    return acts.create(given.campaign, names, given.out, today=_today(given))


def _check_shares(given: argparse.Namespace, ask: prompts.Ask) -> Made:
    registered = acts.read_registration(given.registration)
    return acts.check_shares(registered, _shares(given, ask), given.out, today=_today(given))


def _drill(given: argparse.Namespace, ask: prompts.Ask) -> Made:
    registered = acts.read_registration(given.registration)
    return acts.hold_drill(registered, _shares(given, ask), given.out, today=_today(given))


def _open(given: argparse.Namespace, ask: prompts.Ask) -> Made:
    registered = acts.read_registration(given.registration)
    box_export = acts.read_export(
        given.export, registered, server_key=given.server_key, submitted=given.submitted
    )
    return acts.open_box(
        box_export,
        registered,
        _shares(given, ask),
        given.out,
        today=_today(given),
        exception=given.exception,
    )


def _sign_exception(given: argparse.Namespace, ask: prompts.Ask) -> Made:
    registered: Registration = acts.read_registration(given.registration)
    signed = records.read_exception(
        given.exception, given.exception.read_bytes(), registered, needed=0
    )
    if not signed.custodians and not given.reason.strip():
        _parser().error(refusals.say(_REASON, given.language))
    _say(refusals.difference(signed.difference, given.language))
    share = _shares(given, ask, number=1)[0]
    return acts.sign_exception(given.exception, registered, share, reason=given.reason.strip())


def _destroy(given: argparse.Namespace, ask: prompts.Ask) -> Made:
    registered = acts.read_registration(given.registration)
    return acts.destroy(
        registered, _shares(given, ask), given.out, today=_today(given), digest=given.digest
    )


def _shares(
    given: argparse.Namespace, ask: prompts.Ask, *, number: int = keys.NEEDED
) -> list[Share]:
    if given.share:
        return prompts.from_files(given.share)
    return prompts.ask_shares(number, ask=ask, say=_say, language=given.language)


def _today(given: argparse.Namespace) -> date:
    return given.date or datetime.now().astimezone().date()


def _say(text: str, *, error: bool = False) -> None:
    (sys.stderr if error else sys.stdout).write(text + "\n")
