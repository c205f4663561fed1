"""`python -m surveyapp` is the command line."""

from surveyapp import traces
from surveyapp.cli.main import main


def run() -> None:
    """The command of one process: nothing that it leaves behind is for others."""
    traces.leave_none()
    main(prog_name="surveyapp")


if __name__ == "__main__":
    run()
