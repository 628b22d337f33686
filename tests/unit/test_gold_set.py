"""The gold set is well-formed, and its comparer notices what is wrong and what is said without the paper."""

import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "accuracy"))

from gold_set import GoldItem, GoldMention, GoldNote, dosage, read_items, read_notes
from measure_gold import compare, note_faults

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.meaning import (
    Action,
    Assertion,
    Mention,
    MentionKind,
    Moment,
    Posology,
    PrescriptionLine,
    TimeUnit,
)

GOLD = GoldItem("paracétamol", "1 g", dosage("1 comprimé; 3/j"), None, None, False, frozenset(), frozenset())
TAKING = Posology("1 cp x 3/j", 1, Decimal(1), None, "comprimé", 3, None, Decimal(1), TimeUnit.DAY)
DRUG = DrugCandidate(Drug("Doliprane", "paracétamol"), 1.0, 1.0)
FOUND = PrescriptionLine("Doliprane 1 g 1 cp x 3/j", "Doliprane", DRUG, (), "1 g", "comprimé", (TAKING,))


def faults(gold, found):
    return {name: verdict for name, (verdict, _, _) in compare(gold, found).items() if verdict != "right"}


def test_every_row_is_of_the_language_and_none_stands_twice():
    texts = [text.text for text in read_items()]
    assert len(texts) >= 330
    assert len(set(texts)) == len(texts)
    assert all(
        item.substance or "substance" in item.left_open for text in read_items() for item in text.items
    )
    assert len({item.substance for text in read_items() for item in text.items}) >= 150
    assert len({note.text for note in read_notes()}) == len(read_notes()) >= 120


FIRST_HAND = [item for item in read_items() if item.theme not in ("other_hand", "third_hand")]


@pytest.mark.parametrize("rows", [FIRST_HAND, read_notes()])
def test_exactly_a_third_is_held(rows):
    assert 3 * sum(row.held for row in rows) == len(rows)


def test_of_another_hand_half_is_held():
    rows = [item for item in read_items() if item.theme == "other_hand"]
    assert len(rows) >= 200
    assert sum(row.held for row in rows) == len(rows) // 2


def test_of_the_third_hand_one_in_four_is_held():
    rows = [item for item in read_items() if item.theme == "third_hand"]
    assert len(rows) >= 320
    assert abs(4 * sum(row.held for row in rows) - len(rows)) <= 8


def test_every_theme_is_in_both_parts():
    themes = {text.theme for text in read_items()}
    for held in (True, False):
        assert themes == {text.theme for text in read_items() if text.held == held}


def test_an_unknown_word_is_refused():
    with pytest.raises(ValueError):
        dosage("1 comprimé; parfois")


def test_what_is_right_is_called_right():
    assert faults(GOLD, FOUND) == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"dose": Decimal(2)}, {"dose": "wrong"}),
        ({"frequency": 2}, {"frequency": "wrong"}),
        ({"period_unit": TimeUnit.HOUR}, {"frequency": "wrong"}),
        ({"dose_unit": None}, {"unit": "wrong"}),
        ({"count": 1}, {"count": "overfilled"}),
        ({"as_needed": True}, {"as_needed": "overfilled"}),
        ({"max_per_day": Decimal(4)}, {"max_per_day": "overfilled"}),
        ({"route": "orale"}, {}),
    ],
)
def test_a_wrong_or_overfilled_posology_is_noticed(change, expected):
    assert faults(GOLD, replace(FOUND, posologies=(replace(TAKING, **change),))) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"strength": "500 mg"}, {"strength": "wrong"}),
        ({"strength": "1000 mg"}, {}),
        ({"action": Action.STOP}, {"action": "overfilled"}),
        ({"renewals": 0}, {"renewals": "overfilled"}),
        ({"not_substitutable": True}, {"not_substitutable": "overfilled"}),
        ({"drug": None}, {"substance": "wrong"}),
    ],
)
def test_a_wrong_or_overfilled_item_is_noticed(change, expected):
    assert faults(GOLD, replace(FOUND, **change)) == expected


def test_what_is_left_open_is_not_compared():
    assert faults(replace(GOLD, left_open=frozenset({"strength"})), replace(FOUND, strength="5 mg")) == {}


def test_a_route_that_is_written_must_be_right_and_another_is_the_formularys():
    written = replace(GOLD, phases=dosage("1 comprimé; 3/j; voie sublinguale"))
    for route, expected in (("sublinguale", {}), ("orale", {"route": "wrong"}), (None, {"route": "wrong"})):
        found = replace(FOUND, posologies=(replace(TAKING, route=route),))
        assert faults(written, found) == expected
        assert faults(GOLD, found) == {}


def test_a_missing_question_is_noticed():
    gold = replace(GOLD, flags=frozenset({"ambiguous"}))
    assert faults(gold, FOUND) == {"flags": "wrong"}
    assert faults(gold, replace(FOUND, doubts=("ambiguous",))) == {}


def test_morning_and_evening_may_be_one_taking_or_two():
    gold = replace(GOLD, phases=dosage("1 comprimé; matin+soir"))
    one = replace(TAKING, frequency=2, when=(Moment.MORNING, Moment.EVENING))
    two = [replace(TAKING, frequency=1, when=(moment,)) for moment in one.when]
    assert faults(gold, replace(FOUND, posologies=(one,))) == {}
    assert faults(gold, replace(FOUND, posologies=tuple(two))) == {}
    assert "when" in faults(gold, replace(FOUND, posologies=(two[0],)))


def test_phases_stay_in_order():
    gold = replace(GOLD, phases=dosage("2 comprimé; 3/j > 1 comprimé; 3/j"))
    rising = (TAKING, replace(TAKING, sequence=2, dose=Decimal(2)))
    assert faults(gold, replace(FOUND, posologies=rising)) == {"dose": "wrong"}


def test_notes_notice_assertion_missing_and_invented_mentions():
    gold = GoldNote("", False, (GoldMention("drug", "paracétamol", "past"),), frozenset())
    said = Mention(MentionKind.DRUG, "Doliprane", assertion=Assertion.PAST, drug=DRUG.drug)
    assert note_faults(gold, (), (said,)) == []
    assert note_faults(gold, (), (replace(said, assertion=Assertion.AFFIRMED),))
    assert note_faults(gold, (), ())
    assert note_faults(gold, (), (said, Mention(MentionKind.PROBLEM, "asthme", "asthme")))


def test_notes_do_not_take_a_whole_sentence_or_another_drug_for_the_mention():
    fever = GoldNote("", False, (GoldMention("problem", "fièvre", "affirmed"),), frozenset())
    for name, right in (("fièvre", True), ("Fièvres", True), ("fièvre depuis hier soir, toux", False)):
        assert (note_faults(fever, (), (Mention(MentionKind.PROBLEM, name, name),)) == []) is right
    denied = Mention(MentionKind.PROBLEM, "fièvre", "fièvre", assertion=Assertion.NEGATED)
    both = (Mention(MentionKind.PROBLEM, "fièvre", "fièvre"), denied)
    assert note_faults(fever, (), both)
    allergy = GoldNote("", False, (GoldMention("allergy", "amoxicilline", "affirmed"),), frozenset())
    wider = Mention(MentionKind.ALLERGY, "allergie amoxicilline", "amoxicilline/acide clavulanique")
    assert note_faults(allergy, (), (wider,))
    assert note_faults(allergy, (), (replace(wider, value="Amoxicilline"),)) == []
    none = GoldNote("", False, (GoldMention("allergy", "", "negated"),), frozenset())
    no = Mention(MentionKind.ALLERGY, "pas d'allergie", assertion=Assertion.NEGATED)
    assert note_faults(none, (), (no,)) == []
    assert note_faults(none, (), (replace(no, value="iode"),))
