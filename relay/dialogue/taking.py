"""Taking an answer: a tap, new or old, or typed words."""

from dataclasses import replace

from relay.dialogue.answering import (
    at,
    is_story,
    keep,
    record,
    revise,
    takes,
    write,
    write_instead,
)
from relay.dialogue.between import added, chosen_between, words_between
from relay.dialogue.commands import COMMANDS, restart, stand
from relay.dialogue.finishing import submit
from relay.dialogue.identifying import doubts_police, unresolved
from relay.dialogue.moving import onward
from relay.dialogue.naming import named_crime, only_chooses, understood, worth_keeping
from relay.dialogue.offers import SKIP, TOPICS, asked, chosen, is_of_another, led, page_of, read_choice
from relay.dialogue.places import MOST_NAMED, named_thanas, thanas_elsewhere
from relay.dialogue.state import State, Step, Turn
from relay.dialogue.steps import answered, question, sequence, takes_words
from relay.understanding import (
    is_plain,
    keyword,
    likely_language,
    named_language,
    passes,
    refuses_keeping,
    takes_out,
)

MOST_MISSES = 2


def tapped(state: State, turn: Turn) -> Step:
    """A tap on a button or row of this or an earlier message."""
    found = read_choice(turn.heard.choice)
    if found is None or is_of_another(turn.heard.choice, state):
        return stand(state, turn, "old_button")
    step, code = found
    if step == "help" and code in TOPICS and state.language:
        return chosen_between(replace(state, overlay="help"), code, turn)
    is_between = bool(state.overlay) and step == asked(state)
    if is_between or (step == state.step and not state.submitting):
        current = state if is_between else replace(state, overlay="")
        known = takes(step, code, current, turn.book)
        return _choose(current, code, turn) if known else stand(state, turn, "old_button")
    if step == "summary" == state.step:
        return restart(state, turn) if code == "again" else stand(state, turn)
    return _old_tap(state, step, code, turn)


def _old_tap(state: State, step: str, code: str, turn: Turn) -> Step:
    known = step in sequence(state, turn.book) and answered(state, step)
    if state.taken_back_s and step == "partial":  # what was taken back is never sent by itself
        known = False
    if not known or page_of(code) is not None or not takes(step, code, state, turn.book):
        return stand(state, turn, "old_button")
    return stand(revise(state, step, code, turn.book), turn, "changed")


def _choose(state: State, code: str, turn: Turn) -> Step:
    """A choice of the question that stands."""
    page = page_of(code)
    if page is not None:
        return stand(replace(state, page=page), turn)
    if state.overlay == asked(state):
        return chosen_between(state, code, turn)
    if state.step == "summary":
        return _send(state, turn) if code == "send" else restart(state, turn)
    written = state if state.step == "evidence" else record(state, state.step, code, turn.book)
    return onward(_past_thana(written, code), turn)


def _send(state: State, turn: Turn) -> Step:
    asks = unresolved(state, turn.book) or doubts_police(state)
    return stand(state, turn) if asks else submit(state, turn)


def _past_thana(state: State, code: str) -> State:
    """Where a thana was told at the question about the district, its own question is answered too."""
    return at(state, "thana") if state.step == "district" and state.thana == code else state


def typed(state: State, turn: Turn) -> Step:
    """Words: a command, an answer, or something to add to the report."""
    text = turn.heard.text
    if not text:
        return stand(state, turn, "not_understood")
    word = None if asked(state) == "whose" and takes_out(text) else keyword(text)
    if word:
        return COMMANDS[word](state, turn)
    code = None if takes_words(asked(state), turn.book) else chosen(text, asked(state), state, turn.book)
    if code is not None:
        if state.submitting and not state.overlay:
            return stand(state, turn)
        return _choose(_kept_place(state, text), code, turn)
    language = named_language(text)
    if language in turn.book.phrases.by_language:
        return _in_language(state, language, turn)
    leads = led(text, asked(state), state, turn.book)
    if leads is not None:
        return _led(state, leads, turn)
    if state.overlay == asked(state):
        return words_between(state, turn)
    if (wish := _wish_at_summary(state, turn)) is not None:
        return wish
    if state.submitting or state.step in ("evidence", "summary"):
        return added(state, turn)
    return _free_words(state, turn) if takes_words(state.step, turn.book) else _unchosen(state, turn)


def _wish_at_summary(state: State, turn: Turn) -> Step | None:
    """How answers shall come, said once more before sending: it is no part of what is told, and no box may read it."""
    text, book = turn.heard.text, turn.book
    if state.step != "summary" or state.submitting or "contact" not in sequence(state, book):
        return None
    if (
        text.strip().isdecimal() and len(text.strip()) == 1
    ):  # one of the contact question's numbers, or a slip
        return stand(state, turn, "not_understood")
    code = chosen(text, "contact", state, book)
    if is_plain(text) or code is None or (code == "none" and not refuses_keeping(text, unasked=True)):
        return None
    return stand(revise(state, "contact", code, book), turn, "changed")


def _in_language(state: State, language: str, turn: Turn) -> Step:
    """The language that was named, at any time."""
    if asked(state) == "language":
        return _choose(state, language, turn)
    return stand(record(state, "language", language, turn.book), turn, "language_set")


def _unchosen(state: State, turn: Turn) -> Step:
    """Words at a choice that are none of its choices, but may name a crime or a place, or tell the language."""
    if not state.language and likely_language(turn.heard.text) in turn.book.phrases.by_language:
        written, whole = write_instead(state, "language", turn.heard.text, turn.book)
        return onward(written, turn, "" if whole else "text_full")
    crime = named_crime((turn.heard.text,), turn.book) if state.step == "category" else None
    if crime is not None:
        return _named(state, crime, turn)
    if state.step == "near" and not passes(turn.heard.text):
        elsewhere = at(record(state, "near", "other", turn.book), "district")
        return typed(elsewhere, turn)
    if state.step in ("district", "thana"):
        named = named_thanas(turn.heard.text, state.step, state, turn.book)
        if not named and not passes(
            turn.heard.text
        ):  # perhaps the other district was the mistake: that is asked
            named = thanas_elsewhere(turn.heard.text, state.step, state, turn.book)
        if 0 < len(named) <= MOST_NAMED:
            kept = _kept_place(state, turn.heard.text)
            return stand(replace(kept, overlay="which", which=tuple(t.code for t in named)), turn)
    return _missed(state, turn)


def _named(state: State, crime: str, turn: Turn) -> Step:
    """The category that words named; what tells more than that is kept."""
    text = turn.heard.text
    kept, whole = (state, True) if only_chooses(text) else keep(state, text)
    chosen = record(kept, "category", crime, turn.book)
    return onward(chosen, turn, "" if whole else "text_full", lead=understood(crime, chosen, turn.book))


def _kept_place(state: State, text: str) -> State:
    """The draft with words that name a place and tell more besides."""
    tells = asked(state) in ("district", "thana") and is_story(text) and not passes(text)
    return keep(state, text)[0] if tells else state


def _led(state: State, code: str, turn: Turn) -> Step:
    """A choice with more words behind it, which are kept when they tell something."""
    if not is_story(turn.heard.text):
        return _choose(state, code, turn)
    kept, whole = keep(state, turn.heard.text)
    return _choose(kept, code, turn) if whole else stand(kept, turn, "text_full")


def _free_words(state: State, turn: Turn) -> Step:
    text = turn.heard.text
    if passes(text):
        return onward(record(state, state.step, SKIP, turn.book), turn)
    written, whole = write(state, state.step, text)
    return onward(written, turn, "" if whole else "text_full")


def _missed(state: State, turn: Turn) -> Step:
    text = turn.heard.text
    if passes(text) and question(state.step, turn.book) is not None:
        return onward(record(state, state.step, SKIP, turn.book), turn)
    if state.misses + 1 >= MOST_MISSES:
        written, whole = write_instead(state, state.step, text, turn.book)
        said = "" if is_plain(text) else "written_down"
        return onward(written, turn, said if whole else "text_full")
    missed = replace(state, misses=state.misses + 1)
    if not worth_keeping(text, state.step, turn.book):
        return stand(missed, turn, "not_understood")
    kept, whole = keep(missed, text)
    return stand(kept, turn, "kept_choose" if whole else "text_full")
