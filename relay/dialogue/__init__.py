"""The conversation with an informant, pure: ``advance`` takes what was heard and gives what is said and kept."""

from relay.dialogue.finishing import GIVE_UP_AFTER_S, REMIND_AFTER_S, sooner, taken_back
from relay.dialogue.flow import advance, means_danger
from relay.dialogue.speaking import addition_words, grouped, read_undo, receipt_words, veiled, words
from relay.dialogue.state import Book, Heard, Say, Slot, State, Step, Told
from relay.dialogue.steps import has_content
from relay.limits import Choice

__all__ = [
    "advance",
    "addition_words",
    "grouped",
    "has_content",
    "means_danger",
    "read_undo",
    "sooner",
    "taken_back",
    "receipt_words",
    "veiled",
    "words",
    "Heard",
    "Say",
    "Choice",
    "State",
    "Slot",
    "Step",
    "Told",
    "Book",
    "REMIND_AFTER_S",
    "GIVE_UP_AFTER_S",
]
