"""A written line that holds two items: each has its own words and its own ink."""

import sys
from pathlib import Path

import pytest

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.meaning import Action, Moment, PrescriptionLine
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine, Transcript
from pipeline.extraction.understand import understand

sys.path.insert(0, str(Path(__file__).parent))
from inked import read
from names import SmallIndex


def items(*texts: str) -> tuple[PrescriptionLine, ...]:
    lines = []
    for order, text in enumerate(texts):
        quad = Quad.of_box(Box(100, 100 + 80 * order, 1100, 160 + 80 * order))
        places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
        lines.append(ReadLine(Line("p-1", order, quad, Stroke.HAND), Reading(text, 1.0, "test", places)))
    return understand(
        Transcript(tuple(lines)), layout=None, index=SmallIndex(), doctors=(), window=None
    ).items


def test_a_stop_and_a_start_are_two_items_with_their_own_ink() -> None:
    first, second = items("- stop Kardégic, début Doliprane 1 g 1 cp x3/j", "si douleur pdt 5 j")
    assert (first.action, second.action) == (Action.STOP, Action.START)
    assert (first.text, second.text) == (
        "- stop Kardégic",
        "début Doliprane 1 g 1 cp x3/j / si douleur pdt 5 j",
    )
    assert second.strength == "1 g" and second.posologies[0].duration is not None
    (ink,) = first.evidence
    assert ink.text == "- stop Kardégic"
    assert [piece.text for piece in second.evidence] == [
        "début Doliprane 1 g 1 cp x3/j",
        "si douleur pdt 5 j",
    ]
    assert ink.quad.box.x1 <= second.evidence[0].quad.box.x0


def test_what_is_taken_is_not_mixed() -> None:
    one, other = items("Kardégic 75 mg 1 sachet le midi + Ramipril 5 mg 1 cp le soir")
    assert [p.when for p in (*one.posologies, *other.posologies)] == [(Moment.NOON,), (Moment.EVENING,)]
    assert "unread" not in (*one.doubts, *other.doubts)


@pytest.mark.parametrize(
    "text", ["Tramadol LP 100 mg 1 cp x2/j ou Ixprim 1 cp x3/j", "Ramipril 5 mg avec Kardégic 1 cp/j"]
)
def test_what_no_word_parts_stays_one_item_that_is_asked(text: str) -> None:
    (item,) = items(text)
    assert "unread" in item.doubts


def test_a_doubtful_digit_of_one_item_is_no_doubt_of_the_other() -> None:
    text = "Ramipril 5 mg 1 cp le soir, Doliprane 1 g 1 cp le midi"
    line = read(text, 0.8, text.replace("g 1 cp le midi", "g 7 cp le midi"))
    sure, asked = understand(
        Transcript((line,)), layout=None, index=SmallIndex(), doctors=(), window=None
    ).items
    assert "ambiguous" not in sure.doubts and "ambiguous" in asked.doubts


def test_a_stroke_before_a_unit_leaves_the_strength_and_asks_for_the_dose() -> None:
    (item,) = items("Ramipril 5 / comprimé le soir")
    assert item.strength == "5 mg" and item.posologies[0].dose is None
