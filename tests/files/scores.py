"""How the reader did over a set of files: what was planted and found, what was raised without cause."""

from dataclasses import dataclass, field


@dataclass
class Score:
    """Faults planted and found, findings raised and justified, and everything that was read otherwise."""

    planted: int = 0
    caught: int = 0
    raised: int = 0
    justified: int = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of what was planted that was found."""
        return self.caught / max(self.planted, 1)

    @property
    def precision(self) -> float:
        """Share of what was raised that stands where something was planted."""
        return self.justified / max(self.raised, 1)
