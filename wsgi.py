"""The door for any WSGI server."""

from lms.app import create_app

app = create_app()
