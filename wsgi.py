"""What gunicorn serves."""

from surveyapp import create_app, traces

traces.leave_none()
app = create_app()
