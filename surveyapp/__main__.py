"""`python -m surveyapp` is the command line."""

from surveyapp.cli.main import main

main(prog_name="surveyapp")
