"""Two items on one line, actions behind the name, lost blanks, steps, and the doubts that must be raised."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.extraction.parse import parse_text

sys.path.insert(0, str(Path(__file__).parent))
from names import SmallIndex

INDEX = SmallIndex()
STOP, START, CHANGE, CONTINUE = Action.STOP, Action.START, Action.CHANGE, Action.CONTINUE


def items(text: str) -> tuple[PrescriptionLine, ...]:
    return parse_text(text, index=INDEX)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Stop Ramipril, début Bisoprolol 5 mg 1 cp/j", [("ramipril", STOP), ("bisoprolol", START)]),
        ("Arrêt Ramipril, remplacé par Bisoprolol 5 1 cp/j", [("ramipril", STOP), ("bisoprolol", START)]),
        ("Remplacer Ramipril 5 par Bisoprolol 5 1 cp/j", [("ramipril", STOP), ("bisoprolol", START)]),
        ("Ramipril 5 → Bisoprolol 5 1 cp/j", [("ramipril", STOP), ("bisoprolol", START)]),
        ("Tramadol LP 100 1 cp/j puis relais Ramipril 5 1 cp/j", [("tramadol", None), ("ramipril", START)]),
        ("Stop Ramipril, Bisoprolol", [("ramipril", STOP), ("bisoprolol", STOP)]),
        ("Ramipril 5 mg 1 cp/j + Bisoprolol 5 mg 1 cp/j", [("ramipril", None), ("bisoprolol", None)]),
        ("Ramipril 5 1 cp/j 8 j puis Bisoprolol 5 1 cp/j", [("ramipril", None), ("bisoprolol", None)]),
        ("Ramipril 5 : stop", [("ramipril", STOP)]),
        ("Furosémide 40 à arrêter", [("furosémide", STOP)]),
        ("Ramipril ↑ 10 mg 1 cp/j", [("ramipril", CHANGE)]),
        ("Ramipril 5 mg 1 cp/j, à poursuivre", [("ramipril", CONTINUE)]),
        ("Reprendre Ramipril 5 1 cp/j", [("ramipril", START)]),
        ("ALD : Ramipril 5 1 cp/j", [("ramipril", None)]),
        ("Doliprane 1 g 1 cp si douleur, 3 j", [("paracétamol", None)]),
    ],
)  # fmt: skip
def test_every_item_of_a_line_and_what_is_done_with_it(
    text: str, said: list[tuple[str, Action | None]]
) -> None:
    found = [(one.drug.drug.substance if one.drug else None, one.action) for one in items(text)]
    assert found == said


@pytest.mark.parametrize(
    ("text", "strength", "dose", "frequency"),
    [
        ("metformine1000 1cpx2/j", "1000 mg", 1, 2),
        ("Ramipril5mg 1cp/jsi besoin", "5 mg", 1, 1),
        ("Doliprane 1000 1 cp x 3 / j", "1000 mg", 1, 3),
        ("Doliprane 1 gramme 3 x 1 cp/j", "1 g", 1, 3),
        ("Furosémide 40 2 cp/j en 2 prises", "40 mg", 1, 2),
        ("Ramipril 2,5 augmenté à 5 mg 1 cp/j", "5 mg", 1, 1),
        ("Passer Ramipril 5 de 1 à 2 cp/j", "5 mg", 2, 1),
        ("Ramipril 5mg -> 1 cp par jour", "5 mg", 1, 1),
        ("Paracétamol 2 cp de 500 mg 3x/j", "500 mg", 2, 3),
    ],
)
def test_what_a_pharmacist_reads(text: str, strength: str, dose: int, frequency: int) -> None:
    (item,) = items(text)
    (posology,) = item.posologies
    assert (item.strength, posology.dose, posology.frequency) == (strength, dose, frequency)


def test_a_range_of_units_is_no_step_and_a_step_of_units_is_a_dose() -> None:
    (ranged,) = items("Insuline glargine 4 à 8 UI le soir")
    assert (ranged.action, ranged.posologies[0].dose, ranged.posologies[0].dose_high) == (None, 4, 8)
    (stepped,) = items("Passer Insuline glargine de 18 à 20 UI le soir")
    assert (stepped.action, stepped.strength, stepped.posologies[0].dose) == (CHANGE, None, Decimal(20))


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Ramipril 50 mg 1 cp/j", "not-sold"),
        ("Ramipril 5 mg 1 cp qd", "ambiguous"),
        ("Ramipril 5 mg 1 cp od", "ambiguous"),
        ("Ramipril ,5 mg 1 cp/j", "dangerous-notation"),
        ("Lévothyrox 75 mcg 1 cp/j", "dangerous-notation"),
        ("Laroxyl 25 mg 1 cp le soir, augmenter de 1 cp tous les 3 jours", "ambiguous"),
        ("Stop Ramipril 1 cp/j pendant 3 jours", "unread"),
    ],
)
def test_what_must_be_asked_is_asked(text: str, doubt: str) -> None:
    assert doubt in items(text)[0].doubts


@pytest.mark.parametrize(
    "text", ["Lévothyrox 75 µg 1 cp/j", "Ramipril 5 mg cp sécable 1 cp/j", "Ibuprofène 400 1 cp/j"]
)
def test_what_nobody_can_mistake_is_not_asked(text: str) -> None:
    assert items(text)[0].doubts == ()


def test_an_arrow_behind_a_duration_begins_the_next_phase() -> None:
    (item,) = items("Laroxyl 10 gttes le soir x 7 j => 15 gttes le soir")
    assert item.action is None
    assert [(p.sequence, p.dose, p.duration is not None) for p in item.posologies] == [
        (1, 10, True),
        (2, 15, False),
    ]


def test_a_titration_is_no_second_dose() -> None:
    (item,) = items("Laroxyl 25 mg 1 cp le soir, augmenter de 1 cp tous les 3 jours")
    (posology,) = item.posologies
    assert posology.instructions == ("augmenter de 1 cp tous les 3 jours",)


def test_a_drug_that_nobody_knows_is_kept_without_a_guess() -> None:
    (item,) = items("Zorblaxine 60 mg 1 cp/j")
    assert (item.drug, item.drug_text, item.strength) == (None, "Zorblaxine", "60 mg")
    assert "illegible" in item.doubts
