"""The same story begun by different poster links: what of the link is in the report. Run as a program."""

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sync import db, frames, placecode
from sync.frames import Chunk
from sync.messages import ReportBody, decode, encode
from sync.sealing import envelopes
from sync.sealing.keys import SealingKey
from tests.anonymity.stories import LISTED as NUMBERS_LISTED
from tests.anonymity.stories import NUMBERS, UNCLEAR, Story, Teller, Who
from tests.anonymity.town import Town, make_template

BOX = "jaunpur"
ASHA, VIMLA = Who(NUMBERS[0], "", "Asha"), Who(NUMBERS[1], "", "Vimla")
STORY = Story(7, "drugs", "no", "push", 1)
LISTED = placecode.code_of("JNP-03")
ZERO_WIDTH, JOINER, TAG = "\u200b\u200c\u200b", "\u2060\ufeff", "\U000e0041\U000e0042"
HI, STORY_FIRST = "Hi", "कल रात दुकान के पीछे चोरी हुई"
GREETINGS: dict[str, tuple[str, str]] = {
    "zero-width signs": (HI, f"Hi{ZERO_WIDTH}"),
    "joiners inside": (HI, f"H{JOINER}i"),
    "invisible tags": (HI, f"Hi{TAG}"),
    "homoglyph": (HI, "\u041di"),
    "full-width": (HI, "\uff28\uff49"),
    "blanks": (HI, "Hi \u00a0\u2009 "),
    "dots": (HI, "Hi..."),
    "variation selector": (HI, "Hi\ufe0f"),
    "unknown place code": (HI, "Hi [JNP-99Z]"),
    "token in brackets": (HI, "Hi [8F3A-77]"),
    "token behind": (HI, "Hi 8f3a77c2"),
    "token in front": (HI, "8f3a77c2 Hi"),
    "poster's number": (HI, "Hi poster 4711"),
    "link": (HI, "Hi https://wa.example/p/8f3a77c2"),
    "Hindi greeting and token": (HI, "नमस्ते 8f3a77c2"),
    "token alone": (HI, "8f3a77c2"),
    "listed code": (HI, f"Hi [{LISTED}]"),
    "listed code and token": (HI, f"Hi [{LISTED}] 8f3a77c2"),
    "listed code, hidden mark": (HI, f"Hi{ZERO_WIDTH} [{LISTED}]{TAG}"),
    "words, zero-width signs": (STORY_FIRST, STORY_FIRST.replace(" ", f"{ZERO_WIDTH} ")),
    "words, joiners": (STORY_FIRST, STORY_FIRST.replace("र", f"र{JOINER}")),
    "words, blanks": (STORY_FIRST, STORY_FIRST.replace(" ", " \u00a0\u2003")),
    "words, tags": (STORY_FIRST, STORY_FIRST + TAG),
    "words, listed code": (STORY_FIRST, f"{STORY_FIRST} [{LISTED}]"),
}
"""By name: the words to compare with, and what the tagger's link puts in their place."""


LISTS = {f"list of numbers, {whose}": whose for whose in ("theirs", "mine", "unsure", UNCLEAR)}
"""A link with the numbers of two who scan it, by what both say of them: their reports are compared."""


class Scanner(Teller):
    """Chooses by hand whatever a poster's code has been asked about, unless told to take it."""

    near = "other"

    def webhook(self, message: dict[str, Any]) -> bytes:
        """Message ids from a stream of their own: one question more must not change what is answered later."""
        answers, self.rng = self.rng, random.Random(len(self.said))
        posted = super().webhook(message)
        self.rng = answers
        return posted

    def _choice(self, step: str, codes: list[str]) -> str:
        chosen = {"near": self.near, "thana": "JNP-03"}
        return chosen[step] if step in chosen else super()._choice(step, codes)


def report_begun_with(
    greeting: str, town: Town, near: str = "other", who: Who = ASHA, story: Story = STORY
) -> bytes:
    """The report that comes to Jaunpur of a story that began with these words, in clear."""
    teller = Scanner(town, who, story)
    teller.near = near
    teller.write(greeting)
    teller.tell_on()
    town.release()
    key = SealingKey((town.root(BOX) / "keys" / "body.key").read_bytes())
    town.close()
    for passed in town.passed:
        content = frames.read(passed.frame)
        if isinstance(content, Chunk) or (envelope := envelopes.read(content)).header.purpose != "report":
            continue
        body = decode("report", "body", envelopes.open_part(envelope, "body", envelopes.keys_by_id(key).get))
        assert isinstance(body, ReportBody)
        return encode(
            replace(body, handle="0" * 32)
        )  # drawn by chance, and by another after one question more
    raise AssertionError("no report came")


def main(arguments: Sequence[str]) -> None:
    """As a program: prints {name of the greeting: what it changed in the report}; names choose some greetings."""
    folder, patch = Path(arguments[0]), pytest.MonkeyPatch()
    patch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "synchronous=OFF"))
    template, found, towns = make_template(folder / "template"), {}, count()

    def report(greeting: str, near: str = "other", who: Who = ASHA, whose: str = "theirs") -> bytes:
        town = Town(template, folder / f"scan{next(towns)}", "scan", patch)
        return report_begun_with(greeting, town, near, who, replace(STORY, whose=whose))

    plain = {base: report(base) for base in (HI, STORY_FIRST)}
    for name, (base, greeting) in GREETINGS.items():
        if (not arguments[1:] or name in arguments[1:]) and (told := report(greeting)) != plain[base]:
            found[name] = _difference(told, plain[base])
    if not arguments[1:] and report(f"Hi [{LISTED}] 8f3a77c2", "yes") != plain[HI]:
        found["listed code, taken"] = "another report than by hand"
    for name, whose in LISTS.items():
        if not arguments[1:] or name in arguments[1:]:
            told, other = (report(NUMBERS_LISTED, who=who, whose=whose) for who in (ASHA, VIMLA))
            found |= {name: _difference(told, other)} if told != other else {}
    print(json.dumps(found))


def _difference(told: bytes, plain: bytes) -> str:
    one, other = (vars(decode("report", "body", data)) for data in (told, plain))
    return ", ".join(f"{part}: {one[part]!r}"[:80] for part in one if one[part] != other[part])


if __name__ == "__main__":
    main(sys.argv[1:])
