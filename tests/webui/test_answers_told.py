"""What informants answered, on the page of a case: every question of the catalogue, and those it no longer has."""

from dataclasses import replace

import pytest

from appliance.desk import Desk
from sync import catalogue
from sync.catalogue import Question
from sync.messages import Answer
from tests.appliance.office import body, manifest, receive
from tests.webui.world import Visitor

CATEGORIES = [category.code for category in catalogue.load().categories]


def _answer(question: Question) -> Answer:
    """The last choice, or words where there is none."""
    choice = question.options[-1].code if question.options else ""
    return Answer(question.code, choice, "" if choice else f"words on {question.code}")


@pytest.mark.slow
@pytest.mark.parametrize("code", CATEGORIES)
def test_every_question_of_a_category_is_told_by_its_label(
    desk: Desk, supervisor: Visitor, code: str
) -> None:
    category = desk.catalogue.category(code)
    assert category is not None
    answers = tuple(_answer(question) for question in category.questions)
    text = supervisor.text(f"/cases/{receive(desk, body(1, category=code, answers=answers))}")
    for question in category.questions:
        assert f"<dt>{question.label['hi']}</dt>" in text
        told = question.options[-1].label["hi"] if question.options else f"words on {question.code}"
        assert f">{told}</dd>" in text


def test_answers_of_an_older_catalogue_are_told_by_their_codes(desk: Desk, supervisor: Visitor) -> None:
    answers = (
        Answer("when", "evening", ""),  # a choice that is gone
        Answer("colour", "red", ""),  # a question that is gone
        Answer("remark", "", "he limps"),
    )
    text = supervisor.text(f"/cases/{receive(desk, body(1, category='drugs', answers=answers))}")
    assert "<dt>कब</dt><dd>evening</dd>" in text
    assert "<dt>colour</dt><dd>red</dd>" in text
    assert "<dt>remark</dt>" in text and "he limps" in text


def test_an_answer_by_voice_names_the_file_as_the_list_of_the_evidence_does(
    desk: Desk, supervisor: Visitor
) -> None:
    answers = (Answer("who", "@voice", "2"), Answer("when", "@voice", ""))
    files = (manifest(b"a film"), replace(manifest(b"a voice", 2, "audio/ogg"), kind="voice"))
    told = body(1, category="drugs", answers=answers, evidence=files)
    text = supervisor.text(f"/cases/{receive(desk, told)}")
    assert "<dd>बोलकर बताया (फ़ाइल 2, आवाज़ का संदेश)</dd>" in text
    assert "<dd>बोलकर बताया</dd>" in text and "फ़ाइल 2, आवाज़ का संदेश</" in text


def test_a_report_of_a_category_that_is_gone_is_shown(desk: Desk, supervisor: Visitor) -> None:
    serial = receive(desk, body(1, category="piracy", answers=(Answer("what", "ship", ""),)))
    text = supervisor.text(f"/cases/{serial}")
    assert "piracy" in text
    assert "<dt>what</dt><dd>ship</dd>" in text
