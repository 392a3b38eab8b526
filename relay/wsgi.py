"""What gunicorn imports: the webhook of the relay in one root folder."""

from pathlib import Path

from flask import Flask

from relay import config, processes


def app(root: str) -> Flask:
    """The WSGI application of ``root``."""
    return processes.web_app(config.load(Path(root)))
