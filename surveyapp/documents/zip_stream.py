"""Files packed one by one while they are made: nothing larger than one of them is held in memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator


class _Outlet(io.RawIOBase):
    """Takes what the packer writes and gives it on; it cannot go back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        taken = bytes(content)  # type: ignore[call-overload]
        self._written.append(taken)
        return len(taken)

    def taken(self) -> bytes:
        """What came since the last time."""
        content, self._written = b"".join(self._written), []
        return content


def packed(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A ZIP of (name, content), in parts. The contents are PDFs, which packing does not make smaller."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(name, content)
            yield outlet.taken()
    yield outlet.taken()
