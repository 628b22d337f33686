"""Lines as other hands and practice software write them: order, forms, devices, days first, real words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.domain.meaning import Action, Moment
from pipeline.extraction.combinations import names_first
from pipeline.extraction.devices import without_devices
from pipeline.extraction.dose_first import name_first
from pipeline.extraction.parse import parse_text
from pipeline.extraction.posology import parse_sig
from pipeline.matching.formulary import Formulary

INDEX = Formulary.builtin()


def items(text: str):
    return parse_text(text, index=INDEX)[0]


def item(text: str):
    (only,) = items(text)
    return only


def doses(text: str) -> list[tuple[Decimal | None, str | None]]:
    return [(p.dose, p.dose_unit) for p in item(text).posologies]


@pytest.mark.parametrize("dose", [".5 cp le soir", ",5 cp le soir"])
def test_a_naked_decimal_is_never_ten_times_as_much(dose: str) -> None:
    found = item(f"Rivotril 0,5 mg {dose}")
    assert [p.dose for p in found.posologies] == [Decimal("0.5")]
    assert "dangerous-notation" in found.doubts


@pytest.mark.parametrize(
    "text",
    [
        "Econazole crème sur les mains 2 fois par jour",
        "Dermoval 2 fois par jour après la douche",
        "Diprosone sur le corps 2 fois par jour",
        "Fungizone 2 fois par jour dans la bouche",
    ],
)
def test_a_real_word_is_no_time_of_day(text: str) -> None:
    (posology,) = item(text).posologies
    assert posology.when == () and posology.dose_unit is None
    assert "unread" in item(text).doubts


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("Clarithromycine 500 - 1 cp matin et soir", "500 mg"),
        ("Fentanyl 12 patch 1 tous les 3 jours", "12 µg/h"),
        ("Amoxicilline 250 sirop 1 cuillère-mesure x3/j", "250"),
        ("METFORMINE MYLAN 850MG CPR : 1 MATIN, 1 SOIR", "850 MG"),
        ("Bisoce 1,25 1/2 cp le matin", "1,25"),
        ("Zithromax 250 J1 2 cp, J2 à J5 1 cp", "250 mg"),
    ],
)
def test_a_strength_before_a_form_a_dash_or_a_day(text: str, strength: str) -> None:
    assert (item(text).strength or "").startswith(strength)


def test_a_range_of_tablets_is_no_strength() -> None:
    found = item("Lasilix 1 - 2 cp le matin")
    assert found.strength is None
    assert (found.posologies[0].dose, found.posologies[0].dose_high) == (1, 2)


def test_days_before_their_doses_are_phases() -> None:
    found = item("Zithromax 250 J1 2 cp, J2 à J5 1 cp")
    told = [(p.sequence, p.dose, p.duration and p.duration.value) for p in found.posologies]
    assert told == [(1, 2, 1), (2, 1, 4)]


def test_a_rate_behind_a_comma_is_the_next_step() -> None:
    found = item("Maxidrol 1 goutte 6x/j 1 sem, 4x/j 1 sem, 2x/j 1 sem")
    assert [(p.sequence, p.frequency) for p in found.posologies] == [(1, 6), (2, 4), (3, 2)]


def test_times_without_a_period_ask_and_stay_open_at_the_end() -> None:
    sig = parse_sig("2 cp x3 6 j")
    assert (sig.posologies[0].frequency, sig.posologies[0].duration.value) == (3, 6)
    assert "ambiguous" in sig.doubts
    assert parse_sig("2 cp x3").posologies[0].frequency is None
    assert parse_sig("2 cp x30 6 j").posologies[0].frequency is None


def test_what_is_added_as_needed_leaves_the_rest_as_it_is() -> None:
    fixed, added = item("Tercian 25 mg 1 cp x 3/j + 1 si agitation").posologies
    assert (fixed.frequency, fixed.as_needed) == (3, False)
    assert (added.dose, added.as_needed, added.as_needed_for) == (1, True, "agitation")


def test_three_meals_are_three_times_unless_times_are_written() -> None:
    assert item("Primpéran 10 1 cp avant les 3 repas").posologies[0].frequency == 3
    assert item("Metformine 500 1 cp matin et soir aux 3 repas").posologies[0].frequency == 2
    assert item("Primpéran 10 1 cp avant les repas").posologies[0].frequency is None


def test_the_evening_is_said_once() -> None:
    (posology,) = item("Differine 0,1% 1 application le soir 1 soir sur 2").posologies
    assert posology.when == (Moment.EVENING,)


@pytest.mark.parametrize(
    "text", ["Forxiga 10 mg 1 cp le matin, débuter ce jour", "Forxiga 10 mg 1 cp le matin, à introduire"]
)
def test_what_begins_is_said_at_the_end_too(text: str) -> None:
    assert item(text).action is Action.START


def test_a_suspension_to_inhale_is_not_stopped() -> None:
    text = "VENTOLINE 100 µg/dose, suspension pour inhalation en flacon pressurisé : 2 bouffées si crise"
    assert item(text).action is None
    assert doses(text) == [(2, "bouffée")]
    assert item("Metformine : suspension").action is Action.STOP


def test_the_dose_may_stand_before_the_name() -> None:
    assert name_first("2 bouffées de Ventoline matin et soir", INDEX) == "Ventoline 2 bouffées matin et soir"
    assert name_first("2 jours de Ventoline", INDEX) == "2 jours de Ventoline"
    assert item("Prendre 1 comprimé de Doliprane 1 g si douleur").strength == "1 g"


def test_a_combination_part_by_part_is_one_drug() -> None:
    text = "PERINDOPRIL ARGININE 5MG/INDAPAMIDE 1,25MG, 1 comprimé le matin"
    assert item(text).drug.drug.substance == "périndopril/indapamide"
    assert item(text).strength == "5 MG/1,25 MG"
    assert item(text).text == text
    two = "Paracétamol 1 g/Zopiclone 7,5 mg 1 cp"
    assert names_first(two, INDEX) == two


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Aiguilles 5 mm 1 boite + Lantus 18 UI soir", "Lantus 18 UI soir"),
        ("Bas de contention classe II ; Daflon 500 2 cp/j", "Daflon 500 2 cp/j"),
        ("Metformine 500 1 cp x 3/j + bandelettes 1/j + lancettes", "Metformine 500 1 cp x 3/j"),
        ("Bandelettes 1 boîte", ""),
        ("Lovenox 4000 UI seringue 1/j", "Lovenox 4000 UI seringue 1/j"),
    ],
)
def test_devices_are_no_drugs(text: str, left: str) -> None:
    assert without_devices(text).strip() == left


def test_a_name_may_end_with_a_number_but_a_dose_is_none() -> None:
    assert doses("Mag 2 : 1 amp matin") == [(1, "ampoule")]
    assert doses("Mag 2 2 amp/j") == [(2, "ampoule")]


@pytest.mark.parametrize(
    ("text", "count"),
    [("AR une fois", 1), ("à renouveler deux fois", 2), ("A/R 3 fois", 3), ("2 renouvellements", 2)],
)
def test_renewals_in_words(text: str, count: int) -> None:
    assert item(f"Crestor 10 1 cp/j {text}").renewals == count


def test_two_ways_are_a_question() -> None:
    assert "ambiguous" in item("Rocéphine 1 g IM ou SC 1/j 7 j").doubts


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Eliquis en relais du Previscan 5 mg 1 cp x2/j", ["apixaban start", "fluindione stop"]),
        ("En remplacement du Plavix : Brilique 90 1 cp x2/j", ["clopidogrel stop", "ticagrélor start"]),
        ("Arrêt Seroplex 10 puis Zoloft 50 1 gél le matin", ["escitalopram stop", "sertraline start"]),
        ("Arrêt Amlor 5 et Tahor 20", ["amlodipine stop", "atorvastatine stop"]),
        ("Switch Seroplex vers Effexor LP 37,5 1 gél/j", ["escitalopram stop", "venlafaxine LP start"]),
    ],
)
def test_one_drug_for_another(text: str, taken: list[str]) -> None:
    assert [f"{i.drug.drug.substance} {i.action.value}" for i in items(text)] == taken


@pytest.mark.parametrize(
    "text", ["Previscan 1/2 cp un jour, 3/4 cp le lendemain", "Valium 5 mg 1 cp 3x/j dégressif sur 10 j"]
)
def test_a_dose_that_turns_or_falls_is_asked(text: str) -> None:
    assert "unread" in item(text).doubts


def test_how_often_is_never_how_many() -> None:
    (posology,) = item("Doliprane 1 g x3 si douleur").posologies
    assert (posology.dose, posology.frequency, posology.as_needed_for) == (None, 3, "douleur")
    assert "ambiguous" in item("Doliprane 1 g x3 si douleur").doubts


def test_a_sold_number_before_times_is_the_strength() -> None:
    assert item("Oroken 200 x 2/j 8 j").strength == "200 mg"
    assert "ambiguous" in item("Xanax 0,25 x 3/j").doubts
    assert item("Lantus 20 x 2/j").strength is None


def test_part_of_a_tablet_needs_no_unit_and_no_morning_dose_is_no_note() -> None:
    assert doses("Deroxat 1/2 8 j puis 1") == [(Decimal("0.5"), "comprimé"), (1, "comprimé")]
    assert [p.when for p in item("Seropram 20 : 0-0-1").posologies] == [(Moment.EVENING,)]


@pytest.mark.parametrize(
    ("text", "when", "reason"),
    [
        ("Le matin : Levothyrox 75 1 cp à jeun", (Moment.MORNING,), None),
        ("Si fièvre : Doliprane 1 g 1 cp toutes les 6 h", (), "fièvre"),
        ("HTA : Amlodipine 5 mg 1 cp/j", (), None),
    ],
)
def test_what_stands_before_the_name_is_read(text: str, when: tuple[Moment, ...], reason: str | None) -> None:
    (posology,) = item(text).posologies
    assert (posology.dose, posology.when, posology.as_needed_for) == (1, when, reason)
    assert item(text).text == text


def test_an_allergy_before_a_colon_prescribes_nothing() -> None:
    assert items("Allergie : amoxicilline 1 g 1 cp") == ()


@pytest.mark.parametrize(
    ("text", "substance"),
    [
        ("Amoxicilline + acide clavulanique 1 g 1 cp x3/j", "amoxicilline/acide clavulanique"),
        ("Irbesartan/HCT 300/12.5 1 le matin", "irbésartan/hydrochlorothiazide"),
    ],
)
def test_a_second_part_written_short_is_one_drug(text: str, substance: str) -> None:
    assert item(text).drug.drug.substance == substance


def test_items_without_a_sign_between_them_are_parted_where_each_is_whole() -> None:
    drugs = [i.drug_text for i in items("Kardegic 75 1 sachet/j Crestor 10 1 cp/j Bisoprolol 2,5 1 cp/j")]
    assert drugs == ["Kardegic", "Crestor", "Bisoprolol"]


def test_hours_after_which_a_dose_is_repeated_are_no_renewals() -> None:
    assert item("Imigrane 50 mg 1 cp à renouveler 2 h après si besoin, max 2/j").renewals is None


def test_a_gain_of_weight_is_a_reason_and_other_days_have_their_own_dose() -> None:
    fixed, more = item("Lasilix 40 1 cp le matin, 2 cp si prise de poids > 2 kg").posologies
    assert (more.dose, more.as_needed_for, fixed.as_needed) == (2, "prise de poids > 2 kg", False)
    week, end = item("Levothyrox 100 µg du lundi au vendredi et 125 µg samedi et dimanche").posologies
    assert (week.dose, week.weekdays, end.dose, end.weekdays) == (None, (0, 1, 2, 3, 4), 125, (5, 6))
