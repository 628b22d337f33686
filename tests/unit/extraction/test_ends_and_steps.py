"""What ends a treatment, what only changes it step by step, and where a drug goes by its own form."""

import pytest

from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.extraction.lexer import terms_of
from pipeline.extraction.parse import parse_text
from pipeline.matching.formulary import Formulary

INDEX = Formulary.builtin()


def item(text: str) -> PrescriptionLine:
    (only,) = parse_text(text, index=INDEX)[0]
    return only


@pytest.mark.parametrize(
    "text",
    [
        "Tahor 10 mg STOP",
        "Tahor 10 mg 1 cp le soir stop",
        "Tahor 10 mg 1 cp/j à arrêter",
        "Tahor 10 1 cp/j : arrêté.",
    ],
)
def test_a_stop_at_the_end_stops_the_drug(text: str) -> None:
    found = item(text)
    assert found.action is Action.STOP and found.posologies == ()


@pytest.mark.parametrize(
    "text",
    [
        "Cortancyl 20 mg 2 cp/j 5 j puis stop",
        "Amoxicilline 1 g 1 cp x3/j 7 j stop",
        "Imovane 7,5 1 cp au coucher ne pas arrêter",
        "Deroxat 20 mg 1 cp/j jusqu'à arrêt",
        "Deroxat 20 mg 1 cp/j à arrêter si nausées",
    ],
)
def test_the_end_of_a_course_stops_no_treatment(text: str) -> None:
    assert item(text).action is not Action.STOP


def test_what_is_taken_is_asked_where_the_paper_also_stops_it() -> None:
    assert "unread" in item("Tahor 10 mg 1 cp le soir stop").doubts


@pytest.mark.parametrize(
    "text", ["Abasaglar : augmenter de 2 UI tous les 3 jours", "Cortancyl diminuer de 5 mg par semaine"]
)
def test_steps_are_no_dose(text: str) -> None:
    found = item(text)
    assert found.action is Action.CHANGE and "ambiguous" in found.doubts
    assert all(posology.dose is None for posology in found.posologies)


def test_the_dose_behind_a_change_is_still_read() -> None:
    (posology,) = item("Lantus augmenter de 20 à 22 UI le soir").posologies
    assert posology.dose == 22


def test_a_capsule_to_inhale_is_not_swallowed() -> None:
    assert [p.route for p in item("Spiriva 18 µg 1 gél/j").posologies] == ["inhalée"]
    assert [p.route for p in item("Ciloxan gouttes auriculaires 4 gttes x2/j").posologies] == ["auriculaire"]


def test_a_dose_to_repeat_is_no_renewal() -> None:
    found = item("Imigrane 50 mg 1 cp à renouveler 1 fois après 2 h")
    assert found.renewals is None and "unread" in found.doubts
    assert item("Tahor 10 mg 1 cp/j à renouveler 2 fois").renewals == 2


def test_a_meal_and_bedtime_are_not_once_a_day() -> None:
    assert "ambiguous" in item("Gaviscon 1 sachet après chaque repas et au coucher").doubts


def test_a_number_and_a_unit_on_two_lines_are_asked() -> None:
    assert "ambiguous" in item("Ramipril 5 / comprimé le matin").doubts
    assert "ambiguous" not in item("Ramipril 5 / 1 comprimé le matin").doubts


def test_the_name_of_a_form_is_no_second_drug() -> None:
    assert item("Rifamycine collyre 1 goutte 4 fois par jour dans l'œil droit 7 j").doubts == ()


def test_the_strength_that_is_replaced_is_not_taken() -> None:
    (posology,) = item("Triatec 10 mg 1 cp le soir (à la place du 5 mg)").posologies
    assert posology.dose == 1 and posology.dose_unit == "comprimé"


def test_a_gel_that_is_applied_is_no_capsule() -> None:
    found = item("Flector gel 3 appl/j 8 jours")
    assert found.form == "gel" and [p.route for p in found.posologies] == ["cutanée"]


def test_a_part_of_the_dose_is_asked_about() -> None:
    assert "unread" in item("Bisoprolol 5 mg 1 cp/j dont 1/2 le soir").doubts


def test_a_weight_a_week_is_a_dose() -> None:
    found = item("Méthotrexate 15 mg/sem le lundi")
    assert found.strength is None and found.posologies[0].dose == 15


def test_the_form_s_own_words_say_its_route() -> None:
    assert [p.route for p in item("Biseptine 2x/j").posologies] == ["cutanée"]
    assert [p.route for p in item("Vitamine A dulcis pommade ophtalmique au coucher").posologies] == [
        "ophtalmique"
    ]


def test_a_name_that_only_edsnlp_has_takes_our_table_s_substance() -> None:
    found = item("Perfalgan 1 g IV toutes les 6 h")
    assert found.drug is not None and found.drug.drug.substance == "paracétamol"


@pytest.mark.parametrize(
    "text", ["Amoxicilline (Clamoxyl) 1 g 1 cp x 2/j", "CLAMOXYL (amoxicilline) 1 g 1 cp x 2/j"]
)
def test_a_name_may_be_written_twice(text: str) -> None:
    found = item(text)
    assert found.strength == "1 g" and len(found.posologies) == 1 and found.doubts == ()


def test_another_drug_in_brackets_is_no_second_name() -> None:
    assert "unread" in item("Amoxicilline (Augmentin) 1 g 1 cp x 2/j").doubts


@pytest.mark.parametrize(
    "text",
    ["Coversyl 5 mg : 1 cp/j => passer à 10 mg/j", "Symbicort 400/12 1 bouffée matin et soir + à la demande"],
)
def test_a_change_or_an_addition_within_the_posology_is_asked_about(text: str) -> None:
    assert {"unread", "ambiguous"} & set(item(text).doubts)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Relais Previscan 20 mg 3/4 cp le soir", Action.START),
        ("Doubler la dose de Lasilix : 2 cp le matin", Action.CHANGE),
    ],
)
def test_a_relay_starts_and_a_doubling_changes(text: str, action: Action) -> None:
    assert item(text).action is action


def test_what_must_not_be_renewed_says_so() -> None:
    assert item("Zolpidem 10 mg 1/2 cp au coucher 14 jours non renouvelable").renewals == 0


def test_so_many_of_a_gel_are_no_capsules() -> None:
    assert "ambiguous" in item("Curaspot 5 gel le soir").doubts


@pytest.mark.parametrize(
    ("text", "values"), [("1 amp2/ 3 mois", ["2", "3"]), ("2/3", ["0.6667"]), ("2 / 3", ["0.6667"])]
)
def test_a_stroke_at_a_line_s_end_makes_no_fraction_with_the_next_line(text: str, values: list[str]) -> None:
    assert [term.value for term in terms_of(text) if term.kind == "number"][-len(values) :] == values


def test_what_a_drug_is_for_may_stand_before_it() -> None:
    first, second = parse_text(
        "Helicobacter : Pylera 3 gél x4/j + oméprazole 20 1 gél matin et soir 10 j", index=INDEX
    )[0]
    assert first.drug_text == "Pylera" and second.drug is not None
    assert second.drug.drug.substance == "oméprazole"


def test_what_forbids_a_drug_does_not_prescribe_it() -> None:
    assert all(found.drug_text != "Mopral" for found in parse_text("À éviter : Mopral 20 mg", index=INDEX)[0])


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("Exforge 5/160 1 cp/j", "5 mg/160 mg"),
        ("Ixprim 37,5/325 1 cp x 3/j", "37,5 mg/325 mg"),
        ("Coaprovel 300/12,5 1 cp le matin", "300 mg/12,5 mg"),
    ],
)
def test_the_parts_of_a_combination_may_stand_in_either_order(text: str, strength: str) -> None:
    found = item(text)
    assert found.strength == strength and found.doubts == ()
