"""One report travels, played and checked: phone → relay → box → page → answer → phone; counts at the range.

Every check looks where a person would look: at the phone and at the boxes' pages. A check that fails raises Broken
with what was seen.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from provisioning.demo.fleet import BOXES
from provisioning.demo.office import Office
from provisioning.demo.world import World
from relay.simulator.client import Message, Phone, Refused

PICTURES = Path(__file__).parent / "pictures"
PATIENCE_S = 30.0
STORY = "रोज़ शाम को बस अड्डे के पीछे दो लोग पुड़िया बेचते हैं।"
PLACE = "बस अड्डे के पीछे, नीली दुकान"
ONE_IN_JAUNPUR = {"जौनपुर": 1}
_RECEIPT = re.compile(r"\d{4} ?\d{4} ?\d{4} ?\d{4}")
ANSWER_HI = "आपकी सूचना पर कार्रवाई हुई है: छापा मारा गया। धन्यवाद।"
UNASKED = "Vimla"
"""Whose phone reports by itself while people look around: on theirs, what they type would come between."""


T = TypeVar("T")


class Broken(Exception):
    """The story did not go as it must; says what was seen."""


FAILURES = (Broken, Refused, OSError, LookupError)
"""What a story fails with, a wait in vain among them; anything else is a mistake in its script."""


@dataclass
class Telling:
    """Prints one line per step with its time."""

    say: Callable[[str], object]
    began: float = field(default_factory=time.monotonic)

    def done(self, what: str) -> None:
        """One step was checked."""
        self.say(f"  ✓ {time.monotonic() - self.began:6.2f} s  {what}")


def play(world: World, telling: Telling) -> None:
    """The whole story on a world whose boxes hold no cases yet; raises Broken or TimeoutError."""
    phone = Phone.create(world.simulator_url, "Asha")
    receipt = report_drugs(phone)
    telling.done(f"phone: Hi → हिन्दी → category → questions → 2 photos → Jaunpur → receipt {mask(receipt)}")
    offices = {box: world.office(box) for box in BOXES}
    office = offices["jaunpur"]
    serial = until(lambda: _only(office.serials()), "Jaunpur's list shows exactly one case")
    page = until(lambda: _with_text(office.page(f"/cases/{serial}"), PLACE), "the case page shows the place")
    telling.done(f"Jaunpur's page: exactly one case, {serial}, with what was told")
    _check_photos(office, serial, page)
    telling.done(
        "its photos: one byte-identical, one cleaned of maker, place and owner, picture data untouched"
    )
    _check_empty(offices, ("ghazipur", "chandauli", "range"))
    telling.done("the pages of Ghazipur, Chandauli and the range show no case")
    answer(office, serial)
    read_answer(phone)
    telling.done(
        "staff answered by template; the phone says only that there is a message, a tap shows it in Hindi"
    )
    until(lambda: range_counts(offices["range"]) == ONE_IN_JAUNPUR, "the range counts one case")
    telling.done("the range's page counts one case in all, in Jaunpur")
    accuse = Phone.create(world.simulator_url, "Vimla")
    report_police(accuse)
    serial_of_range = until(lambda: _only(offices["range"].serials()), "the range has one case")
    if [serial] != office.serials() or range_counts(offices["range"]) != ONE_IN_JAUNPUR:
        raise Broken("a report on police changed something at Jaunpur")
    _check_empty(offices, ("ghazipur", "chandauli"))
    telling.done(f"a report on police reached the range only, as {serial_of_range}")


def report_drugs(
    phone: Phone, photos: Sequence[str] = ("clean.jpg", "telling.jpg"), place: str = PLACE
) -> str:
    """A report on drugs in Shahganj, Jaunpur, in Hindi; gives the receipt."""
    begin(phone, "3", police="नहीं")
    choose(phone, "गांजा / चरस")
    choose(phone, "बिक्री")
    write(phone, "कौन करता है", "दो लड़के, लाल मोटरसाइकिल")
    choose(phone, "शाम या रात में")
    choose(phone, "खुद देखा")
    hear(phone, "फोटो हों तो")
    phone.say(STORY)
    for number, name in enumerate(photos, 1):
        phone.photo((PICTURES / name).read_bytes())
        hear(phone, f"अब तक: {number}")
    choose(phone, "आगे")
    choose(phone, "जौनपुर")
    write(phone, "कौन सा थाना", "शाहगंज")
    write(phone, "ठीक जगह", place)
    return finish(phone)


def report_unasked(phone: Phone) -> str:
    """A report for people to look at; tells in a sentence that it is on its way, or why it could not be sent."""
    try:
        report_drugs(phone)
    except FAILURES as error:
        told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        return f"No report could be sent from {UNASKED}'s phone ({told}); all else goes on."
    return f"A report with two photos is on its way from {UNASKED}'s phone to Jaunpur; it can be answered."


def report_police(phone: Phone) -> str:
    """A report on police in Jaunpur, in Hindi; gives the receipt."""
    begin(phone, "15", police=None)
    choose(phone, "रिश्वत मांगी / ली")
    write(phone, "कौन पुलिसकर्मी", "थाने का मुंशी")
    write(phone, "पूरी बात", "हर महीने पैसे मांगते हैं।")
    choose(phone, "किसी से सुना")
    choose(phone, "आगे")
    choose(phone, "जौनपुर")
    write(phone, "कौन सा थाना", "शाहगंज")
    write(phone, "ठीक जगह", "थाने के सामने")
    return finish(phone)


def begin(phone: Phone, category: str, police: str | None) -> None:
    """From "Hi" to the category's own questions."""
    phone.say("Hi")
    choose(phone, "हिन्दी")
    write(phone, "किस बारे में", category)
    if police is not None:
        choose(phone, police, of="पुलिसवाला")
    choose(phone, "हां", of="रुक जाएं")


def finish(phone: Phone) -> str:
    """From "happening now?" to the receipt."""
    choose(phone, "नहीं", of="इसी समय")
    choose(phone, "नहीं", of="नुकसान का डर")
    choose(phone, "हां, इसी चैट में")
    choose(phone, "भेजें")
    said = phone.wait_for(lambda message: bool(_RECEIPT.search(message["text"])), PATIENCE_S)
    found = _RECEIPT.search(said["text"])
    assert found is not None
    return found[0].replace(" ", "")


def choose(phone: Phone, title: str, of: str = "") -> None:
    """Waits for a message that offers ``title`` (and says ``of``) and taps it there."""
    phone.seen = max(0, phone.seen - 1)  # the message heard last may be the one that offers it
    message = phone.wait_for(lambda m: of in m["text"] and title in _titles(m), PATIENCE_S)
    phone.tap(title, message["id"])


def write(phone: Phone, prompt: str, text: str) -> None:
    """Waits for the prompt and answers in words."""
    hear(phone, prompt)
    phone.say(text)


def hear(phone: Phone, fragment: str) -> Message:
    """Waits until the bot has said something."""
    return phone.wait_for(lambda message: fragment in message["text"], PATIENCE_S)


def read_answer(phone: Phone) -> None:
    """Waits for the notice, which says nothing of what it is about, and taps its button."""
    choose(phone, "पढ़ें", of="एक संदेश है")
    phone.wait_for(lambda message: message["text"] == ANSWER_HI, PATIENCE_S)


def answer(office: Office, serial: str) -> None:
    """Staff choose "action taken: a raid was made", read the exact words, and send them."""
    query = f"/cases/{serial}/answer/preview?template=action_taken&action_taken.action=raid"
    version = re.search(r'name="version"[^>]*value="(\d+)"', office.page(f"/cases/{serial}/answer"))
    if version is None:
        raise Broken("the answer page has no version field")
    path = f"{query}&version={version[1]}"
    if ANSWER_HI not in office.page(path):
        raise Broken("the preview does not show the exact words of the answer")
    office.send(path, "/answer", {})


def range_counts(office: Office) -> dict[str, int]:
    """Cases in all by district, as the first table of the range's page says."""
    table = office.page("/range").partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r'<th scope="row">([^<]+)</th>.*?<b>([\d,]+)</b>', table, re.DOTALL)
    return {district: int(total.replace(",", "")) for district, total in rows}


def until(look: Callable[[], T], what: str) -> T:
    """The first true value of ``look``; raises Broken saying ``what`` did not come about."""
    deadline = time.monotonic() + PATIENCE_S
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise Broken(f"not within {PATIENCE_S:g} s: {what}")
        time.sleep(0.1)
    return seen


def mask(receipt: str) -> str:
    """A receipt as it may be shown to others."""
    return f"{receipt[:4]} •••• •••• ••••"


def _titles(message: Message) -> list[str]:
    return [option["title"] for option in message["options"]]


def _only(serials: Sequence[str]) -> str:
    if len(serials) > 1:
        raise Broken(f"{len(serials)} cases where one was expected")
    return serials[0] if serials else ""


def _with_text(page: str, text: str) -> str:
    return page if text in page else ""


def _check_empty(offices: Mapping[str, Office], seats: Sequence[str]) -> None:
    for seat in seats:
        found = offices[seat].serials()
        if found:
            raise Broken(f"{seat} has {len(found)} cases, expected none")


def _check_photos(office: Office, serial: str, page: str) -> None:
    wanted = [(PICTURES / name).read_bytes() for name in ("clean.jpg", "telling.jpg")]
    links = until(lambda: _evidence(office.page(f"/cases/{serial}"), 2), "both photos are at the box")
    clean, cleaned = (_uncovered(office, link) for link in links)
    if clean != wanted[0]:
        raise Broken("the photo without metadata is not byte-identical")
    if b"PLANTED" in cleaned or cleaned.partition(b"\xff\xdb")[2] != wanted[1].partition(b"\xff\xdb")[2]:
        raise Broken("the photo with metadata is not clean, or its picture data changed")


def _evidence(page: str, count: int) -> list[str]:
    links = list(dict.fromkeys(re.findall(r'"(/evidence/[0-9a-f]{32})(?:/look)?"', page)))
    return links if len(links) == count else []


def _uncovered(office: Office, link: str) -> bytes:
    """The bytes of a file, opened for a reason that is written down."""
    office.send(f"{link}/look", "/look", {"reason": "screening", "note": "the demo looks at it"})
    return office.fetch(link)
