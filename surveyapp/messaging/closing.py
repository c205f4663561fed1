"""Channels that are opened by `with`."""

from types import TracebackType
from typing import Self


class Closing:
    """`with` for a channel: closed at the end whatever happened."""

    def close(self) -> None:
        """Nothing to close unless the channel says so."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
