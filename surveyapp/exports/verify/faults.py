"""What a check reports."""

from dataclasses import dataclass

CODES = (
    "no_manifest", "manifest_shape", "unknown_format", "bad_signature", "other_key", "bad_zip", "duplicate_path",
    "other_name", "missing_file", "extra_file", "bytes", "sha256", "table_shape", "unreadable", "ddi_shape", "ddi_schema", "columns",
    "unknown_code", "row_count", "small_label", "small_public_cell", "counts_do_not_add_up", "counts_incomplete",
    "counts_differ", "public_differs", "questionnaire_differs", "codebook_differs", "criteria_differ", "rates_differ",
    "cleaning_differs", "ranks_differ", "sensitivity_differs", "weights_differ", "means_differ", "name_missing",
    "ddi_differs", "package_differs", "formats_differ",
)  # fmt: skip
"""Every code there is, in the order of the contract."""


@dataclass(frozen=True, order=True)
class ReleaseFault:
    """Something that is not as the manifest and the contract say: where, what (of `CODES`), and the particulars."""

    path: str
    code: str
    detail: str

    def __post_init__(self) -> None:
        """A code without a meaning in the contract is a mistake of the check itself."""
        if self.code not in CODES:
            raise ValueError(self.code)
