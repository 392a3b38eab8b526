"""What every page of figures has: who may see it, whose cases it counts, its filters and its neighbours."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from appliance.desk import Actor
from appliance.figures.reading import CLASSES, Choice
from appliance.figures.scope import Scope, scope
from sync.clock import day_of
from sync.directory import RANGE
from webui.figures import asked as asking
from webui.figures.asked import SPANS, Asked
from webui.figures.wording import FLAGS, period_short, window_name
from webui.names import Names
from webui.site import desk, language, now

pages = Blueprint("figures", __name__)


@dataclass(frozen=True)
class Asking:
    """One question: by whom, of what, as of which day."""

    actor: Actor
    asked: Asked
    scope: Scope
    today: int

    @property
    def choice(self) -> Choice:
        """What is counted for it."""
        return self.asked.choice(self.scope)


def asking_of(actor: Actor) -> Asking:
    """The question of this request."""
    return Asking(actor, asking.read(request.args), scope(desk(), actor), day_of(now()))


def name_class(code: str) -> str:
    """A sensitivity class or a flag."""
    return str(FLAGS[code]) if code in FLAGS else Names(desk(), language()).label(code)


def name_thana(code: str) -> str:
    """A thana, with its district where this office has several; "" is where none was told."""
    names = Names(desk(), language())
    if not code:
        return _("Thana not told")
    return names.thana_of_many(code) if names.has_many_districts else names.thana(code)


def page(template: str, question: Asking, **more: Any) -> str:
    """Renders a page of figures."""
    return render_template(
        f"figures/{template}.html",
        asked=question.asked,
        link=question.asked.address,
        of_range=desk().config.role == RANGE,
        download=question.asked.download,
        categories=desk().catalogue.categories,
        thanas=question.scope.thanas,
        everything=question.scope.everything,
        classes=CLASSES,
        spans=SPANS,
        name_class=name_class,
        window_name=window_name,
        period_short=period_short,
        names=Names(desk(), language()),
        **more,
    )
