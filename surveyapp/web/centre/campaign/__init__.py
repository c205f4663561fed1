"""The campaign at the centre: its life, questionnaires, staff and audit trail."""
