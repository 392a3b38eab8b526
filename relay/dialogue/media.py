"""Files that people send: kept at any step, acknowledged once for all that come together; a voice may be an answer."""

from dataclasses import replace

from relay.dialogue.answering import FALLBACK, cautious, keep, record, spoke, write
from relay.dialogue.asking import counted, note
from relay.dialogue.between import ASKED_FOR_SURE, unclear
from relay.dialogue.commands import stand
from relay.dialogue.moving import onward
from relay.dialogue.offers import title
from relay.dialogue.state import Book, Slot, State, Step, Turn
from relay.dialogue.steps import takes_words

MOST_FILES = 30
VOICE_QUIET_S = 3.0
"""At most, after a voice message: who speaks waits for the next question; only what is forwarded comes in bursts."""
TAKEN = ("photo", "voice", "audio", "video", "document")
FAILURES = ("gone", "size", "kind", "damaged", "unseen", "day")
# They decide what is asked next or where it goes: a first voice message is followed by the question again.
_ASKED_TWICE = ("category", "near", "district")


def told_failure(reason: str) -> str:
    """The reason as there are words for it."""
    return reason if reason in FAILURES else FAILURES[0]


def evidence(state: State, turn: Turn) -> Step:
    """A file at any step is kept, and nothing is said until no more have come for a while."""
    heard, medium = turn.heard, turn.heard.medium if turn.heard.medium in TAKEN else TAKEN[-1]
    if any(slot.number == heard.slot for slot in state.slots):
        return Step(state, ())
    quiet_s = min(turn.quiet_s, VOICE_QUIET_S) if medium == "voice" else turn.quiet_s
    state = replace(state, quiet_ms=round((turn.now_s + quiet_s) * 1000))
    if len(state.slots) >= MOST_FILES:
        return Step(
            _captioned(replace(state, unsaid=(*state.unsaid[:MOST_FILES], heard.slot)), heard.text), ()
        )
    state = replace(
        state, slots=(*state.slots, Slot(heard.slot, medium=medium)), unsaid=(*state.unsaid, heard.slot)
    )
    return Step(_captioned(state, heard.text), ())


def _captioned(state: State, text: str) -> State:
    """The words below a file belong to the report, also where the file itself is one too many."""
    return keep(state, text)[0] if text else state


def acknowledged(state: State, book: Book) -> tuple[State, str]:
    """(the draft with nothing left to acknowledge, what is to be said about what came; "" for nothing)."""
    fresh = tuple(slot for slot in state.slots if slot.number in state.unsaid)
    has_voice = any(slot.medium == "voice" and not slot.failed for slot in fresh)
    # Language by language: a list of kinds in both, put into a sentence in both, nobody could read.
    languages = (state.language,) if state.language else tuple(book.phrases.by_language)
    said = [_said(fresh, replace(state, language=each), book) for each in languages]
    calm = replace(state, quiet_ms=None, unsaid=(), voiced=state.voiced or has_voice)
    return calm, "\n\n".join(part for part in said if part)


def _said(fresh: tuple[Slot, ...], state: State, book: Book) -> str:
    """What is to be said about files, in the draft's language."""
    taken = tuple(slot for slot in fresh if not slot.failed)
    has_voice = any(slot.medium == "voice" for slot in taken)
    parts = [
        _received(taken, state, book) if taken else "",
        *dict.fromkeys(
            note(state, book, f"file_{slot.failed}", what=note(state, book, f"kind_{slot.medium}"))
            for slot in fresh
            if slot.failed
        ),
        note(state, book, "files_enough") if len(fresh) < len(state.unsaid) else "",
        note(state, book, "voice_risk") if has_voice and not state.voiced else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _received(taken: tuple[Slot, ...], state: State, book: Book) -> str:
    total = sum(not slot.failed for slot in state.slots)
    return note(state, book, "files_got", kinds=counted(taken, state, book), count=str(total))


def files_over(state: State, turn: Turn) -> Step:
    """No more files have come for a while: says what came; somebody who only spoke has answered by that."""
    fresh = [slot for slot in state.slots if slot.number in state.unsaid and not slot.failed]
    calm, said = acknowledged(state, turn.book)
    spoken = bool(fresh) and all(slot.medium == "voice" for slot in fresh)
    return _spoken(calm, turn, said, fresh[0].number) if spoken else stand(calm, turn, lead=said)


def _spoken(state: State, turn: Turn, said: str, slot: int) -> Step:
    """A voice message (of ``slot``) answers a free question; at a choice the cautious answer is taken, and told."""
    if state.overlay not in ("", "undone", *ASKED_FOR_SURE):
        return stand(replace(state, overlay="", offered="", which=()), turn, lead=said)
    if state.overlay in ASKED_FOR_SURE:  # who cannot tell by tapping goes on the second time, as who writes
        again = replace(state, misses=1)
        return unclear(state, turn, said) if state.misses else stand(again, turn, lead=said)
    if state.overlay or state.submitting or state.step in ("evidence", "summary"):
        return stand(state, turn, lead=said)
    if state.step in _ASKED_TWICE and not state.misses:
        return stand(replace(state, misses=1), turn, "voice_choose", lead=said)
    if state.step == "new":
        return onward(state, turn, lead=said)
    if state.step == "place":
        return onward(write(state, "place", note(state, turn.book, "by_voice"))[0], turn, lead=said)
    if takes_words(state.step, turn.book) or state.step not in FALLBACK:
        return onward(spoke(state, state.step, slot), turn, lead=said)
    return _instead(state, turn, said)


def _instead(state: State, turn: Turn, said: str) -> Step:
    code = cautious(state.step, turn.book)
    chosen = record(state, state.step, code, turn.book)
    value = title(state.step, code, state, turn.book) if state.language else ""
    supposed = note(chosen, turn.book, "voice_instead", value=value) if value else ""
    return onward(chosen, turn, lead="\n\n".join(part for part in (said, supposed) if part))
