"""How people report who read little, are afraid, speak instead of writing, or think twice: by thumb, in a Chromium.

One started town for all of it; each story finds its own report among the others.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from provisioning import enrol
from provisioning.demo import story, world
from relay.dialogue import Book
from sync import placecode
from sync.messages import Answer
from tests.journeys.square import Square, film, pixels, poster, words_up_to_summary
from tests.journeys.thumbs import Citizen, chromium, payloads, words_of
from tests.journeys.town import LINE, PACE, PATIENCE_S, Town
from tests.waiting import wait_until
from tests.webui.opening import open_file

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.slow, pytest.mark.needs("ffmpeg")]

OFFICES = ("jaunpur-web", "range-link", "range-web")
TAPPED = (("what", "sale"), ("sick", "no"), ("when", "night"), ("source", "self"))
SHAHGANJ, MACHHLISHAHR = "JNP-10", "JNP-19"
QUIET_S = 1.2
"""How long nothing more must come before files are acknowledged."""
LONG_S = 60.0
"""How long a report can be taken back where somebody does."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Relay, Jaunpur's box and the range, with their pages."""
    made = world.build(tmp_path_factory.mktemp("citizens"), "mosquitto", PACE)
    try:
        made.configure("relay", album_quiet_s=QUIET_S)
        for name in (*LINE, *OFFICES):
            made.start(name)
        made.wait_until_serving(("relay", "jaunpur", "range"))
        town = Town(made)
        wait_until(lambda: list((made.runtime_dir / "intake").glob("*.key")), PATIENCE_S, "an intake key")
        wait_until(lambda: len(town.relay("select 1 from peer")) == 2, PATIENCE_S, "both greetings")
        yield town
    finally:
        world.dismantle(made)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def book(town: Town) -> Book:
    """What the relay speaks from."""
    return words_of(enrol.load_directory(town.world.fleet.roots["relay"]))


@pytest.fixture
def square(town: Town, browser: Browser, book: Book, request: pytest.FixtureRequest) -> Iterator[Square]:
    """With phones and desks that complained of nothing and asked nothing from elsewhere."""
    made = Square(town, browser, book, request)
    yield made
    for tab in made.tabs:
        tab.check()
        tab.page.context.close()


def test_hindi_by_taps_alone_from_the_poster_of_a_thana(square: Square, tmp_path: Path) -> None:
    known = square.town.kept()
    film(tmp_path, "-i testsrc=size=640x480:rate=1 -frames:v 3", "%d.jpg")
    album = [(tmp_path / f"{n}.jpg").read_bytes() for n in (1, 2, 3)]
    asha = square.newcomer("hi", poster(SHAHGANJ))
    expect(asha.page.locator("#text")).to_have_value(f"नमस्ते / Hi [{placecode.code_of(SHAHGANJ)}]")
    asha.tab.shot("31-hi-poster")
    tap_liquor(asha, album)
    asha.tap("summary", "send")
    asha.receipt()
    asha.tab.shot("31-hi-receipt")
    assert sum(asha.phrase("files_got") in text for text in asha.heard()) == 1
    kept = square.arrived(known, files=3)
    assert (kept.category, kept.thana, kept.place, kept.text) == ("liquor", SHAHGANJ, "", "")
    told = dict(TAPPED) | {"when": "always"}
    assert set(kept.answers) == {Answer(question, choice, "") for question, choice in told.items()}
    assert [pixels(photo) for photo in kept.photos] == [pixels(photo) for photo in album]


def no_more_files(person: Citizen) -> None:
    """Taps "next" below the question whether there is more to send."""
    asked = person.asked("evidence_more")
    asked.get_by_role("button", name=person.phrase("choice_next"), exact=True).click()


def tap_liquor(asha: Citizen, album: list[bytes]) -> None:
    """Up to the summary."""
    asha.page.click("#composer button:not([type])")
    asha.tap("language", "hi")
    asha.asked("category")
    asha.tab.shot("31-hi-welcome")
    asha.pick("category", "liquor")
    asha.tap("police", "no")
    asha.tap("partial", "yes")
    for question, code in (*TAPPED[:2], ("who", "@skip"), *TAPPED[2:]):
        asha.tap(f"liquor.{question}", code)
    asha.asked("evidence")
    asha.attach("album", *payloads("image/jpeg", album))
    asha.hears(asha.count(3))
    asha.tab.shot("31-hi-album")
    asha.tap_again("liquor.when", "always")
    asha.hears(asha.phrase("changed"))
    asha.tab.shot("31-hi-changed")
    no_more_files(asha)
    asha.asked("near")
    asha.tab.shot("31-hi-near")
    asha.tap("near", "yes")
    asha.tap("place", "@skip")
    asha.tap("now", "no")
    asha.tap("fear", "no")
    asha.tap("contact", "push")
    asha.asked("summary")
    asha.tab.shot("31-hi-summary")


def test_english_by_numbers_alone(square: Square) -> None:
    known = square.town.kept()
    john = square.newcomer("en", "/?lang=en")
    john.say("Hi")
    john.hears("Choose your language")
    john.tab.shot("32-en-language")
    john.say("2")
    john.asked("category")
    john.tab.shot("32-en-welcome")
    john.say("11")
    john.write("police", "2")
    john.write("partial", "1")
    for step, digits in (("what", "1"), ("who", "0"), ("when", "2"), ("source", "1")):
        john.write(f"gambling.{step}", digits)
    john.write("evidence", "1")
    john.write("district", "1")
    john.asked("thana")
    john.tab.shot("32-en-thana")
    john.write("thana", "10")
    john.write("place", "0")
    john.write("now", "2")
    john.write("fear", "2")
    john.write("contact", "2")
    john.asked("summary")
    john.tab.shot("32-en-summary")
    john.write("summary", "1")
    john.receipt()
    john.tab.shot("32-en-receipt")
    kept = square.arrived(known)
    assert (kept.category, kept.thana, kept.place, kept.text) == ("gambling", SHAHGANJ, "", "")
    chosen = {answer.question: answer.choice for answer in kept.answers}
    assert chosen == {"what": "den", "when": "night", "source": "self"}
    assert square.town.box("select contact, police_involved from report order by id desc limit 1") == [
        ("none", "no")
    ]


def test_hindi_typed_in_latin_letters(square: Square) -> None:
    known = square.town.kept()
    ravi = square.newcomer("hi")
    ravi.say("namaste")
    ravi.hears("भाषा चुनें")
    ravi.say("hindi")
    ravi.write("category", "daru")
    ravi.write("police", "nahi")
    ravi.write("partial", "haan")
    ravi.write("liquor.what", "bechi jati hai")
    ravi.write("liquor.sick", "pata nahi")
    ravi.write("liquor.who", "do ladke, lal motarsaikil")
    ravi.write("liquor.when", "raat")
    ravi.write("liquor.source", "khud dekha")
    ravi.asked("evidence")
    ravi.tab.shot("33-hi-romanised")
    ravi.write("evidence", "aage")
    ravi.write("district", "jonpur")
    ravi.write("thana", "machali shahar")
    ravi.write("place", "purani chungi ke paas")
    ravi.write("now", "nahi")
    ravi.write("fear", "pata nahi")
    ravi.write("contact", "haan")
    ravi.asked("summary")
    ravi.tab.shot("33-hi-romanised-summary")
    ravi.write("summary", "bhejo")
    ravi.receipt()
    kept = square.arrived(known)
    assert (kept.category, kept.thana, kept.place) == ("liquor", MACHHLISHAHR, "purani chungi ke paas")
    assert kept.answers == (
        Answer("what", "sale", ""),
        Answer("sick", "unsure", ""),
        Answer("who", "", "do ladke, lal motarsaikil"),
        Answer("when", "night", ""),
        Answer("source", "self", ""),
    )


def test_voice_notes_alone_with_buttons_for_language_next_and_send(square: Square) -> None:
    known = square.town.kept(seat="range")
    mina = square.newcomer("hi")
    mina.say("Hi")
    mina.tap("language", "hi")
    mina.speak("category")
    mina.hears(mina.count(1))
    mina.tab.shot("34-hi-voice-category")
    spoken = ("category", "police", "partial", "other.what", "other.who", "other.often", "other.source")
    for number, step in enumerate(spoken, 2):
        mina.speak(step)
        mina.hears(mina.count(number))
    mina.tab.shot("34-hi-voice")
    mina.tap("evidence", "next")
    for number, step in enumerate(("district", "district", "place", "now", "fear", "contact"), 9):
        mina.speak(step)
        mina.hears(mina.count(number))
    mina.asked("summary")
    mina.tab.shot("34-hi-voice-summary")
    mina.tap("summary", "send")
    mina.receipt()
    # No district was chosen: that is for the range to find out.
    kept = square.arrived(known, files=14, seat="range")
    assert (kept.category, kept.thana) == ("other", "")
    assert [answer.text for answer in kept.answers] == ["5", "6", "7", "8"]
    listen(square, square.case_of(kept.handle, "range"), files=14)


def listen(square: Square, serial: str, files: int) -> None:
    """Every voice note can be opened with a reason; the first is played."""
    desk = square.desk("range")
    desk.page.goto(f"{desk.base}/cases/{serial}")
    expect(desk.page.locator(".open-file")).to_have_count(files)
    player = open_file(desk.page)
    with desk.page.expect_response(lambda answer: "/evidence/" in answer.url) as answered:
        player.evaluate("player => { player.muted = true; player.play(); }")
    assert answered.value.status in (200, 206)
    assert answered.value.headers["content-type"] == "audio/ogg"
    wait_until(lambda: player.evaluate("player => player.currentTime") > 0, PATIENCE_S, "sound")
    desk.shot("34-voice-at-the-office")


def test_a_bribe_with_a_video_taken_back_changed_and_sent_again(square: Square, tmp_path: Path) -> None:
    town, before = square.town, square.town.kept()
    known, cases = town.kept(seat="range"), town.box("select * from case_file")
    film(tmp_path, "-i testsrc=size=320x240:rate=5 -t 2 -pix_fmt yuv420p", "bribe.mp4")
    town.restart("relay-intake", undo_s=LONG_S)
    vimla = square.newcomer("hi")
    tell_on_police(vimla, (tmp_path / "bribe.mp4").read_bytes())
    vimla.asked("summary")
    vimla.tab.shot("35-hi-police-summary")
    vimla.tap("summary", "send")
    first = vimla.receipt()
    take_back = vimla.phrase("button_undo")
    vimla.hears(vimla.phrase("receipt")).get_by_role("button", name=take_back, exact=True).click()
    vimla.asked("undone")
    vimla.tab.shot("35-hi-undone")
    assert town.relay("select * from held") == []
    town.restart("relay-intake", undo_s=0.0)
    vimla.tap("undone", "change")
    vimla.write("summary", "पीछे")
    vimla.tap("contact", "none")
    vimla.asked("summary")
    vimla.tab.shot("35-hi-changed")
    vimla.tap("summary", "send")
    assert vimla.receipt() != first
    kept = square.arrived(known, files=1, seat="range")
    assert kept.category == "police_corruption"
    assert town.rows("range", "box.db", "select contact from report order by id desc limit 1") == [("none",)]
    assert kept.photos[0][4:8] == b"ftyp"
    assert (town.kept(), town.box("select * from case_file")) == (before, cases)


def tell_on_police(vimla: Citizen, film: bytes) -> None:
    """Up to the summary."""
    vimla.say("Hi")
    vimla.tap("language", "hi")
    vimla.pick("category", "police_corruption", more="35-hi-categories-2")
    vimla.tap("partial", "yes")
    vimla.tap("police_corruption.what", "bribe")
    vimla.write("police_corruption.who", "थाने का मुंशी")
    vimla.write("police_corruption.tell", "हर महीने दुकान से पैसे ले जाते हैं।")
    vimla.tap("police_corruption.source", "heard")
    vimla.asked("evidence")
    vimla.attach("video", *payloads("video/mp4", [film]))
    vimla.hears(vimla.count(1))
    vimla.tab.shot("35-hi-video")
    no_more_files(vimla)
    vimla.pick("district", "JNP")
    vimla.pick("thana", "@unknown")
    vimla.write("place", "थाने के सामने की दुकान")
    vimla.tap("now", "no")
    vimla.tap("fear", "unsure")
    vimla.tap("contact", "push")


def test_status_and_an_addition_by_receipt_and_what_to_do_without_one(square: Square) -> None:
    known = square.town.kept()
    john = square.having_said(
        "en", *words_up_to_summary("en", "two men in the blue shop", "behind the mill"), "1"
    )
    receipt = john.receipt()
    first = square.arrived(known)
    wait_until(
        lambda: square.town.relay("select 1 from receipt where state='delivered'"),
        PATIENCE_S,
        "the word of the box",
    )
    john.say(f"status {receipt}")
    john.hears(john.phrase("status_delivered"))
    john.tab.shot("36-en-status")
    john.say(f"add {receipt}")
    john.hears(john.phrase("add_found"))
    john.tap("language", "en")
    john.tap("police", "no")
    john.write("new", "They have moved to the house beside it.")
    john.tap("evidence", "next")
    john.tap("now", "no")
    john.tap("contact", "push")
    john.asked("summary")
    john.tab.shot("36-en-addition-summary")
    john.tap("summary", "send")
    john.hears(john.phrase("addition"))
    john.tab.shot("36-en-addition")
    added = square.arrived([*known, first])
    assert added.text == "They have moved to the house beside it."
    assert square.case_of(added.handle) == square.case_of(first.handle)
    john.say("help")
    john.tap("language", "en")
    john.pick("help", "lost")
    john.hears(john.phrase("help_lost"))
    john.tab.shot("36-en-lost")


def test_a_number_in_the_words_is_asked_about_and_ones_own_is_taken_out(square: Square) -> None:
    known = square.town.kept()
    story = words_up_to_summary("en", "Ask me on 98765 43210, I saw two men", "behind the tank")
    anil = square.having_said("en", *story)
    anil.asked("whose")
    anil.tab.shot("37-en-whose")
    anil.tap("whose", "mine")
    anil.hears(anil.phrase("whose_mine"))
    anil.asked("summary")
    anil.tab.shot("37-en-taken-out")
    anil.tap("summary", "send")
    anil.receipt()
    kept = square.arrived(known)
    (who,) = [answer.text for answer in kept.answers if answer.question == "who"]
    assert "43210" not in str(kept.content)
    assert who == f"Ask me on {anil.phrase('removed_mark')}, I saw two men"


def test_an_answer_says_nothing_until_it_is_opened(square: Square) -> None:
    known = square.town.kept()
    asha = square.having_said("hi", *words_up_to_summary("hi", "दो लोग", "पुराना पुल"), "1")
    asha.receipt()
    kept = square.arrived(known)
    story.answer(square.town.world.office("jaunpur"), square.case_of(kept.handle))
    notice = asha.hears(asha.phrase("answer_notice"))
    asha.tab.shot("38-hi-notice")
    assert not [text for text in asha.heard() if "छापा" in text]
    notice.get_by_role("button", name=asha.phrase("button_read"), exact=True).click()
    asha.hears(story.ANSWER_HI)
    asha.tab.shot("38-hi-answer")
