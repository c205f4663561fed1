"""The daily report, the reminding letter, and who reads them."""

__all__ = (
    "daily_report",
    "mail",
    "official_letter",
    "province_outlines",
    "readers",
    "unit_figures",
    "workbook",
)
