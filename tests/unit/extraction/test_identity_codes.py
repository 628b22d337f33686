"""INS DataMatrix, labels and bare numbers in a code, and what is none of them."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.domain.identifiers import is_nir
from pipeline.extraction.identity_code import traits_of_code
from pipeline.extraction.nir import nir_of

HEADER = "IS010000000000000000000000"
NIR, CORSICA = "251033523804289", "151032A00401255"
OID = "1.2.250.1.213.1.4.8"
GS = "\x1d"
WHOLE = f"S1{NIR}S2{OID}{GS}S3ODETTE MARIE{GS}S4LE BIHAN-D'ARGELOS{GS}S5FS607-03-1951S735238"


def test_every_field_of_an_ins_datamatrix() -> None:
    traits = traits_of_code(HEADER + WHOLE)
    assert traits is not None and traits.by_code
    assert (traits.ins, traits.sex, traits.birth_date) == (NIR, "F", date(1951, 3, 7))
    assert (traits.birth_name, traits.birth_place_insee) == ("LE BIHAN-D'ARGELOS", "35238")
    assert traits.names == ("LE", "BIHAN-D'ARGELOS", "ODETTE", "MARIE")


@pytest.mark.parametrize(
    "text",
    [
        HEADER + WHOLE.replace(GS, "<GS>"),
        HEADER + WHOLE.replace(GS, ""),
        HEADER + WHOLE.replace(GS, "␝"),
        "IS01" + WHOLE,
        "IS02ABC0000" + WHOLE,
        "]d1" + HEADER + WHOLE,
        HEADER + f"S607-03-1951{GS}S5FS4LE BIHAN-D'ARGELOS{GS}S3ODETTE MARIE{GS}S735238S1{NIR}",
        HEADER + WHOLE + f"{GS}S9quoi{GS}",
        HEADER + f"S8{GS}" + WHOLE,
        f" {HEADER}{WHOLE}\r\n",
    ],
)
def test_order_header_and_separators_may_differ(text: str) -> None:
    traits = traits_of_code(text)
    assert traits is not None
    assert (traits.ins, traits.birth_name, traits.birth_date) == (NIR, "LE BIHAN-D'ARGELOS", date(1951, 3, 7))
    assert traits.names[-2:] == ("ODETTE", "MARIE")


def test_a_given_name_that_ends_in_s_before_the_next_field() -> None:
    traits = traits_of_code(HEADER + f"S1{CORSICA}S3DENISS4ROSSIS5MS607-03-1951S72A004")
    assert traits is not None
    assert (traits.names, traits.ins, traits.birth_place_insee) == (("ROSSI", "DENIS"), CORSICA, "2A004")


def test_what_a_code_leaves_out_is_none() -> None:
    traits = traits_of_code(HEADER + f"S4KERVEN{GS}S607-03-1951")
    assert traits is not None
    assert (traits.ins, traits.sex, traits.birth_place_insee, traits.names) == (None, None, None, ("KERVEN",))


def test_a_number_with_a_wrong_key_is_not_taken() -> None:
    wrong = NIR[:-1] + "8"
    traits = traits_of_code(HEADER + WHOLE.replace(NIR, wrong))
    assert traits is not None and traits.ins is None and traits.birth_name
    assert traits_of_code(wrong) is None
    assert traits_of_code(f"{wrong}\nKERVEN\nPAUL\n1951-03-07") is None


@pytest.mark.parametrize("day", ["31-02-1951", "00-00-1951"])
def test_a_day_that_is_none_gives_no_birth_date(day: str) -> None:
    traits = traits_of_code(HEADER + WHOLE.replace("07-03-1951", day))
    assert traits is not None and traits.birth_date is None


@pytest.mark.parametrize(
    "text", [f"{NIR}\nLE BIHAN\nODETTE MARIE\n1951-03-07", f"INS {NIR};LE BIHAN;ODETTE MARIE;07/03/1951;F"]
)
def test_a_label_of_a_few_lines(text: str) -> None:
    traits = traits_of_code(text)
    assert traits is not None
    assert (traits.ins, traits.birth_name, traits.birth_date) == (NIR, "LE BIHAN", date(1951, 3, 7))
    assert traits.names == ("LE", "BIHAN", "ODETTE", "MARIE")


@pytest.mark.parametrize("text", [NIR, f"NIR : {NIR}", "2 51 03 35 238 042 89", CORSICA])
def test_a_number_alone(text: str) -> None:
    traits = traits_of_code(text)
    assert traits is not None and traits.names == () and traits.ins in (NIR, CORSICA)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://pharmacie-du-lavoir.example/fax/25-1114",
        f"https://exemple.example/?nir={NIR}",
        "010340093012345617251231" + "10ABC123\x1d21XYZ",
        "3400930123456",
        "10990000017",
        "RPPS-10990000017",
        "IS010000000000000000000000",
        "IS THIS A CODE?",
        "DC04FR0000011E581E58B201FRF0DEPOTHPRIM",
        f"{NIR}\nKERVEN\nPAUL\n1951-03-07\nchambre 12",
        "KERVEN\nPAUL\n1951-03-07",
        "BEGIN:VCARD\nN:Kerven;Paul\nTEL:0261914000\nEND:VCARD",
    ],
)
def test_what_is_no_identity(text: str) -> None:
    assert traits_of_code(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2 51 03 35 238 042 89", NIR),
        ("1 51 03 2a 004 012 55", CORSICA),
        ("2510335238042", "2510335238042"),
        ("151032B004012", "151032B004012"),
        ("2 51 03 35 238 042 88", None),
        ("2 51 13 35 238 042", None),
        ("9 51 03 35 238 042", None),
        ("25103352380428", None),
        ("", None),
    ],
)
def test_numbers_as_written(text: str, number: str | None) -> None:
    assert nir_of(text) == number


def test_corsican_keys_count_2a_as_19_and_2b_as_18_in_the_department_alone() -> None:
    assert is_nir(CORSICA)
    assert is_nir("151032B004012" + f"{97 - 1510318004012 % 97:02d}")
    assert not is_nir("151032A004012" + f"{97 - 1510318004012 % 97:02d}")
