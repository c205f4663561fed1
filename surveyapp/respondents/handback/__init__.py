"""What a desk gets back: template, its own workbook with the faults marked, the record of handing over."""

__all__ = (
    "findings_book",
    "handover_record",
    "marked_workbook",
    "template",
)
