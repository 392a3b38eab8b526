"""Whose people a case is about: it is not given to their post, to their circle's, or to whoever holds one of these.

Known from reports that say so (police involved, or a kind of report that goes to the range: the thana it names), and
from what the office marks by hand. Where the office corrects a thana, what was told of police stays kept from both.
"""

from appliance import filed, ledger, tenure, timekeeping
from appliance.desk import Actor, Desk
from appliance.ledger import CaseFile
from appliance.posts import held_at, of_thana
from appliance.tenure import Holder
from sync.catalogue import TO_RANGE


def thanas(desk: Desk, case: CaseFile) -> tuple[str, ...]:
    """Codes of the thanas whose people the case, or another of the same incident, is about."""
    one_incident = ledger.incident(desk, case)
    told = {code for one in one_incident for code in _told(desk, one)}
    by_hand = {code for one in one_incident for code in marked(desk, one.id)}
    found = by_hand | _with_corrected(desk, one_incident, told)
    return tuple(sorted(code for code in found if desk.directory.thana(code)))


def barred(desk: Desk, case: CaseFile) -> frozenset[str]:
    """Codes of the posts that must not get it; where an officer's row does not open, each that may be his."""
    concerned = _own_posts(desk, case)
    if not concerned:
        return frozenset()
    held, own = _held(desk), _own_officers(desk, case, concerned)
    held, own = ([*those, *tenure.also_written(desk, those)] for those in (held, own))
    numbers, names = {one.number for one in own}, {tenure.plain(one.name) for one in own}
    are_known = all(one.opens for one in own)
    return frozenset(
        concerned
        | {
            holder.post
            for holder in held  # by his name too: an official number stays with the post
            if holder.number in numbers
            or tenure.plain(holder.name) in names
            or not (are_known and holder.opens)
        }
    )


def in_doubt(desk: Desk, case: CaseFile) -> bool:
    """Whether posts may be barred only as an officer's row does not open."""
    concerned = _own_posts(desk, case)
    officers = (*_held(desk), *_own_officers(desk, case, concerned)) if concerned else ()
    return not all(one.opens for one in officers)


def _own_posts(desk: Desk, case: CaseFile) -> set[str]:
    return {post for code in thanas(desk, case) for post in of_thana(desk.directory, code)}


def _held(desk: Desk) -> list[Holder]:
    """Who holds the posts now, and also who does once a clock that is behind is right."""
    now, known = desk.clock(), held_at(desk.directory, desk.config.node_id)
    times = {now, now + timekeeping.behind_s(desk)}
    found = (tenure.current(desk, post.code, at) for post in known for at in times)
    return [holder for holder in found if holder]


def _own_officers(desk: Desk, case: CaseFile, concerned: set[str]) -> list[Holder]:
    """Who was moved to another post after it was told has it no more than who stayed."""
    incident = ledger.incident(desk, case)
    first = (min(one.opened_at for one in incident), min(one.id for one in incident))
    return [one for post in concerned for one in tenure.had(desk, post, *first)]


def may_have(desk: Desk, case: CaseFile, post: str) -> bool:
    """Whether the box may hand the case to a post by itself."""
    return post not in barred(desk, case)


def marked(desk: Desk, case_id: int) -> tuple[str, ...]:
    """The thanas that the office marked at this one case."""
    rows = desk.conn.execute("select thana from concern where case_id=? order by thana", (case_id,))
    return tuple(row[0] for row in rows.fetchall())


def mark(desk: Desk, case: CaseFile, thana: str, actor: Actor) -> None:
    """In the caller's transaction."""
    desk.conn.execute(
        "insert or ignore into concern(case_id, thana, actor) values(?,?,?)", (case.id, thana, actor.name)
    )


def unmark(desk: Desk, case: CaseFile, thana: str) -> bool:
    """In the caller's transaction; False when it was not marked here."""
    gone = desk.conn.execute("delete from concern where case_id=? and thana=?", (case.id, thana))
    return gone.rowcount == 1


def keep(desk: Desk, case: CaseFile, category: str, actor: Actor) -> None:
    """Before a case is corrected to ``category``, in the caller's transaction: from whom its kind alone kept it, and no
    report of its own does, it stays kept until a head takes that back."""
    if not is_on_police(desk, case.category) or is_on_police(desk, category):
        return
    incident = ledger.incident(desk, case)
    of_kind, said = (_with_corrected(desk, incident, told) for told in ({case.thana}, _said(desk, case.id)))
    for thana in sorted(of_kind - said - {""}):
        mark(desk, case, thana, actor)


def on_police(desk: Desk) -> frozenset[int]:
    """Ids of the cases that a mark, a report or their kind says to be on police; what is linked to them is left out."""
    kinds = [one.code for one in desk.catalogue.categories if is_on_police(desk, one.code)]
    marks = ",".join("?" * len(kinds))
    of_report = "select case_id from case_report join report on report_id = report.id where"
    rows = desk.conn.execute(
        f"select case_id from concern union {of_report} police_involved='yes'"
        f" union {of_report} report.category in ({marks})"
        f" union select id from case_file where category in ({marks})",
        (*kinds, *kinds),
    )
    return frozenset(row[0] for row in rows.fetchall())


def is_on_police(desk: Desk, code: str) -> bool:
    """Whether a kind of crime is by itself one on police, which goes to the range."""
    category = desk.catalogue.category(code)
    return category is not None and category.route == TO_RANGE


def _with_corrected(desk: Desk, incident: tuple[CaseFile, ...], told: set[str]) -> set[str]:
    """Where the office corrected a thana of the incident that was told of, its people are meant too; none is let off.

    "" is that of a report on police without a thana, as what is added to another: all of its incident.
    """
    if not told:
        return set()
    known = [_filed(desk, one) for one in incident]
    found = told.union(*(known if "" in told else ()))
    while more := set[str]().union(*(thanas for thanas in known if thanas & found)) - found:
        found |= more
    return found


def _told(desk: Desk, case: CaseFile) -> set[str]:
    """What its reports say, and its kind besides: who names other police to it frees none that it is about."""
    of_kind = {case.thana} if is_on_police(desk, case.category) else set()
    return _said(desk, case.id) | of_kind


def _filed(desk: Desk, case: CaseFile) -> frozenset[str]:
    return filed.thanas(desk.conn, case.id, case.thana)


def _said(desk: Desk, case_id: int) -> set[str]:
    rows = desk.conn.execute(
        "select thana, category, police_involved from report join case_report on report_id = report.id"
        " where case_id=?",
        (case_id,),
    ).fetchall()
    return {
        row["thana"] for row in rows if row["police_involved"] == "yes" or is_on_police(desk, row["category"])
    }
