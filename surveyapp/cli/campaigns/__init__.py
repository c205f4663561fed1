"""`surveyapp campaign …`: packs, questionnaires, spreadsheets of them, the life of a campaign."""
