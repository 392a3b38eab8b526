"""Which cases a person may see and act on. The one check of objects: pages and acts ask it, nobody else decides."""

from dataclasses import dataclass

from appliance import concerns, ledger, posts
from appliance.clocks import LEVEL_CO
from appliance.desk import BOX, CO, OF_POSTS, OFFICE, OFFICER, READERS, SHO, Actor, Desk
from appliance.errors import Forbidden, NotFound
from appliance.ledger import CaseFile


@dataclass(frozen=True)
class Scope:
    """What a person sees: everything of this node, or what posts have of these thanas, of this post, and what goes up.

    Before a case is with a post, nobody outside the office reads it: it may be about whoever would.

    ``post`` is "" for nobody's, ``below``: the posts whose late cases go up to it; a case that is about its people is
    left out all the same (``may_see``). ``practice``: the cases made up for training and no others; None: these too.
    """

    everything: bool
    thanas: tuple[str, ...] = ()
    post: str = ""
    below: tuple[str, ...] = ()
    practice: bool | None = None

    @property
    def condition(self) -> tuple[str, tuple[str, ...]]:
        """The same for a query over ``case_file``: SQL and its values."""
        made_up = "1" if self.practice is None else f"case_file.practice={int(self.practice)}"
        if self.everything:
            return made_up, ()
        thanas, below = (",".join("?" * len(codes)) for codes in (self.thanas, self.below))
        own = f"case_file.post=? or case_file.thana in ({thanas})"
        late = f"case_file.level>={LEVEL_CO} and case_file.post in ({below})"
        return f"case_file.post<>'' and ({own} or ({late})) and {made_up}", (
            self.post,
            *self.thanas,
            *self.below,
        )

    def reaches(self, case: CaseFile) -> bool:
        """Whether a case with a post is one of his, whomever it is about."""
        is_his = case.post == self.post or case.thana in self.thanas
        is_late = case.level >= LEVEL_CO and case.post in self.below
        return bool(self.post) and bool(case.post) and (is_his or is_late)


def scope(desk: Desk, actor: Actor) -> Scope:
    """What ``actor`` sees of the cases of this node."""
    if actor.role in (BOX.role, OFFICER):
        return Scope(everything=True)
    if actor.role in OFFICE:
        return Scope(True, practice=actor.practice)
    if actor.role == CO:
        thanas = posts.thanas_of(desk.directory, actor.post)
        below = tuple(posts.of_thana(desk.directory, thana)[0] for thana in thanas)
        return Scope(False, thanas, actor.post, below, actor.practice)
    if actor.role == SHO:
        return Scope(False, (), actor.post, (), actor.practice)
    return Scope(False)


def may_see(desk: Desk, actor: Actor, case: CaseFile) -> bool:
    """Whether the case is one of his, and not about his own people."""
    seen = scope(desk, actor)
    if seen.practice is not None and case.practice != int(seen.practice):
        return False
    if seen.everything:
        return True
    return seen.reaches(case) and seen.post not in concerns.barred(desk, case)


def check(desk: Desk, actor: Actor, case: CaseFile) -> None:
    """Raises NotFound for a case he may not see: to him it is not there; Forbidden for a role that sees none."""
    if actor.role not in READERS and actor.role not in (BOX.role, OFFICER):
        raise Forbidden(f"the role {actor.role} sees no cases")
    if not may_see(desk, actor, case):
        raise NotFound("there is no case of that serial here")


def check_act(desk: Desk, actor: Actor, case: CaseFile) -> None:
    """Before an act: as ``check``; raises Forbidden where somebody of a post acts on a case that is not his post's."""
    check(desk, actor, case)
    if not acts_on(actor, case.post):
        raise Forbidden("this case is not with your post")


def acts_on(actor: Actor, post: str) -> bool:
    """Whether he may act on a case that is with ``post``, as far as that goes: the office on any, a post on its own."""
    return actor.role not in OF_POSTS or (bool(actor.post) and actor.post == post)


def barred_cases(desk: Desk, actor: Actor) -> frozenset[int]:
    """Ids of cases that his post would see, were they not about its own people: lists leave them out.

    Empty for the office, which sees them all.
    """
    if actor.role not in OF_POSTS or not actor.post:
        return frozenset()
    named = {
        other.id
        for case_id in concerns.on_police(desk)
        for other in ledger.incident(desk, ledger.by_id(desk, case_id))
    }
    seen = scope(desk, actor)
    cases = (ledger.by_id(desk, case_id) for case_id in named)
    return frozenset(case.id for case in cases if seen.reaches(case) and not may_see(desk, actor, case))
