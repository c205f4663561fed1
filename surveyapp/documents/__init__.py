"""Files for people: PDF, letters, workbooks and CSV, QR codes, charts.

Nothing here knows the survey. `__all__`, here and in each folder, is what other packages may use.
"""

__all__ = (
    "charts",
    "docx",
    "letter_check",
    "letters",
    "pdf",
    "qr",
    "tables",
    "zip_stream",
)
