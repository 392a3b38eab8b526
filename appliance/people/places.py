"""Which roles and posts a node has people for, and who may change them."""

from appliance.desk import (
    ANALYST,
    AUDITOR,
    CO,
    OF_POSTS,
    RANGE,
    ROLES,
    SCREENER,
    SHO,
    SP,
    SUPERVISOR,
    TECHNICIAN,
    Desk,
)
from appliance.people.accounts import WrongPerson
from appliance.posts import posts

ADMINISTRATORS = frozenset({SP, RANGE})
_AT_RANGE = frozenset({SCREENER, SUPERVISOR, RANGE, ANALYST, TECHNICIAN, AUDITOR})
_BEGIN = {CO: "CO ", SHO: "SHO "}
"""How the codes of the posts begin for which these roles sit."""


def roles_of(desk: Desk) -> tuple[str, ...]:
    """The roles that people of this node may have."""
    if desk.config.role == RANGE:
        return tuple(role for role in ROLES if role in _AT_RANGE)
    return tuple(role for role in ROLES if role != RANGE)


def is_of_post(role: str) -> bool:
    """Whether somebody of this role sits for one post."""
    return role in OF_POSTS


def posts_of(desk: Desk, role: str) -> tuple[str, ...]:
    """Codes of the posts that somebody of this role may sit for; none for the others."""
    begin = _BEGIN.get(role)
    district = desk.directory.node(desk.config.node_id).district
    known = posts(desk.directory, district) if begin else ()
    return tuple(post.code for post in known if post.code.startswith(begin or ""))


def check_place(desk: Desk, role: str, post: str) -> None:
    """Raises WrongPerson where this node has no such role, or the role does not go with the post."""
    if role not in roles_of(desk):
        raise WrongPerson(
            f"there is no role {role[:40]!r} here", hint=f"Choose one of {', '.join(roles_of(desk))}"
        )
    if role in OF_POSTS and post not in posts_of(desk, role):
        raise WrongPerson(f"a {role} sits for a post of this district, found {post[:40]!r}")
    if role not in OF_POSTS and post:
        raise WrongPerson(f"a {role} sits for no post")
