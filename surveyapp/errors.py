"""The root of every rule failure the survey can report."""


class SurveyError(Exception):
    """A rule of the survey was broken; attributes carry the facts, the web chooses the words."""
