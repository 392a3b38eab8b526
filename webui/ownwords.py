"""What an officer of a post reads of a case that he has himself: the words speak to him, or are his own."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

DOING: dict[str, LazyString] = {
    "acknowledge": lazy_gettext("I take it up"),
    "start": lazy_gettext("I have begun the work"),
    "report_back": lazy_gettext("Report back"),
}
DUTY_STEPS: dict[str, LazyString] = {
    "sent": lazy_gettext("with the relay, which tells your phone"),
    "delivered": lazy_gettext("on your phone"),
    "accepted": lazy_gettext("accepted by you"),
}
