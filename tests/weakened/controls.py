"""Weakenings on which an adversary's attack must succeed: the positive controls of ``./run adversaries``."""

from tests.weakened.asking import ASKED
from tests.weakened.disks import SEIZED
from tests.weakened.files import LET_THROUGH
from tests.weakened.model import Edit, Weakening

CONTROLS: tuple[Weakening, ...] = (
    *SEIZED,
    *ASKED,
    LET_THROUGH,
    Weakening(
        "report-names-its-sender",
        "the relay puts the informant's number into the report",
        (
            Edit(
                "relay/submission.py",
                "self._hold(message_id, body, contact, recipient, release_at)",
                'body = replace(body, place=f"{body.place} {sender.phone}{sender.user_id}")\n'
                "        self._hold(message_id, body, contact, recipient, release_at)",
            ),
        ),
    ),
    Weakening(
        "topics-and-sizes-tell",
        "frames are as long as what is in them, and a report's topic names its category",
        (
            Edit("sync/frames.py", 'framed += b"\\0" * (-len(framed) % STEP_BYTES)', 'framed += b""'),
            Edit("sync/frames.py", "len(frame) < 5 or len(frame) % STEP_BYTES or", "len(frame) < 5 or"),
            Edit(
                "relay/submission.py",
                "message_id = self._random_hex()",
                'message_id = f"{told.category}-{self._random_hex()}"',
            ),
            Edit(
                "sync/link.py",
                "topic = topics.topic(departure.recipient, self._node)",
                "topic = topics.topic(departure.recipient, self._node)\n"
                "            named = departure.frame.partition(b'\"id\":\"')[2][:40].partition(b'-')\n"
                '            topic += f"/{named[0].decode()}" if named[1] else ""',
            ),
        ),
    ),
    Weakening(
        "plaintext-on-the-line",
        "a report's plaintext goes along behind its ciphertext",
        (
            Edit(
                "sync/sealing/envelopes.py",
                "return SealedPart(name, key.id, _HPKE.encrypt(padded, key.hpke, info))",
                "tail = padded if purpose == 'report' else b''\n"
                "        return SealedPart(name, key.id, _HPKE.encrypt(padded, key.hpke, info) + tail)",
            ),
        ),
    ),
    Weakening(
        "ids-of-nobody",
        "a message id counts whoever used it, for whatever envelope",
        (
            Edit(
                "sync/exchange/incoming.py",
                "where message_id=? and sender in (?, '') order by",
                "where message_id=? and ?<>'' order by",
            ),
            Edit(
                "sync/exchange/incoming.py",
                'not in SEALED_AHEAD or envelope.hash == seen["envelope_hash"]',
                'not in SEALED_AHEAD or envelope.hash != b""',
            ),
        ),
    ),
    Weakening(
        "log-quotes-events",
        "the relay logs each update as it takes it",
        (
            Edit(
                "relay/intake/engine.py",
                "        queued, left = item.queued, Left()\n",
                '        queued, left = item.queued, Left()\n        print("took", queued, flush=True)\n',
            ),
        ),
    ),
    Weakening(
        "released-at-once",
        "a report goes as soon as it can no longer be taken back",
        (
            Edit(
                "relay/slots.py", "return slots * self.jitter_max_s + self.undo_s", "return now + self.undo_s"
            ),
            Edit("relay/submission.py", "else self._pace.hour(release_at)", "else hour_of(now)"),
        ),
        (
            "tests/anonymity/test_timing.py::test_what_is_told_in_one_half_hour_goes_together_and_says_one_hour",
        ),
    ),
    Weakening(
        "released-in-order",
        "the reports of a slot go in the order in which they were written",
        (Edit("relay/release.py", "effect like ?), message_id limit ?", "effect like ?), rowid limit ?"),),
        (
            "tests/anonymity/test_timing.py::test_after_release_no_table_of_the_relay_keeps_the_order_of_writing",
        ),
    ),
    Weakening(
        "a-wait-of-its-own",
        "each report waits for a time of its own, drawn at random",
        (
            Edit("relay/slots.py", "import math\n", "import math\nimport random\n"),
            Edit(
                "relay/slots.py",
                "return slots * self.jitter_max_s + self.undo_s",
                "return now + self.undo_s + random.uniform(0, self.jitter_max_s)",
            ),
            Edit("relay/submission.py", "else self._pace.hour(release_at)", "else hour_of(now)"),
        ),
        (
            "tests/anonymity/test_timing.py::test_what_is_told_in_one_half_hour_goes_together_and_says_one_hour",
        ),
    ),
)
