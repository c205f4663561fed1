"""The machine: room on the disk, who can read the files, the clock."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from surveyapp import traces
from surveyapp.config import Settings
from surveyapp.i18n import _
from surveyapp.operations.doctor.findings import Diagnosis, Level

LOW_SHARE, FULL_SHARE = 0.15, 0.05
"""Of the disk, or of its inodes, that are free: below the first somebody should look, below the second now."""
CLOCK_TOLERANCE = timedelta(seconds=2)
CLOCK_LIMIT = timedelta(seconds=30)


def look(settings: Settings) -> Iterator[Diagnosis]:
    """Disk, inodes and modes of the instance folder."""
    yield from _room(_existing(settings.instance))
    yield _modes(settings)


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def _room(folder: Path) -> Iterator[Diagnosis]:
    usage, inodes = shutil.disk_usage(folder), os.statvfs(folder)
    shares = [("disk", usage.free / usage.total)]
    if inodes.f_files:
        shares.append(("inodes", inodes.f_favail / inodes.f_files))
    for check, share in shares:
        level = Level.OK
        if share < LOW_SHARE:
            level = Level.FAIL if share < FULL_SHARE else Level.WARN
        words = (
            _(
                "Ổ đĩa của %(folder)s còn trống %(share)s%%.",
                folder=folder,
                share=round(share * 100),
            )
            if check == "disk"
            else _(
                "Ổ đĩa của %(folder)s còn %(share)s%% số tệp có thể tạo.",
                folder=folder,
                share=round(share * 100),
            )
        )
        command = f"du -xh --max-depth=2 {folder} | sort -h | tail" if level != Level.OK else ""
        yield Diagnosis(check, level, words, command)


def _modes(settings: Settings) -> Diagnosis:
    try:
        traces.check(settings)
    except traces.ReadableByOthers as wide:
        paths = " ".join(map(str, wide.paths))
        return Diagnosis(
            "modes",
            Level.FAIL,
            _("Người dùng khác trên máy đọc được: %(paths)s.", paths=paths),
            f"chmod go= {paths}",
        )
    return Diagnosis("modes", Level.OK, _("Thư mục và tệp của máy chủ chỉ chủ đọc được."))


def compare_clocks(here: datetime, there: datetime) -> Diagnosis:
    """The machine's clock beside the database's: deadlines and sessions follow the machine's."""
    apart = abs(here - there)
    level = Level.OK
    if apart > CLOCK_TOLERANCE:
        level = Level.FAIL if apart > CLOCK_LIMIT else Level.WARN
    words = _(
        "Đồng hồ máy này lệch đồng hồ cơ sở dữ liệu %(seconds)s giây.",
        seconds=round(apart.total_seconds()),
    )
    return Diagnosis("clock", level, words, "timedatectl set-ntp true" if level != Level.OK else "")
