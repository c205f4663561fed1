"""Questionnaire files: read, validated and frozen into the instruments people answer."""
