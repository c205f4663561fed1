"""The one place in which nodes leave files for each other: a folder that all see, or a bucket with copies on each."""

import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from surveyapp.config import Settings
from surveyapp.store.bucket import Bucket

ABSENT = 60.0
"""Seconds in which a name that was not in the bucket is not asked for again."""


@dataclass(frozen=True)
class Store:
    """`folder` is what this node reads: the shared place itself, or its copies of the bucket."""

    folder: Path
    bucket: Bucket | None = None
    _absent: dict[str, float] = field(default_factory=dict, compare=False, repr=False)

    def share(self, path: Path, name: str) -> None:
        """A finished file or folder becomes visible to every node under `name`. Raises `BucketAway`.

        In a shared folder it is visible where it stands. What is shared is never changed again.
        """
        if self.bucket is None:
            return
        files = (
            [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
        )
        for file in files:
            inner = file.relative_to(path).as_posix() if file != path else ""
            self.bucket.put(f"{name}/{inner}" if inner else name, file)

    def bring(self, name: str) -> Path:
        """Where `name` is on this node, brought here if only the bucket has it; whole or not at all.

        The path may be empty ground: whoever reads it says what is missing. Raises `BucketAway`.
        """
        here = self.folder / name
        if self.bucket is None or here.exists() or self._was_absent(name):
            return here
        keys = [key for key in self.bucket.keys(name) if key == name or key.startswith(f"{name}/")]
        if not keys:
            self._absent[name] = time.monotonic()
            return here
        here.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".bringing-", dir=here.parent))
        try:
            for key in keys:
                target = (
                    aside / key.removeprefix(name).lstrip("/") if key != name else aside / "one"
                )
                if aside.resolve() not in target.resolve().parents:
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                self.bucket.get(key, target)
            _put_in_place(aside / "one" if keys == [name] else aside, here)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return here

    def bring_all(self, part: str) -> None:
        """Everything under a part, for a backup: each file or folder as `bring`. Raises `BucketAway`."""
        if self.bucket is None:
            return
        for key in sorted(
            {key.split("/")[1] for key in self.bucket.keys(f"{part}/") if "/" in key}
        ):
            self.bring(f"{part}/{key}")

    def _was_absent(self, name: str) -> bool:
        return time.monotonic() - self._absent.get(name, -ABSENT) < ABSENT


def _put_in_place(path: Path, here: Path) -> None:
    """Another process may have brought the same in the meantime; then that one stays."""
    try:
        path.rename(here)
    except OSError:
        if not here.exists():
            raise


def open_store(settings: Settings) -> Store:
    """As the settings say."""
    bucket = Bucket.read(settings.store_bucket) if settings.store_bucket else None
    return Store(settings.store, bucket)
