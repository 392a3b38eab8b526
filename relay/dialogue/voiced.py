"""Somebody who answers by voice: at the files a voice message is one more answer, and the flow goes on."""

from relay.dialogue.media import acknowledged
from relay.dialogue.moving import onward
from relay.dialogue.offers import VOICE
from relay.dialogue.state import State, Step, Turn


def spoke_at_evidence(state: State, turn: Turn) -> Step | None:
    """The next question once a person who has answered by voice has spoken at the files; None in any other case."""
    is_over = state.quiet_ms is not None and turn.now_ms >= state.quiet_ms
    at_files = state.step == "evidence" and not state.overlay and not state.submitting
    speaks = any(answer.choice == VOICE for answer in state.answers)
    fresh = [slot for slot in state.slots if slot.number in state.unsaid and not slot.failed]
    if not (is_over and at_files and speaks and fresh and all(slot.medium == "voice" for slot in fresh)):
        return None
    calm, said = acknowledged(state, turn.book)
    return onward(calm, turn, lead=said)
