"""One blueprint for all pages of the door."""

from flask import Blueprint

pages = Blueprint("access", __name__)
