"""What the office does with a case: each act is one transaction with history, audit, rollup and outbox rows.

Every act takes the ``version`` of the case that its page showed, and raises Conflict when somebody was faster,
NotFound (also for a case that the actor may not see), Forbidden (role, post) or NotAllowed (status, value, reason).
"""

from dataclasses import replace

from appliance import concerns, duties, history, ledger, proposal, public_state, replies, rights
from appliance.cases import alone, outcomes, transitions
from appliance.cases.outcomes import Quantities
from appliance.desk import BOX, OFFICE, Actor, Desk
from appliance.errors import Forbidden, NotAllowed, NotFound, SamePerson
from appliance.history import Change
from appliance.ledger import CaseFile
from appliance.posts import posts
from appliance.proposal import NOTHING, Proposal
from sync import faults
from sync.clock import whole_minute
from sync.db import transaction


def screen(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """It was read and is worth an officer's time."""
    _step(desk, serial, actor, version, "screen", note)


def read(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """He read all that came to it, in work as it is: then another person may end it."""
    _step(desk, serial, actor, version, "read", note)


def assign(
    desk: Desk, serial: str, actor: Actor, version: int, post: str, note: str = "", brief: str = ""
) -> None:
    """Gives it to a post (code of ``posts``), or to another one, or back to the same for more.

    The post's holder is told on his phone, and gets ``brief`` when he accepts. Raises also BriefRefused and OwnPeople.
    """
    district = desk.directory.node(desk.config.node_id).district
    if post not in {known.code for known in posts(desk.directory, district)}:
        raise NotAllowed(f"there is no post {post[:40]!r} here")
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        given = replace(case, post=post)
        move(desk, case, given, actor, Change("assign", "", "", post, note))
        duties.order(desk, given, actor, brief, desk.clock())


def concern(desk: Desk, serial: str, actor: Actor, version: int, thana: str, note: str = "") -> None:
    """It is about the people of a thana: no post over them gets it or what belongs to it; one that has it loses it."""
    if thana not in {known.code for known in desk.directory.thanas}:
        raise NotAllowed(f"there is no thana {thana[:40]!r}")
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        concerns.mark(desk, case, thana, actor)
        _freed(desk, case, actor, Change("concern", "", "", thana, note))
        take_back(desk, case, actor, desk.clock())


def added(desk: Desk, handle: str, now: float) -> None:
    """After the report of that handle came: if it says whose people a case is about, their post loses it.

    In the caller's transaction.
    """
    case = ledger.of_handle(desk, handle)
    if case is not None:
        take_back(desk, case, BOX, whole_minute(now))


def unconcern(desk: Desk, serial: str, actor: Actor, version: int, thana: str, note: str = "") -> None:
    """What was marked by hand was wrong; what a report says stays. Raises NotAllowed without a reason in ``note``."""
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        move(desk, case, case, actor, Change("unconcern", "", "", thana, note))
        if not concerns.unmark(desk, case, thana):
            raise NotAllowed(f"the thana {thana[:40]!r} is not marked at this case")


def acknowledge(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """The post takes the case: an officer at the desk, or one who said so by telephone."""
    _step(desk, serial, actor, version, "acknowledge", note)


def start(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """The post works on it."""
    _step(desk, serial, actor, version, "start", note)


def report_back(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """The post told what it did; where somebody of the office noted it, his role stands with it."""
    _step(desk, serial, actor, version, "report_back", note, actor.role if actor.role in OFFICE else "")


def verify(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """A second person looked at what the post reported and says that it holds; raises SamePerson for who noted it, and
    for who bears the name of the post's holder, or of who sits at its desk."""
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        if alone.told_it(desk, case, actor):
            raise SamePerson("who told it cannot verify it", hint="Ask another person to look at it")
        move(desk, case, case, actor, Change("verify", "", "", note=note))


def answer(
    desk: Desk, serial: str, actor: Actor, version: int, template: str, parameters: tuple[str, ...]
) -> None:
    """Sends the informant a template; one that tells an outcome is the feedback, after the verification.

    A question leaves a mark at the case until the informant adds something. Raises also NotAnswerable and BudgetSpent.
    """
    is_question = template in replies.QUESTION_TEMPLATES
    is_feedback = template in replies.OUTCOME_TEMPLATES
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        change = Change("ask" if is_question else "answer", "", "", "/".join((template, *parameters)))
        asked = replace(case, asked=int(is_question or case.asked))
        move(desk, case, asked, actor, change, to=None if is_feedback else case.status)
        replies.order(desk, case, actor, template, parameters, desk.clock())
    faults.at("answer-ordered")


def close(
    desk: Desk,
    serial: str,
    actor: Actor,
    version: int,
    outcome: str,
    note: str = "",
    found: Quantities = outcomes.NONE,
    untold: int = 0,
) -> None:
    """Ends it with one of OUTCOMES and what was found, its duplicates too; the reports' holders are told.

    Nobody can be answered after that. ``untold``: so many informants the actor agreed to leave without an answer; it
    raises NotAllowed where there are more. Raises Unread where nobody else has read what ends.
    """
    with transaction(desk.conn):
        case, now = at(desk, serial, actor, version), int(desk.clock())
        transitions.check("close", case.status, actor, note)
        alone.check_close(desk, case, actor)
        outcomes.check(outcome, case.status, found)
        _check_told(desk, case, untold)
        over = replace(case, outcome=outcome, closed_at=now, asked=0)
        _write(desk, case, over, actor, Change("close", "", "", outcome, note), now)
        outcomes.write(desk, case, found)
        duties.withdraw(desk, case.id, now)
        linked = ledger.duplicates_of(desk, case.id)
        for duplicate in linked:
            ended = replace(duplicate, closed_at=now)
            ledger.save(desk, duplicate, ended, actor, Change("close", "duplicate", "duplicate", serial), now)
        public_state.tell(desk, [one.id for one in (case, *linked)], public_state.CLOSED, now)
    faults.at("case-closed")


def _check_told(desk: Desk, case: CaseFile, agreed: int, reason: str = "untold") -> None:
    waiting = len(replies.untold(desk, case))
    if waiting > agreed:
        raise NotAllowed(
            f"{waiting} informants of {case.serial} were told nothing",
            hint="Answer them first, or say that they stay without an answer",
            reason=reason,
        )


def mark_duplicate(desk: Desk, serial: str, actor: Actor, version: int, of_serial: str) -> None:
    """Links it to the case of the same incident, unless that was erased; what was linked to it moves along.

    A closed one ends it too: raises NotAllowed while somebody of it could still be told what came of it, and where
    nobody else has read it.
    """
    with transaction(desk.conn):
        case, main = at(desk, serial, actor, version), _named(desk, actor, of_serial)
        if main.id == case.id or main.duplicate_of is not None:
            raise NotAllowed(f"{of_serial} cannot have duplicates", hint="Name the case they both belong to")
        _check_kept(main)
        _check_worked_on(main, actor)
        if main.closed_at is not None:
            alone.check_link_to_closed(desk, case, actor)
            _check_told(desk, case, 0, "untold_by_link")
        # Counted from now, not from when the main case ended: else what came today would go with it at once.
        now = desk.clock()
        ended = None if main.closed_at is None else int(now)
        linked = (case, *ledger.duplicates_of(desk, case.id))
        for one in linked:
            after = replace(one, duplicate_of=main.id, closed_at=ended)
            change = Change("mark_duplicate", "", "", main.serial, is_beside=one.id != case.id)
            _write(desk, one, after, actor, change, now)
        state = public_state.IN_WORK if ended is None else public_state.CLOSED
        public_state.tell(desk, [one.id for one in linked], state, now)
        _link(desk, main, actor, linked)


def separate(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """It was no duplicate: it goes on by itself, from the screening. Raises NotAllowed without a reason."""
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        main = ledger.by_id(desk, case.duplicate_of) if case.duplicate_of is not None else None
        alone = replace(case, duplicate_of=None, closed_at=None)
        move(desk, case, alone, actor, Change("separate", "", "", main.serial if main else "", note))


def reopen(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """A closed case goes on from the screening, claimed by nobody; its duplicates too. NotAllowed without a reason."""
    with transaction(desk.conn):
        case, now = at(desk, serial, actor, version), desk.clock()
        again = replace(case, outcome="", closed_at=None, post="", claimed_by="")
        move(desk, case, again, actor, Change("reopen", "", "", case.outcome, note))
        outcomes.erase(desk, case)
        for duplicate in ledger.duplicates_of(desk, case.id):
            change = Change("reopen", "duplicate", "duplicate", serial, is_beside=True)
            ledger.save(desk, duplicate, replace(duplicate, closed_at=None), actor, change, now)
            public_state.tell(desk, [duplicate.id], public_state.IN_WORK, now)


def quarantine(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """Sets aside what seems to be spam: out of the way, and kept until a second person confirms it.

    Raises NotAllowed without a reason, and for a case with duplicates, which would be set aside unread.
    """
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        if ledger.duplicates_of(desk, case.id):
            raise NotAllowed(f"{serial} has duplicates", hint="Separate them first", reason="has_duplicates")
        move(desk, case, case, actor, Change("quarantine", "", "", note=note))


def confirm_spam(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """A second person read it and says that it is spam: its time runs from now. Raises SamePerson for the same one."""
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        if history.last_actor(desk.conn, case.id, "quarantine") == actor.name:
            raise SamePerson("who set it aside cannot confirm it", hint="Ask another person to read it")
        if ledger.is_confirmed(desk, case):
            raise NotAllowed(f"{serial} was confirmed already", reason="confirmed")
        move(desk, case, case, actor, Change("confirm_spam", "", "", note=note))


def release(desk: Desk, serial: str, actor: Actor, version: int, note: str = "") -> None:
    """What was set aside is a report after all."""
    _step(desk, serial, actor, version, "release", note)


def claim(desk: Desk, serial: str, actor: Actor, version: int) -> None:
    """He takes the case at the desk. Raises NotAllowed where somebody else has: leaders may take it over."""
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        if case.claimed_by and case.claimed_by != actor.name and not _may_take_over(actor):
            raise NotAllowed("somebody else has taken this case", reason="claimed")
        move(desk, case, replace(case, claimed_by=actor.name), actor, Change("claim", "", ""))


def unclaim(desk: Desk, serial: str, actor: Actor, version: int) -> None:
    """He gives it back to everybody. Raises NotAllowed for a case that he has not."""
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        if not case.claimed_by or (case.claimed_by != actor.name and not _may_take_over(actor)):
            raise NotAllowed("this case is not yours")
        move(desk, case, replace(case, claimed_by=""), actor, Change("unclaim", "", ""))


def _may_take_over(actor: Actor) -> bool:
    return actor.role in transitions.TRANSITIONS["verify"].roles


def _link(desk: Desk, main: CaseFile, actor: Actor, linked: tuple[CaseFile, ...]) -> None:
    """A duplicate may say whose people both are about; its words are read in the main case, which is as strict."""
    status, post = _place(desk, main)
    after = replace(main, status=status, post=post)
    change = Change("link", main.status, status, linked[0].serial, is_beside=True)
    after = ledger.save(desk, main, after, actor, change, desk.clock(), ledger.as_came(desk, linked[0]))
    # what follows one of these quotes the main case from now on
    ledger.tell_followers(desk, linked, actor, ledger.as_came(desk, after), desk.clock())
    if post != main.post:
        duties.withdraw(desk, main.id, desk.clock())
    take_back(desk, main, actor, desk.clock())


def tell_main(desk: Desk, case: CaseFile, actor: Actor, came: Proposal) -> None:
    """What an act brought to a duplicate holds for the case that shows its words; in the caller's transaction."""
    main = ledger.by_id(desk, case.duplicate_of) if case.duplicate_of is not None else None
    if main is None or main.erased_at is not None or proposal.covers(ledger.as_came(desk, main), came):
        return
    change = Change("link_stricter", main.status, main.status, case.serial, is_beside=True)
    ledger.save(desk, main, main, actor, change, desk.clock(), came)


def _freed(desk: Desk, case: CaseFile, actor: Actor, change: Change) -> None:
    """Moves it, and takes it from a post that must not have it."""
    status, post = _place(desk, case)
    move(desk, case, replace(case, post=post), actor, change, to=status)
    if post != case.post:
        duties.withdraw(desk, case.id, desk.clock())


def take_back(desk: Desk, case: CaseFile, actor: Actor, now: float) -> None:
    """Takes every case of the incident from a post that must not have it, and its notice from one above."""
    for one in ledger.incident(desk, ledger.by_id(desk, case.id)):
        status, post = _place(desk, one)
        if post == one.post:
            duties.withdraw_posts(desk, one.id, concerns.barred(desk, one), now)
            continue
        change = Change("concern", one.status, status, concerns.thanas(desk, one)[0], is_beside=True)
        at = max(now, one.changed_at)
        ledger.save(desk, one, replace(one, status=status, post=post), actor, change, at)
        duties.withdraw(desk, one.id, at)


def _place(desk: Desk, case: CaseFile) -> tuple[str, str]:
    """Status and post that a case may have, now that it is known whose people it is about."""
    is_over = case.closed_at is not None
    if is_over or case.post not in concerns.barred(desk, case):
        return case.status, case.post
    return transitions.TAKEN_BACK, ""


def at(desk: Desk, serial: str, actor: Actor, version: int) -> CaseFile:
    """The case as its page showed it, for an act of ``actor``.

    Raises NotFound, Forbidden, Conflict; NotAllowed for an erased one: what came to it then would never be erased.
    """
    rights.check_act(desk, actor, ledger.find(desk, serial))
    case = ledger.at_version(desk, serial, version)
    _check_kept(case)
    return case


def _check_kept(case: CaseFile) -> None:
    if case.erased_at is not None:
        raise NotAllowed(f"{case.serial} was erased", hint="What comes is a case of its own", reason="erased")


def may_join(actor: Actor, main: CaseFile) -> bool:
    """Whether a case can be made a duplicate of ``main`` by this person, as far as that is ``main``'s affair."""
    try:
        _check_kept(main)
        _check_worked_on(main, actor)
    except (NotAllowed, Forbidden):
        return False
    return main.duplicate_of is None


def _check_worked_on(main: CaseFile, actor: Actor) -> None:
    """Nothing is hidden below spam; to make it a duplicate of a closed case closes it, and closing is for leaders."""
    if main.status == "quarantined":
        raise NotAllowed(f"{main.serial} is set aside", hint="Take it back first", reason="aside")
    if main.closed_at is not None and actor.role not in transitions.TRANSITIONS["close"].roles:
        raise Forbidden(f"the role {actor.role} may not close a case, as a duplicate of a closed one neither")


def _named(desk: Desk, actor: Actor, serial: str) -> CaseFile:
    try:
        found = ledger.find(desk, serial)
        rights.check(desk, actor, found)
    except NotFound as error:  # the page that asked is there: what was written in its form is not
        raise NotAllowed(
            f"there is no case {serial[:40]!r} here", hint="Look the serial up once more", reason="no_case"
        ) from error
    return found


def _step(desk: Desk, serial: str, actor: Actor, version: int, act: str, note: str, detail: str = "") -> None:
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        move(desk, case, case, actor, Change(act, "", "", detail, note))


def move(
    desk: Desk,
    before: CaseFile,
    after: CaseFile,
    actor: Actor,
    change: Change,
    at: float | None = None,
    to: str | None = None,
    came: Proposal = NOTHING,
) -> None:
    """Takes ``after`` through the table of transitions, writes it, tells the receipt holders.

    In the caller's transaction. ``at``: when, unless it is now. ``to``: the status, unless it is the table's.
    ``came``: as in ``ledger.save``.
    """
    now = desk.clock() if at is None else at
    status = _write(desk, before, after, actor, change, now, to, came)
    if after.closed_at is not None:
        public_state.tell(desk, [before.id], public_state.CLOSED, now)
    elif status != "received":
        public_state.tell(desk, [before.id], public_state.IN_WORK, now)


def _write(
    desk: Desk,
    before: CaseFile,
    after: CaseFile,
    actor: Actor,
    change: Change,
    now: float,
    to: str | None = None,
    came: Proposal = NOTHING,
) -> str:
    """As ``move``, without a word to anybody; gives the status."""
    if change.act == "mark_duplicate" and before.status == "duplicate":
        status = before.status  # moves along with the case it was linked to
    else:
        status = transitions.check(change.act, before.status, actor, change.note)
        status = status if to is None else to
    change = replace(change, from_status=before.status, to_status=status)
    ledger.save(desk, before, replace(after, status=status), actor, change, now, came)
    return status
