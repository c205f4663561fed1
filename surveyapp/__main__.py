"""`python -m surveyapp` is the command line."""

from surveyapp.cli import main

main(prog_name="surveyapp")
