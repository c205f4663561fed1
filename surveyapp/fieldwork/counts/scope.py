"""The part of a campaign that figures are about."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The part of a campaign that figures are about; None means all."""

    groups: frozenset[int] | None = None
    supplying: int | None = None
    rated: int | None = None
    department: int | None = None
    channel: str | None = None

    @property
    def dimensions(self) -> set[str]:
        """The dimensions this part is narrowed by."""
        named = {
            "group": self.groups,
            "supplying": self.supplying,
            "rated": self.rated,
            "department": self.department,
            "channel": self.channel,
        }
        return {name for name, value in named.items() if value is not None}
