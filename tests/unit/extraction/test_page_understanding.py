"""A page's lines: dates, prescriber, identity, items, notes and kind."""

import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.grade import Grade
from pipeline.domain.identity import Doctor
from pipeline.domain.meaning import Action, Assertion, MentionKind, TimeUnit, Understanding
from pipeline.domain.paper import Layout, Line, PageKind, Stroke
from pipeline.domain.writing import Reading, ReadLine, Transcript
from pipeline.extraction.dates import parse_date
from pipeline.extraction.identity import traits_of_text
from pipeline.extraction.prescriber import prescriber_of
from pipeline.extraction.understand import understand

sys.path.insert(0, str(Path(__file__).parent))
from names import SmallIndex

WINDOW = (date(2025, 11, 10), date(2025, 11, 14))
DOCTORS = [
    Doctor("Dr Claire FONTANEL", "10990000017"),
    Doctor("Dr Paul FONTANEL", "10990000025"),
    Doctor("Dr Agathe RUISSEAU", "10990000033"),
]


def transcript(*texts: str, printed: tuple[int, ...] = ()) -> Transcript:
    lines = []
    for order, text in enumerate(texts):
        quad = Quad.of_box(Box(100, 100 + 80 * order, 1100, 160 + 80 * order))
        stroke = Stroke.PRINT if order in printed else Stroke.HAND
        places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
        lines.append(ReadLine(Line("p-1", order, quad, stroke), Reading(text, 1.0, "test", places)))
    return Transcript(tuple(lines))


def page(*texts: str, printed: tuple[int, ...] = (), layout: Layout | None = None) -> Understanding:
    return understand(
        transcript(*texts, printed=printed), layout=layout, index=SmallIndex(), doctors=DOCTORS, window=WINDOW
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/11/25", date(2025, 11, 12)),
        ("12/11/2025", date(2025, 11, 12)),
        ("le 12.11.25", date(2025, 11, 12)),
        ("12.11", date(2025, 11, 12)),
        ("12-11-2025", date(2025, 11, 12)),
        ("12 novembre 2025", date(2025, 11, 12)),
        ("le 12 nov.", date(2025, 11, 12)),
        ("12 novenbre 2025", date(2025, 11, 12)),
        ("mercredi 12", date(2025, 11, 12)),
        ("jeudi 12", None),
        ("31/02/25", None),
        ("12/13/25", None),
        ("l2/11/25", None),
        ("12/11/25 ou 13/11/25", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    assert parse_date(text, window=WINDOW) == expected


def test_a_date_without_year_needs_the_window() -> None:
    assert parse_date("12.11") is None
    assert parse_date("31.12", window=(date(2025, 12, 30), date(2026, 1, 3))) == date(2025, 12, 31)
    assert parse_date("2.1", window=(date(2025, 12, 30), date(2026, 1, 3))) == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Dr A. Ruisseau"], "Dr Agathe RUISSEAU"),
        (["Docteur Ruissau"], "Dr Agathe RUISSEAU"),
        (["Dr C. Fontanel"], "Dr Claire FONTANEL"),
        (["Dr Fontanel"], "Dr Fontanel"),
        (["Cabinet médical", "RPPS 10 99 00 00 025"], "Dr Paul FONTANEL"),
        (["RPPS 10990000026"], None),
        (["Dr Inconnu"], "Dr Inconnu"),
        (["12/11/25", "Mme Petit"], None),
    ],
)
def test_prescriber(lines: list[str], expected: str | None) -> None:
    assert prescriber_of(lines, doctors=DOCTORS) == expected


def test_traits_of_a_full_line() -> None:
    traits = traits_of_text("Mme LE GOFF née Perrin Anne-Lise née le 10/04/62 tél 06 39 98 12 34")
    assert (traits.title, traits.sex) == ("Mme", "F")
    assert traits.names == ("LE", "GOFF", "Perrin", "Anne-Lise") or traits.names[:2] == ("GOFF", "Perrin")
    assert traits.birth_date == date(1962, 4, 10)
    assert traits.phone == "0639981234"


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Enft Petit Zoé 5 ans", "age", 5),
        ("Enfant Petit Zoé 18 mois", "age_months", 18),
        ("M. Petit (1945)", "birth_year", 1945),
        ("Mr Petit né le 3/5/1999", "birth_date", date(1999, 5, 3)),
        ("Petit Jean 07/01/12", "birth_date", date(2012, 1, 7)),
        ("Mlle Petit", "sex", "F"),
        ("Enfant Petit", "sex", None),
        ("Petit Jean 1 85 04 75 116 001 43", "ins", "185047511600143"),
        ("Petit Jean 1 85 04 75 116 001 42", "ins", None),
        ("Petit Jean 30/02/62", "birth_date", None),
    ],
)
def test_traits(text: str, field: str, value: object) -> None:
    assert getattr(traits_of_text(text), field) == value


def test_a_prescription() -> None:
    found = page(
        "Dr Ruisseau",
        "12.11",
        "Mr PETIT Jean",
        "71 ans",
        "1) Ramipril 5 mg 1 cp le matin",
        "2) Metformine 850",
        "1 cp matin et soir au cours",
        "des repas",
        "3) Doliprane 1 g 1 cp si douleur max 3/j",
        "4) Ibuprofène 400 1 cp x3/j 5j",
        "Arrêt Kardégic",
        "QSP 3 mois",
        "AR 1x",
        "TSVP",
    )
    assert found.kind is PageKind.PRESCRIPTION
    assert found.written_on == date(2025, 11, 12)
    assert found.prescriber == "Dr Agathe RUISSEAU"
    assert found.traits.names == ("PETIT", "Jean") and found.traits.age == 71
    assert [i.drug.drug.substance for i in found.items if i.drug] == [
        "ramipril", "metformine", "paracétamol", "ibuprofène", "acide acétylsalicylique",
    ]  # fmt: skip
    spans = [i.posologies[0].duration if i.posologies else None for i in found.items]
    assert [span and (span.value, span.unit) for span in spans] == [
        (3, TimeUnit.MONTH), (3, TimeUnit.MONTH), None, (5, TimeUnit.DAY), None,
    ]  # fmt: skip
    assert found.items[1].strength == "850 mg"
    assert found.items[1].posologies[0].instructions == ("pendant les repas",)
    assert [i.renewals for i in found.items] == [1, 1, 1, 1, None]
    assert found.items[4].action is Action.STOP
    assert len([piece for piece in found.items[1].evidence if piece.says is None]) == 3


def test_a_note() -> None:
    found = page(
        "13/11/25",
        "Mme PETIT Anne 54 ans",
        "Motif : lombalgie",
        "ATCD : HTA, asthme",
        "allergie : amoxicilline (éruption)",
        "TA 13/8 T 37,4 P : 64 kg sat 97%",
        "pas de fièvre",
        "mère sous Lévothyrox",
        "Ttt :",
        "Ibuprofène 400 mg 1 cp x3/j 5j",
        "Revoir ds 1 sem",
    )
    assert found.kind is PageKind.NOTE
    assert [i.drug_text for i in found.items] == ["Ibuprofène"]
    by_kind = {kind: [m for m in found.mentions if m.kind is kind] for kind in MentionKind}
    assert [(m.value, m.unit) for m in by_kind[MentionKind.VITAL]] == [
        ("130/80", "mmHg"), ("37.4", "°C"), ("64", "kg"), ("97", "%"),
    ]  # fmt: skip
    (allergy,) = by_kind[MentionKind.ALLERGY]
    assert (allergy.value, allergy.assertion) == ("amoxicilline", Assertion.AFFIRMED)
    assert {(m.value, m.assertion) for m in by_kind[MentionKind.PROBLEM]} == {
        ("lombalgie", Assertion.AFFIRMED),
        ("HTA", Assertion.PAST),
        ("asthme", Assertion.PAST),
        ("fièvre", Assertion.NEGATED),
    }
    (drug,) = by_kind[MentionKind.DRUG]
    assert drug.assertion is Assertion.OTHER_PERSON


def test_no_known_allergy_is_negated() -> None:
    found = page("Motif : toux", "pas d'allergie connue", "TA 12/7")
    assert [m.assertion for m in found.mentions if m.kind is MentionKind.ALLERGY] == [Assertion.NEGATED]


def test_free_text_of_a_note_is_no_drug() -> None:
    found = page(
        "Motif : fatigue", "ne supporte pas bien Ramipril", "TA 14/9", "pas de douleur", "abdomen souple"
    )
    assert found.items == ()
    assert [m.value for m in found.mentions if m.kind is MentionKind.DRUG] == ["ramipril"]


def test_a_marked_line_with_an_unknown_drug_still_reaches_a_person() -> None:
    found = page("12/11/25", "Mr PETIT Jean", "1) Zzorblax 20 mg 1 cp le soir", "2) Ramipril 5 mg 1 cp/j")
    assert [i.drug is None for i in found.items] == [True, False]
    assert "illegible" in found.items[0].doubts and found.items[0].confidence == 0.0


def test_other_papers_and_blank_sides() -> None:
    lab = page(
        "LABORATOIRE DE BIOLOGIE", "Résultats", "Hémoglobine 13,2 g/dl", "Potassium 4,1", printed=(0, 1, 2, 3)
    )
    assert lab.kind is PageKind.OTHER and lab.items == ()
    assert page().kind is PageKind.BLANK
    blank = Layout(0, 0.0, True, False, (), (), b"")
    assert page("trace", layout=blank).kind is PageKind.BLANK


def test_a_birth_date_is_never_the_day_of_writing() -> None:
    assert page("Mr PETIT Jean né le 10/04/1962", "Ramipril 5 mg 1 cp/j").written_on is None


def test_every_mention_and_item_points_at_its_ink() -> None:
    found = page("Motif : toux", "TA 13/8", "pas de fièvre", "Ttt :", "Ramipril 5 mg 1 cp/j")
    assert all(thing.evidence for thing in (*found.items, *found.mentions))
    assert found.items[0].posologies[0].dose == Decimal(1)


def test_a_value_from_the_foot_points_at_the_foot() -> None:
    found = page(
        "Ramipril 5 mg 1 cp le matin",
        "Doliprane 1 g 1 cp si douleur max 3/j",
        "Ibuprofène 400 1 cp x3/j 5j",
        "Arrêt Kardégic",
        "QSP 3 mois",
        "AR 1x",
    )
    foot = [
        {piece.says: (piece.line_order, piece.text) for piece in i.evidence if piece.says}
        for i in found.items
    ]
    duration, renewals = (4, "QSP 3 mois"), (5, "AR 1x")
    assert foot == [
        {"duration": duration, "renewals": renewals},
        {"renewals": renewals},
        {"renewals": renewals},
        {},
    ]
    assert [i.evidence[0].line_order for i in found.items] == [0, 1, 2, 3]


def test_the_day_and_the_prescriber_point_at_their_ink() -> None:
    found = page("Dr Ruisseau", "12.11", "Mr PETIT Jean", "Ramipril 5 mg 1 cp/j")
    assert [piece.text for piece in found.written_on_ink] == ["12.11"]
    assert [piece.text for piece in found.prescriber_ink] == ["Dr Ruisseau"]
    assert [piece.text for piece in found.traits.evidence] == ["Mr PETIT Jean"]
    silent = page("Ramipril 5 mg 1 cp/j")
    assert silent.written_on_ink == () and silent.prescriber_ink == ()


@pytest.mark.parametrize(
    ("grade", "doubted"), [(Grade.ILLEGIBLE, True), (Grade.TO_CHECK, False), (None, False)]
)
def test_an_item_on_an_illegible_line_is_in_doubt(grade: Grade | None, doubted: bool) -> None:
    read = transcript("Doliprane 1 g 1 cp x 3/j pdt 5 j")
    (line,) = read.lines
    graded = Transcript((replace(line, reading=replace(line.reading, grade=grade)),))
    found = understand(graded, layout=None, index=SmallIndex(), doctors=DOCTORS, window=WINDOW)
    (item,) = found.items
    assert ("illegible" in item.doubts) is doubted


@pytest.mark.parametrize("date_line", ["12/11/25", "1211", "11111111111"])
def test_a_name_without_a_title_is_found_under_a_long_letterhead(date_line: str) -> None:
    head = (
        "Dr Agathe RUISSEAU",
        "Médecine générale",
        "RPPS : 10990000033",
        "Maison de santé",
        "4 place de l'Église",
        "35999 Plouvennec",
        "Tél. 02 61 91 40 00",
    )
    texts = (*head, date_line, "GARANDEL Jean-Marc 58 ans", "Ramipril 5 mg 1 cp le matin")
    read = transcript(*texts, printed=tuple(range(len(head))))
    found = understand(read, layout=None, index=SmallIndex(), doctors=DOCTORS, window=WINDOW)
    assert (found.traits.names, found.traits.age) == (("GARANDEL", "Jean-Marc"), 58)
    assert len(found.items) == 1


@pytest.mark.parametrize(
    ("text", "names", "sex"),
    [
        ("Mme Garandel Huguette 91 ans", ("Garandel", "Huguette"), "F"),
        ("Mne Garandel Huguette 91 ars", ("Garandel", "Huguette"), None),
        ("Madane Garandel Huguette", ("Garandel", "Huguette"), None),
        ("Mag 2 1 cp", ("Mag",), None),
    ],
)
def test_a_title_with_a_letter_misread_is_a_title_but_tells_no_sex(
    text: str, names: tuple[str, ...], sex: str | None
) -> None:
    traits = traits_of_text(text)
    assert (traits.names, traits.sex) == (names, sex)
    assert traits.age == (91 if "91" in text else None)


@pytest.mark.parametrize("marker", ["2)", "27", "2,", "2 "])
def test_a_list_marker_that_reads_badly_still_begins_an_item(marker: str) -> None:
    found = page("1) Ramipril 5 mg 1 cp/j", f"{marker} Metformine 850 mg 1 cp le soir")
    assert [item.drug_text for item in found.items] == ["Ramipril", "Metformine"]
    assert [item.strength for item in found.items] == ["5 mg", "850 mg"]


def test_a_number_before_words_of_posology_goes_on_with_the_item() -> None:
    (item,) = page("Ramipril 5 mg", "1 comprimé le soir").items
    assert item.posologies[0].dose == 1


def test_a_zero_inside_a_name_is_the_letter() -> None:
    found = traits_of_text("M. RI0U né le 15/02/1998")
    assert (found.names, found.birth_date) == (("RIOU",), date(1998, 2, 15))


@pytest.mark.parametrize("line", ["Cet ans", "2K/04/57", "73 411s"])
def test_an_age_or_date_behind_the_name_that_reads_badly_keeps_its_ink_and_says_nothing(line: str) -> None:
    traits = page("Mr GARNIER Jérôme", line, "Ramipril 5 mg 1 cp/j").traits
    assert traits.names == ("GARNIER", "Jérôme")
    assert (traits.age, traits.birth_date, traits.birth_year) == (None, None, None)
    assert [piece.line_order for piece in traits.evidence] == [0, 1]


@pytest.mark.parametrize("line", ["Ramipril 5", "12 kg", "TA 12/8", "Cs : zona"])
def test_other_lines_behind_the_name_are_no_age(line: str) -> None:
    assert len(page("Mr GARNIER Jérôme", line).traits.evidence) == 1


def test_a_printed_result_names_its_patient() -> None:
    lines = ("LABORATOIRE DU VIADUC", "Patient : DESCHANELLE Paul né le 09/01/1944", "Sodium 139 mmol/l")
    traits = page(*lines, printed=(0, 1, 2)).traits
    assert (traits.names, traits.birth_date) == (("DESCHANELLE", "Paul"), date(1944, 1, 9))


@pytest.mark.parametrize("line", ["KCl 600 mg 2-2-2", "Fer 80 mg 1 cp/j"])
def test_a_short_name_that_nobody_knows_still_reaches_a_person(line: str) -> None:
    found = page("1) Ramipril 5 mg 1 cp/j", line).items
    assert [item.text for item in found] == ["1) Ramipril 5 mg 1 cp/j", line]
    assert found[1].doubts


def test_a_second_drug_on_a_line_makes_its_item_doubtful() -> None:
    (item,) = page("Tramadol LP 100 mg 1 cp x2/j ou Ixprim 1 cp x3/j").items
    assert "unread" in item.doubts
