"""What the door says when it stays shut."""

from flask_babel import gettext as _

from appliance.people import WeakPassword


def refusal(wait_s: int) -> str:
    """To somebody whose name or password was not taken."""
    return too_often(wait_s) if wait_s > 0 else _("The name or the password is wrong.")


def refusal_of_code(wait_s: int) -> str:
    """To somebody whose code was not taken."""
    return (
        too_often(wait_s)
        if wait_s > 0
        else _("The code is wrong, or was used already. Wait for the next one.")
    )


def too_often(wait_s: int) -> str:
    """To somebody who must wait."""
    return _("Too many tries. Wait %(seconds)s seconds, then try again.", seconds=wait_s)


def weakness(error: WeakPassword) -> str:
    """Why a password may not be used."""
    words = {
        "short": _("A password has at least 12 characters. A few words in a row are easy to keep in mind."),
        "long": _("A password has at most 256 characters."),
        "common": _("This password is one of the most common ones, or one of them with digits around it."),
        "known": _("Without “%(word)s”: everybody here would try that.", word=error.word),
        "same": _("This is the old password. Choose another."),
    }
    return words[error.why]
