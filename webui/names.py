"""Codes written out in the language of the page: categories, places, statuses, acts, roles."""

from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from appliance import filed, posts
from appliance.desk import Desk
from appliance.history import Entry
from sync.catalogue import Words
from sync.messages import Answer
from webui import ownwords
from webui.trailwords import TRAIL

ROLES: dict[str, LazyString] = {
    "screener": lazy_gettext("Screener"),
    "supervisor": lazy_gettext("Supervisor"),
    "sp": lazy_gettext("Superintendent of Police"),
    "co": lazy_gettext("Circle officer"),
    "sho": lazy_gettext("Designated officer"),
    "analyst": lazy_gettext("Analyst"),
    "auditor": lazy_gettext("Auditor"),
    "technician": lazy_gettext("Technician"),
    "range": lazy_gettext("Range office"),
}
DOING: dict[str, LazyString] = {
    "screen": lazy_gettext("Screen: it is worth an officer's time"),
    "read": lazy_gettext("I have read all of it"),
    "assign": lazy_gettext("Assign to a post"),
    "acknowledge": lazy_gettext("The officer takes it"),
    "start": lazy_gettext("Work has begun"),
    "report_back": lazy_gettext("Note the report back"),
    "verify": lazy_gettext("Verify what was reported"),
    "close": lazy_gettext("Close with an outcome"),
    "reopen": lazy_gettext("Open it again"),
    "separate": lazy_gettext("It is no duplicate"),
    "quarantine": lazy_gettext("Set aside as spam"),
    "release": lazy_gettext("It is no spam"),
    "confirm_spam": lazy_gettext("Confirm: it is spam"),
    "claim": lazy_gettext("I take this case"),
    "unclaim": lazy_gettext("Give it back to everybody"),
    "reclassify": lazy_gettext("Change how sensitive it is"),
    "correct": lazy_gettext("Correct crime or thana"),
    "mark_duplicate": lazy_gettext("Mark as duplicate of another case"),
    "concern": lazy_gettext("It is about a thana's own people"),
    "unconcern": lazy_gettext("It is not about that thana's people"),
}
DONE: dict[str, LazyString] = {
    "receive": lazy_gettext("Report received"),
    "hold": lazy_gettext("Legal hold set"),
    "unhold": lazy_gettext("Legal hold lifted"),
    "erase": lazy_gettext("Words and files erased"),
    "add": lazy_gettext("Informant added to the report"),
    "followed": lazy_gettext("Informant added to it after its end: a case of its own"),
    "screen": lazy_gettext("Screened"),
    "read": lazy_gettext("Read by a person of the office"),
    "assign": lazy_gettext("Assigned"),
    "acknowledge": lazy_gettext("Accepted by the officer"),
    "start": lazy_gettext("Work begun"),
    "report_back": lazy_gettext("Reported back"),
    "verify": lazy_gettext("Verified by a second person"),
    "answer": lazy_gettext("Informant answered"),
    "ask": lazy_gettext("Informant asked"),
    "close": lazy_gettext("Closed"),
    "reopen": lazy_gettext("Opened again"),
    "separate": lazy_gettext("Found to be no duplicate"),
    "quarantine": lazy_gettext("Was set aside as spam"),
    "release": lazy_gettext("Found to be no spam"),
    "confirm_spam": lazy_gettext("A second person confirmed that it is spam"),
    "claim": lazy_gettext("Taken up at the desk"),
    "unclaim": lazy_gettext("Given back to everybody"),
    "reclassify": lazy_gettext("Sensitivity changed"),
    "correct": lazy_gettext("Crime or thana corrected"),
    "mark_duplicate": lazy_gettext("Marked as duplicate"),
    "link": lazy_gettext("A duplicate was linked"),
    "link_stricter": lazy_gettext("A duplicate made it more sensitive or urgent"),
    "follow_stricter": lazy_gettext("An earlier case made it more sensitive"),
    "concern": lazy_gettext("Noted whose people it is about"),
    "unconcern": lazy_gettext("Taken back whose people it is about"),
    "hand_over": lazy_gettext("Given to the next officer of the post"),
    "post_empty": lazy_gettext("Nobody holds the post any more"),
    "duty_sent": lazy_gettext("Notice is with the relay, which tells the officer's phone"),
    "pause": lazy_gettext("Clock stopped"),
    "resume": lazy_gettext("Clock goes on"),
    "escalate": lazy_gettext("Overdue, sent up"),
    "duty_delivered": lazy_gettext("Notice is on the officer's phone"),
    "duty_accepted": lazy_gettext("Officer accepted"),
    "duty_cannot": lazy_gettext("Officer cannot take it: give it to another"),
    "duty_acted": lazy_gettext("Officer has taken action"),
    "duty_could_not": lazy_gettext("Officer could not do it"),
    "duty_note": lazy_gettext("Officer's message"),
    "duty_photo": lazy_gettext("Officer's photo"),
    "duty_undelivered": lazy_gettext("The officer's phone could not be reached"),
}
OUTCOMES: dict[str, LazyString] = {
    "fir": lazy_gettext("FIR registered"),
    "arrest": lazy_gettext("Arrest"),
    "seizure": lazy_gettext("Seizure"),
    "preventive": lazy_gettext("Preventive action"),
    "challan": lazy_gettext("Challan"),
    "rescue": lazy_gettext("Rescue"),
    "verified_no_offence": lazy_gettext("Checked: no offence"),
    "unfounded": lazy_gettext("Nothing found"),
    "false_malicious": lazy_gettext("False, meant to harm"),
    "insufficient": lazy_gettext("Too little to act on"),
    "already_known": lazy_gettext("Known already"),
    "referred": lazy_gettext("Passed to another office"),
}
SEIZURES: dict[str, LazyString] = {
    "drugs": lazy_gettext("Drugs"),
    "liquor": lazy_gettext("Liquor"),
    "arms": lazy_gettext("Arms"),
    "cash": lazy_gettext("Cash"),
    "vehicle": lazy_gettext("Vehicles"),
    "cattle": lazy_gettext("Cattle"),
    "mineral": lazy_gettext("Sand, soil, stone"),
    "other": lazy_gettext("Other things"),
}
UNITS: dict[str, LazyString] = {
    "g": lazy_gettext("gram"),
    "l": lazy_gettext("litre"),
    "piece": lazy_gettext("number"),
    "inr": lazy_gettext("rupees"),
    "head": lazy_gettext("head"),
    "t": lazy_gettext("tonne"),
}
FLAGS: dict[str, LazyString] = {
    "victim": lazy_gettext("Shows a victim"),
    "child": lazy_gettext("A child is concerned"),
}
SOURCES: dict[str, LazyString] = {
    "informant": lazy_gettext("By WhatsApp"),
    "phone": lazy_gettext("By telephone"),
    "walk_in": lazy_gettext("Told at the office"),
}
KINDS: dict[str, LazyString] = {
    "photo": lazy_gettext("Photo"),
    "video": lazy_gettext("Video"),
    "audio": lazy_gettext("Sound file"),
    "voice": lazy_gettext("Voice note"),
    "document": lazy_gettext("Document"),
}
REPLY_STATES: dict[str, LazyString] = {
    "queued": lazy_gettext("waiting for the relay"),
    "accepted": lazy_gettext("with the relay"),
    "settled": lazy_gettext("the relay is done with it: sent, or its time was over"),
    "lost": lazy_gettext("could not be sent: the way back was lost"),
}
DUTY_STATES: dict[str, LazyString] = {
    "queued": lazy_gettext("waiting for the relay"),
    "sent": lazy_gettext("sent to the officer's phone"),
    "delivered": lazy_gettext("on the officer's phone"),
    "accepted": lazy_gettext("accepted"),
    "cannot": lazy_gettext("cannot take it"),
    "acted": lazy_gettext("action taken"),
    "could_not": lazy_gettext("could not do it"),
    "reported": lazy_gettext("reported back"),
    "by_hand": lazy_gettext("nobody was told: the post had no phone"),
    "undelivered": lazy_gettext("phone could not be reached"),
    "withdrawn": lazy_gettext("withdrawn"),
}
REASONS: dict[str, LazyString] = {
    "informant": lazy_gettext("Waiting for the informant's answer"),
    "agency": lazy_gettext("Waiting for another office"),
    "court": lazy_gettext("Order of a court"),
    "event": lazy_gettext("Festival, election or law and order duty"),
}
"""Why a clock stands still."""
SENT_UP_TO: dict[str, LazyString] = {
    "sp": lazy_gettext("Superintendent of Police"),
    "range": lazy_gettext("Range office"),
}
CHECKS: dict[str, LazyString] = {
    "clock": lazy_gettext("The box's own clock"),
    "database": lazy_gettext("Database file"),
    "figures": lazy_gettext("Figures against the cases"),
    "audit": lazy_gettext("Trail of who did what"),
    "history": lazy_gettext("Histories of the cases"),
    "custody": lazy_gettext("Custody log of evidence"),
    "jobs": lazy_gettext("Timetable"),
    "clocks": lazy_gettext("Late cases sent up"),
    "duties": lazy_gettext("Transfers on their day"),
    "erasing": lazy_gettext("Erasing by a clock that is sure"),
}
DUTY_STEPS: dict[str, LazyString] = {
    "queued": lazy_gettext("written here"),
    "sent": lazy_gettext("with the relay, which tells his phone"),
    "delivered": lazy_gettext("on his phone"),
    "accepted": lazy_gettext("accepted by him"),
    "acted": lazy_gettext("action taken"),
    "reported": lazy_gettext("reported back"),
}
SUGGESTED: dict[str, LazyString] = {
    "special": lazy_gettext("This thana is made for such cases."),
    "circle_kind": lazy_gettext("Cases of this kind are for the circle officer."),
    "thana": lazy_gettext("The place is told to be in this thana."),
    "circle": lazy_gettext("The circle officer of the place, as the posts before cannot have it."),
}
QUEUES: dict[str, LazyString] = {
    "new": lazy_gettext("New"),
    "unclaimed": lazy_gettext("Nobody has taken it"),
    "mine": lazy_gettext("Mine"),
    "overdue": lazy_gettext("Overdue"),
    "feedback": lazy_gettext("To check and answer"),
    "spam": lazy_gettext("Spam set aside"),
    "all": lazy_gettext("All"),
    "closed": lazy_gettext("Closed cases"),
}
SPOKEN = "@voice"
"""The choice of an informant who spoke instead; its text is the number of the voice note, "" where it is not here."""
LANGUAGE_NAMES = {"hi": "हिन्दी", "en": "English"}
TONGUES: dict[str, LazyString] = {"hi": lazy_gettext("Hindi"), "en": lazy_gettext("English")}


@dataclass(frozen=True)
class Names:
    """Writes out codes of one desk in one language; a code nobody knows comes back as it is."""

    desk: Desk
    language: str

    def category(self, code: str) -> str:
        """A kind of crime."""
        found = self.desk.catalogue.category(code)
        return found.name[self.language] if found else code

    def label(self, code: str) -> str:
        """A status, a sensitivity class, yes or no."""
        return self.desk.catalogue.label(code, self.language)

    def district(self, code: str) -> str:
        """A district."""
        found = self.desk.directory.district(code)
        return self._either(found.name_hi, found.name_en) if found else code

    def thana(self, code: str) -> str:
        """A police station."""
        found = self.desk.directory.thana(code)
        return self._either(found.name_hi, found.name_en) if found else code

    def thana_of_many(self, code: str) -> str:
        """A police station that may be of any district: with its district."""
        found = self.desk.directory.thana(code)
        return f"{self.thana(code)}, {self.district(found.district)}" if found else code

    def post(self, code: str) -> str:
        """An office to which a case can be given, or the SP's."""
        if code not in self._posts:
            return code
        found = self.desk.directory.thana(code.removeprefix("SHO "))
        suffix = f", {self.district(found.district)}" if found and self.has_many_districts else ""
        return self._posts[code][self.language] + suffix

    @cached_property
    def _posts(self) -> dict[str, Words]:
        directory = self.desk.directory
        known = (*posts.held_at(directory, self.desk.config.node_id), *posts.posts(directory))
        return {post.code: post.name for post in known}

    def circle(self, name: str) -> str:
        """A circle of thanas."""
        return posts.circle_name(self.desk.directory, name)[self.language]

    def place(self, district: str, thana: str) -> str:
        """A thana; with its district where this office looks over several of them. "" when neither is known."""
        told = [self.thana(thana)] if thana else []
        return ", ".join([*told, self.district(district)] if self.has_many_districts and district else told)

    @cached_property
    def has_many_districts(self) -> bool:
        """Whether this is a range: thanas of two districts may bear the same name."""
        return self.desk.directory.node(self.desk.config.node_id).district is None

    def template(self, code: str) -> str:
        """An answer to informants."""
        found = self.desk.catalogue.template(code)
        return found.name[self.language] if found else code

    def role(self, code: str) -> str:
        """What somebody is in the office."""
        return _word(ROLES, code)

    def doing(self, act: str, is_own: bool = False) -> str:
        """An act as its form offers it; ``is_own``: to an officer, on a case of his post."""
        return _word({**DOING, **ownwords.DOING} if is_own else DOING, act)

    def done(self, act: str) -> str:
        """An act as the history tells it."""
        return _word(DONE, act)

    def outcome(self, code: str) -> str:
        """What a case came to."""
        return _word(OUTCOMES, code)

    def seizure(self, code: str) -> str:
        """What was seized."""
        return _word(SEIZURES, code)

    def unit(self, code: str) -> str:
        """What its amount is counted in."""
        return _word(UNITS, code)

    def flag(self, code: str) -> str:
        """What makes a case more sensitive than its class."""
        return _word(FLAGS, code)

    def source(self, code: str) -> str:
        """How a tip came."""
        return _word(SOURCES, code)

    def kind(self, code: str) -> str:
        """What sort of file a piece of evidence is."""
        return _word(KINDS, code)

    def file(self, number: int | str, kind: str) -> str:
        """One file of a case by its place in the list of the evidence: a number alone reads as how many there are."""
        return gettext("File %(number)s, %(kind)s", number=number, kind=self.kind(kind))

    def reply_state(self, code: str) -> str:
        """What became of an answer."""
        return _word(REPLY_STATES, code)

    def duty_state(self, code: str) -> str:
        """How far an officer has come with a case."""
        return _word(DUTY_STATES, code)

    def duty_step(self, code: str, is_own: bool = False) -> str:
        """One step on an officer's phone; ``is_own``: as he reads it himself."""
        return _word({**DUTY_STEPS, **ownwords.DUTY_STEPS} if is_own else DUTY_STEPS, code)

    def suggested(self, reason: str) -> str:
        """Why a post is suggested."""
        return _word(SUGGESTED, reason)

    def trail(self, act: str) -> str:
        """An act of the trail; one nobody knows comes back as it is."""
        kind, _, rest = act.partition(".")
        if kind == "case" and act not in TRAIL:
            return self.done(rest)
        begin, _, detail = act.rpartition(".")
        return f"{TRAIL[begin]}: {self.role(detail)}" if begin in TRAIL else _word(TRAIL, act)

    def check(self, code: str) -> str:
        """What the box checks of itself each day."""
        return _word(CHECKS, code)

    def queue(self, code: str) -> str:
        """A tab of the list."""
        return _word(QUEUES, code)

    def spoken(self, code: str) -> str:
        """A language by its own name."""
        return LANGUAGE_NAMES.get(code, code)

    def spoken_in(self, code: str) -> str:
        """A language in the page's own."""
        return _word(TONGUES, code)

    def question(self, category: str, answer: Answer) -> str:
        """The short name of the question that was answered."""
        found = self.desk.catalogue.category(category)
        labels = {question.code: question.label for question in found.questions} if found else {}
        return labels[answer.question][self.language] if answer.question in labels else answer.question

    def choice(self, category: str, answer: Answer) -> str:
        """The choice that was made, "" where the informant wrote his own words."""
        if answer.choice == SPOKEN:
            return self._spoken(answer)
        labels = self._choices(category, answer.question)
        return labels[answer.choice][self.language] if answer.choice in labels else self.label(answer.choice)

    def _spoken(self, answer: Answer) -> str:
        """That it was told by voice, and which file says it: they are numbered alike in the list of the evidence."""
        told = self.label(SPOKEN)
        return f"{told} ({self.file(answer.text, 'voice')})" if answer.text.isdecimal() else told

    def detail(self, entry: Entry) -> str:
        """What a change of the history was about: a post, an outcome, an answer, another case, who noted it."""
        return self.of_act(entry.act, entry.detail)

    def of_act(self, act: str, detail: str) -> str:
        """The same, of an act and what was noted with it."""
        if act in ("assign", "hand_over", "post_empty") or act.startswith("duty_"):
            return self.post(detail)
        if act in ("concern", "unconcern"):
            return self.thana_of_many(detail)
        if act in ("pause", "resume"):
            return _word(REASONS, detail)
        if act == "escalate":
            return _word(SENT_UP_TO, detail) if detail in SENT_UP_TO else self.post(detail)
        if act == "reclassify":
            return self._classed(detail)
        if act == filed.CORRECT:
            return self._corrected(detail)
        if act == "erase":
            reports, _, files = detail.partition("/")
            return gettext("reports: %(reports)s, files: %(files)s", reports=reports, files=files)
        if act == "report_back":
            return self.role(detail)
        if act in ("answer", "ask"):
            return self.template(detail.split("/")[0])
        return self.outcome(detail)

    def _classed(self, detail: str) -> str:
        sensitivity, _, flags = detail.partition("/")
        return ", ".join([self.label(sensitivity), *(self.flag(flag) for flag in flags.split("+") if flag)])

    def _corrected(self, detail: str) -> str:
        before, after = filed.read(detail)
        kinds = [self.category(one.category) for one in (before, after)]
        thana = self.thana_of_many if self.has_many_districts else self.thana
        thanas = [thana(one.thana) or gettext("not known") for one in (before, after)]
        return "; ".join(" → ".join(both) for both in (kinds, thanas) if both[0] != both[1])

    def _choices(self, category: str, question: str) -> dict[str, Words]:
        found = self.desk.catalogue.category(category)
        questions = found.questions if found else ()
        return {o.code: o.label for q in questions if q.code == question for o in q.options}

    def _either(self, hindi: str, english: str) -> str:
        return hindi if self.language == "hi" else english


def _word(words: dict[str, LazyString], code: str) -> str:
    return str(words[code]) if code in words else code
