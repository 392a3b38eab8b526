"""The door: signing in and out, the second step, giving the password again; and one's own page."""

from webui.signin import confirming, door, me, second
from webui.signin.blueprint import pages

__all__ = ["confirming", "door", "me", "pages", "second"]
