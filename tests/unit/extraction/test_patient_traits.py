"""Whose page it is, from any place on it: what is the patient's, what is not, and the ink of each trait."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.identity import CODE, Traits
from pipeline.domain.paper import Barcode, Layout, Line, Stroke
from pipeline.domain.writing import Reading, ReadLine, Transcript
from pipeline.extraction.understand import understand

sys.path.insert(0, str(Path(__file__).parent))
from names import SmallIndex

WINDOW = (date(2025, 11, 10), date(2025, 11, 14))
HEADER = "IS010000000000000000000000"
NIR = "251033523804289"
OFFICIAL = f"{HEADER}S1{NIR}S21.2.250.1.213.1.4.8\x1dS3ODETTE MARIE\x1dS4TRESSINOT\x1dS5FS607-03-1951S735238"
CODE_QUAD = Quad.of_box(Box(900, 60, 1000, 160))
HAND, PRINT, STAMP = Stroke.HAND, Stroke.PRINT, Stroke.STAMP


def transcript(*lines: str | tuple[str, Stroke] | tuple[str, Stroke, Box]) -> Transcript:
    read = []
    for order, line in enumerate(lines):
        text, stroke, box = (*((line,) if isinstance(line, str) else line), HAND, None)[:3]
        if not isinstance(line, str):
            stroke, box = line[1], line[2] if len(line) > 2 else None
        box = box or Box(100, 100 + 80 * order, 1100, 160 + 80 * order)
        places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
        read.append(
            ReadLine(Line("p-1", order, Quad.of_box(box), stroke), Reading(text, 1.0, "test", places))
        )
    return Transcript(tuple(read))


def traits_of(*lines, codes: tuple[str, ...] = ()) -> Traits:
    page = transcript(*lines)
    found = tuple(Barcode("DataMatrix", text, CODE_QUAD) for text in codes)
    layout = Layout(0, 0.0, False, False, tuple(read.line for read in page.lines), found, b"")
    return understand(page, layout=layout, index=SmallIndex(), doctors=[], window=WINDOW).traits


HEAD = (
    ("Dr Agathe RUISSEAU", PRINT),
    ("Médecine générale", PRINT),
    ("3 rue du Lavoir", PRINT),
    ("35997 Brizeval", PRINT),
    ("Tél. 02 61 91 40 00", PRINT),
)


def test_the_letterhead_is_never_the_patients() -> None:
    traits = traits_of(*HEAD, "12/11/25", "Mme PETITOT Anne 45 ans", "Ramipril 5 mg 1 cp le matin")
    assert traits.names == ("PETITOT", "Anne")
    assert (traits.phone, traits.address, traits.postal_code, traits.city) == (None, None, None, None)


@pytest.mark.parametrize(
    "head",
    [
        ["4 place de l'Église", "35997 Brizeval", "Tél. 02 61 91 40 00"],
        ["Cabinet médical de Brizeval", "12 rue du Lavoir"],
        ["Pharmacie du Lavoir", "3 rue du Lavoir 35997 Brizeval"],
    ],
)
def test_a_letterhead_that_was_taken_for_handwriting_is_none_either(head: list[str]) -> None:
    traits = traits_of("Dr Ruisseau", *head, "PETITOT Anne 45 ans", "Ramipril 5 mg 1 cp le matin")
    assert (traits.names, traits.age) == (("PETITOT", "Anne"), 45)
    assert (traits.phone, traits.address, traits.city) == (None, None, None)


def test_a_stamp_under_the_name_is_the_doctors() -> None:
    traits = traits_of(
        "Mme PETITOT Anne", ("3 rue du Lavoir 35997 Brizeval", STAMP), ("Tél 02 61 91 40 00", STAMP)
    )
    assert (traits.names, traits.address, traits.phone) == (("PETITOT", "Anne"), None, None)


def test_what_stands_beside_the_name_and_not_under_it_is_not_its_address() -> None:
    beside = ("3 rue du Lavoir 35997 Brizeval", HAND, Box(1300, 110, 2000, 170))
    assert traits_of("Mme PETITOT Anne", beside, "Ramipril 5 mg 1 cp/j").address is None


def test_a_number_of_the_letterhead_is_not_the_patients_when_it_is_written_again() -> None:
    traits = traits_of(*HEAD, "Mme PETITOT Anne", "3 rue du Lavoir 35997 Brizeval", "02 61 91 40 00")
    assert (traits.names, traits.phone, traits.address) == (("PETITOT", "Anne"), None, None)


def test_address_phone_and_number_under_the_name_are_the_patients() -> None:
    traits = traits_of(
        *HEAD,
        "Mme PETITOT Anne née TRESSINOT",
        "née le 3 mai 1957",
        "7 impasse des Ifs 35996 Lannouan",
        "Tél : 06 39 98 12 34",
        "Ramipril 5 mg 1 cp le matin",
    )
    assert (traits.birth_name, traits.birth_date) == ("TRESSINOT", date(1957, 5, 3))
    assert (traits.address, traits.postal_code, traits.city) == ("7 impasse des Ifs", "35996", "Lannouan")
    assert traits.phone == "0639981234"


@pytest.mark.parametrize(
    "form",
    [
        ["Nom : PETITOT", "Prénom : Anne", "DDN : 03/05/1957"],
        ["Nom : PETITOT Prénom : Anne", "Né(e) le 3/5/57"],
        ["Nom Prénom :", "PETITOT Anne", "03.05.1957"],
        ["Patient(e) : PETITOT Anne", "Date de naissance : 3 mai 1957"],
    ],
)
@pytest.mark.parametrize("stroke", [HAND, PRINT])
def test_forms_over_several_lines(form: list[str], stroke: Stroke) -> None:
    traits = traits_of(*[(line, stroke) for line in form], "Ramipril 5 mg 1 cp le matin")
    assert (traits.names, traits.birth_date) == (("PETITOT", "Anne"), date(1957, 5, 3))


def test_a_printed_label_beside_the_letterhead() -> None:
    label = [
        ("PETITOT Anne", PRINT),
        ("née le 03/05/1957", PRINT),
        ("7 impasse des Ifs 35996 Lannouan", PRINT),
    ]
    traits = traits_of(*HEAD, *label, "12/11/25", "1) Ramipril 5 mg 1 cp le matin", "2) Kardégic 75 mg")
    assert (traits.names, traits.birth_date) == (("PETITOT", "Anne"), date(1957, 5, 3))
    assert (traits.address, traits.city, traits.phone) == ("7 impasse des Ifs", "Lannouan", None)


@pytest.mark.parametrize(
    "print_",
    [
        ["Agathe RUISSEAU", "Médecine générale", "Tél. 02 61 91 40 00"],
        ["Saint Aubrin", "Cabinet ouvert depuis 1957"],
        ["Pharmacie PETITOT", "née le 03/05/1957"],
        ["PETITOT Anne", "née le 03/05/1957", "Ruissel Paul", "x", "KERVEN Yves", "né le 12/09/1978"],
    ],
)
def test_print_without_one_birth_is_no_label(print_: list[str]) -> None:
    assert traits_of(*[(line, PRINT) for line in print_], "12/11/25", "1) Ramipril 5 mg 1 cp").names == ()


def test_a_name_at_the_foot_of_the_page() -> None:
    drugs = [f"{number}) Ramipril 5 mg 1 cp le matin" for number in range(1, 10)]
    traits = traits_of("12/11/25", *drugs, "QSP 3 mois", "Mme PETITOT Anne", "née le 3/5/57")
    assert (traits.names, traits.birth_date) == (("PETITOT", "Anne"), date(1957, 5, 3))


@pytest.mark.parametrize(
    "foot",
    [
        ["Mme Kerven, infirmière, 06 39 98 12 34"],
        ["RDV avec M. Kerven"],
        ["Mme Kerven", "M. Ollivan"],
        ["Mère : Mme Kerven"],
    ],
)
def test_somebody_else_at_the_foot_is_not_the_patient(foot: list[str]) -> None:
    drugs = [f"{number}) Ramipril 5 mg 1 cp le matin" for number in range(1, 10)]
    assert traits_of("12/11/25", *drugs, *foot).names == ()


@pytest.mark.parametrize(
    "note",
    ["Mère sous Levothyrox", "son fils Paul 12 ans tousse", "mari : Jean 06 39 98 12 34", "tuteur M. Kerven"],
)
def test_relatives_in_a_note_are_not_the_patient(note: str) -> None:
    traits = traits_of("12/11/25", "Mme PETITOT Anne", "Motif : toux", note, "TA 12/8")
    assert (traits.names, traits.age, traits.phone) == (("PETITOT", "Anne"), None, None)
    assert not traits.contradicted


def test_a_page_that_begins_with_a_relative_names_nobody() -> None:
    assert traits_of("12/11/25", "son fils Paul 12 ans", "TA 12/8").names == ()


def test_two_people_of_two_titles_are_a_contradiction_and_the_first_counts() -> None:
    traits = traits_of("Mme PETITOT Anne", "M. KERVEN Yves", "Ramipril 5 mg 1 cp/j")
    assert (traits.names, traits.contradicted) == (("PETITOT", "Anne"), True)


def test_an_age_under_the_name_that_the_title_belies_is_none() -> None:
    assert traits_of("Mme PETITOT Anne", "5 ans", "Ramipril 5 mg 1 cp/j").age is None
    assert traits_of("Enfant PETITOT Anne", "5 ans", "Ramipril 5 mg 1 cp/j").age == 5


def test_every_trait_has_its_own_piece_of_ink() -> None:
    text = "Mme PETITOT née TRESSINOT Anne née le 03/05/1957"
    traits = traits_of(text, "06 39 98 12 34", "Ramipril 5 mg 1 cp/j")
    found = {mark.trait: mark.evidence for mark in traits.marks}
    assert {trait: ink.text for trait, ink in found.items()} == {
        "title": "Mme",
        "names": "TRESSINOT Anne",
        "birth_name": "TRESSINOT",
        "birth_date": "03/05/1957",
        "phone": "06 39 98 12 34",
    }
    assert [mark.evidence.text for mark in traits.marks if mark.trait == "names"] == [
        "PETITOT",
        "TRESSINOT Anne",
    ]
    box = found["birth_date"].quad.box
    width = 1000 / len(text)
    assert (box.x0, box.x1) == (pytest.approx(1100 - 10 * width, abs=2), 1100)
    assert (found["phone"].line_order, found["birth_date"].line_order) == (1, 0)


def test_the_second_line_marks_only_what_it_adds() -> None:
    traits = traits_of("Mme PETITOT Anne 45 ans", "45 ans", "Ramipril 5 mg 1 cp/j")
    assert [mark.evidence.line_order for mark in traits.marks if mark.trait == "age"] == [0]


def test_a_code_is_surer_than_the_writing_beside_it() -> None:
    traits = traits_of("Mme VAUQUELOR Odette", "née le 07/03/1957", "Ramipril 5 mg 1 cp/j", codes=(OFFICIAL,))
    assert traits.by_code and not traits.contradicted
    assert traits.names == ("TRESSINOT", "ODETTE", "MARIE")
    assert traits.written_names == ("VAUQUELOR", "Odette")
    assert (traits.birth_date, traits.birth_name, traits.ins) == (date(1951, 3, 7), "TRESSINOT", NIR)
    assert (traits.sex, traits.birth_place_insee, traits.title) == ("F", "35238", "Mme")
    places = {mark.trait: mark.evidence for mark in traits.marks}
    assert places["birth_date"].line_order == CODE and places["birth_date"].quad == CODE_QUAD
    assert places["written_names"].text == "VAUQUELOR Odette"
    assert [piece.line_order for piece in traits.evidence] == [0, 1]


def test_a_code_alone_names_the_patient() -> None:
    traits = traits_of("Ramipril 5 mg 1 cp le matin", codes=(OFFICIAL,))
    assert (traits.names[0], traits.by_code, traits.contradicted) == ("TRESSINOT", True, False)


def test_a_number_in_a_code_leaves_the_names_to_the_writing() -> None:
    traits = traits_of("Mme VAUQUELOR Odette 74 ans", "Ramipril 5 mg 1 cp/j", codes=(f"NIR : {NIR}",))
    assert (traits.names, traits.ins, traits.age) == (("VAUQUELOR", "Odette"), NIR, 74)
    assert traits.written_names == ()


@pytest.mark.parametrize(
    "line",
    [
        "M. VAUQUELOR Odet",
        "Mme VAUQUELOR Solange",
        "Mme TRESSINOT Solange",
        "Mme VAUQUELOR Odette née le 12/09/1978",
        "Mme VAUQUELOR Odette 45 ans",
        "Mme VAUQUELOR Odette (1978)",
        "Mme VAUQUELOR Odette 2 78 09 35 238 001 67",
        "Enfant VAUQUELOR Zoé 6 ans",
    ],
)
def test_a_label_and_a_line_that_name_two_people_contradict_each_other(line: str) -> None:
    traits = traits_of("12/11/25", line, "Ramipril 5 mg 1 cp/j", codes=(OFFICIAL,))
    assert traits.contradicted
    assert traits.names[0] == "TRESSINOT"


@pytest.mark.parametrize(
    "line",
    [
        "Mme VAUQUELOR",
        "Mme VAUQUELOR O.",
        "Mme Odete TRESINOT",
        "Mme VAUQUELOR Marie 74 ans",
        "Mme VAUQUELOR Odette née le 03/07/1951",
        "Mme VAUQUELOR Odette née le 07/03/1957",
        "Mme VAUQUELOR née TRESSINOT Odette",
        "VAUQUELOR Odette (1952)",
    ],
)
def test_a_usage_name_an_initial_or_a_digit_misread_is_no_contradiction(line: str) -> None:
    assert not traits_of("12/11/25", line, "Ramipril 5 mg 1 cp/j", codes=(OFFICIAL,)).contradicted


def test_two_codes_of_two_people_contradict_each_other() -> None:
    other = f"{HEADER}S3PAUL\x1dS4KERVEN\x1dS5MS612-09-1978"
    assert traits_of("Ramipril 5 mg 1 cp/j", codes=(OFFICIAL, other)).contradicted
    assert not traits_of("Ramipril 5 mg 1 cp/j", codes=(OFFICIAL, OFFICIAL)).contradicted


@pytest.mark.parametrize(
    "code",
    [
        "https://pharmacie.example/fax/25",
        "01034009301234561725123110ABC",
        "RPPS-10990000017",
        "3400930123456",
    ],
)
def test_a_code_that_is_something_else_is_no_identity(code: str) -> None:
    traits = traits_of("Mme VAUQUELOR Odette", "Ramipril 5 mg 1 cp/j", codes=(code,))
    assert (traits.by_code, traits.names, traits.ins) == (False, ("VAUQUELOR", "Odette"), None)


def test_a_form_whose_labels_stand_on_lines_of_their_own() -> None:
    form = [
        "Nom",
        "PETITOT",
        "Prénom",
        "Anne",
        "Date de naissance",
        "03/05/1957",
        "Ramipril 5 mg 1 cp le matin",
    ]
    traits = traits_of(*form)
    assert (traits.names, traits.birth_date) == (("PETITOT", "Anne"), date(1957, 5, 3))


@pytest.mark.parametrize(
    "line",
    [
        "Leeloo 1 cp/j 3 mois",
        "Arrêt Tahor",
        "STOP ASPEGIC",
        "Uvedose 100 000 UI 1 amp / 3 mois",
        "Tahor QSP 3 mois",
    ],
)
def test_a_prescription_on_a_page_without_a_name_is_nobody(line: str) -> None:
    assert traits_of("12/11/25", line, "Ramipril 5 mg 1 cp le matin").names == ()
