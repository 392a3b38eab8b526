"""Which post a case is offered to first, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appliance.posts import Post
from sync.directory import Directory, Thana
from sync.messages import Answer

MAHILA, CYBER = "Mahila Thana", "Cyber Crime Thana"

# Kind of crime, question, choice ("" for any) -> the thana of the district that is made for it, by its English name.
SPECIAL: tuple[tuple[str, str, str, str], ...] = (
    ("women_child", "", "", MAHILA),
    ("gambling", "what", "online", CYBER),
)
# Kinds that a circle officer looks into himself: the law asks for his rank, or several thanas are concerned.
OF_CIRCLE = ("prostitution", "human_trafficking", "organised")


@dataclass(frozen=True)
class Suggestion:
    """``post``: code of a post, "" where none can be named; ``reason``: special | circle_kind | thana | circle | none.

    ``passed_over``: posts that would have come first, but must not have the case.
    """

    post: str
    reason: str
    passed_over: tuple[str, ...] = ()


def suggest(
    directory: Directory,
    district: str,
    thana: str,
    category: str,
    answers: Iterable[Answer],
    known: Sequence[Post],
    barred: frozenset[str],
) -> Suggestion:
    """The first of: the thana made for such cases, the circle for its kinds, the thana of the place, its circle.

    ``known``: the posts that this office can give a case to.
    """
    codes = {post.code for post in known}
    ways = [way for way in _ways(directory, district, thana, category, tuple(answers)) if way[0] in codes]
    passed = tuple(dict.fromkeys(post for post, _ in ways if post in barred))
    for post, reason in ways:
        if post not in barred:
            return Suggestion(post, reason, passed)
    return Suggestion("", "none", passed)


def _ways(
    directory: Directory, district: str, thana: str, category: str, answers: Sequence[Answer]
) -> list[tuple[str, str]]:
    place = directory.thana(thana)
    circle = f"CO {place.circle}" if place and place.circle else ""
    special = _special(directory.thanas_of(district), category, answers)
    ways = [
        (f"SHO {special.code}" if special else "", "special"),
        (circle if category in OF_CIRCLE else "", "circle_kind"),
        (f"SHO {place.code}" if place else "", "thana"),
        (circle, "circle"),
    ]
    return [way for way in ways if way[0]]


def _special(thanas: Iterable[Thana], category: str, answers: Sequence[Answer]) -> Thana | None:
    given = {(answer.question, answer.choice) for answer in answers} | {("", "")}
    wanted = {
        name for kind, question, choice, name in SPECIAL if kind == category and (question, choice) in given
    }
    return next((thana for thana in thanas if thana.name_en in wanted), None)
