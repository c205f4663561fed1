"""Answers: drafts while a form is filled in, the sealed box once it is submitted, its one opening."""
