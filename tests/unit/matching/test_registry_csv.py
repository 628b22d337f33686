from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.domain.errors import BadRegistry
from pipeline.matching.registry import is_nir, is_rpps, read_appointments, read_doctors, read_patients

HEAD = "patient_id,family_name,birth_name,given_names,sex,birth_date,ins"


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "patients.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850", "mac_roman"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_french_headings_semicolons_and_french_dates(tmp_path: Path, encoding: str, newline: str) -> None:
    lines = [
        "N° dossier;Nom d'usage;Prénom;Civilité;Lit;Né(e) le",
        "7;LEBÈGUE;Zoé;Mme;12;03/12/1957",
    ]
    patients, problems = read_patients(written(tmp_path, newline.join(lines) + newline, encoding))
    assert problems == []
    assert [(p.patient_id, p.family_name, p.given_names, p.sex) for p in patients] == [
        ("7", "LEBÈGUE", "Zoé", "F")
    ]
    assert patients[0].birth_name is None


def test_a_malformed_row_is_told_with_its_line_and_loses_nothing_else(tmp_path: Path) -> None:
    rows = [
        HEAD,
        "1,ALBAREDE,,Zoé,F,1957-12-03,",
        "2,BRISSAC,,Noé",
        ",CHAMPLOST,,Luc,M,1960-01-01,",
        '4,"DESCARS,,Ida,F,1961-01-01,',
        "5,ESTERNAY,,Guy,M,31/02/1990,",
        "1,FALAISE,,Ève,F,1990-01-01,",
        "7,GUERCHY,,Ugo,M,1990-01-01,190017500112300",
        "",
        '8,"HEUQUE\nVILLE",,Lia,F,01/02/1990,',
    ]
    patients, problems = read_patients(written(tmp_path, "\n".join(rows)))
    assert [p.patient_id for p in patients] == ["1", "5", "7", "8"]
    assert [p.line for p in problems] == [3, 4, 5, 6, 7, 8]
    assert patients[1].birth_date is None
    assert patients[2].ins is None
    assert patients[3].birth_date == date(1990, 2, 1)
    assert patients[3].family_name == "HEUQUE VILLE"
    told = " ".join(p.message + p.message_en for p in problems)
    assert "BRISSAC" not in told and "31/02" not in told


def test_keys_of_the_nir() -> None:
    assert is_nir("255081416802538")
    assert is_nir("255082A16802555") == (97 - int("2550819168025") % 97 == 55)
    assert not is_nir("255081416802539")
    assert not is_nir("2550814168025")


def test_corsica_counts_as_19_and_18() -> None:
    for letter, stand_in in (("2A", "19"), ("2B", "18")):
        key = 97 - int(f"25508{stand_in}168025") % 97
        assert is_nir(f"25508{letter}168025{key:02d}")


def test_keys_of_the_rpps(tmp_path: Path) -> None:
    assert [is_rpps(f"1099999999{last}") for last in range(10)].count(True) == 1
    assert is_rpps("10999999997")
    path = written(tmp_path, "name,rpps\nDr Ida VOSGES,10999999997\nDr Luc VOSGES,1\n")
    doctors, problems = read_doctors(path)
    assert len(doctors) == 2
    assert [p.line for p in problems] == [3]


def test_the_agenda_in_one_column_or_two(tmp_path: Path) -> None:
    one = "patient_id,doctor,start,reason\n1,Dr A,2025-11-10T08:45,Suivi\n2,Dr A,hier,\n"
    agenda, problems = read_appointments(written(tmp_path, one))
    assert (agenda[0].start, agenda[0].reason) == (datetime(2025, 11, 10, 8, 45), "Suivi")
    assert [p.line for p in problems] == [3]
    two = "Code patient;Praticien;Date;Heure\n1;Dr A;10/11/2025;8h45\n"
    assert read_appointments(written(tmp_path, two))[0][0].start == datetime(2025, 11, 10, 8, 45)


def test_the_agendas_status_says_what_does_not_take_place(tmp_path: Path) -> None:
    head = "Dossier;Médecin;Date;Heure;Statut"
    words = ["Annulé", "REPORTÉ", "absente", "No-show", "Honoré", "confirmé", "", "Déplacé"]
    rows = [f"1;Dr A;10/11/2025;{9 + n}h00;{word}" for n, word in enumerate(words)]
    agenda, problems = read_appointments(written(tmp_path, "\n".join([head, *rows]) + "\n"))
    assert [one.cancelled for one in agenda] == [True] * 4 + [False] * 4
    # A word that the table does not know is told, and somebody looks for the paper all the same.
    assert [(p.line, p.message_en) for p in problems] == [(9, "unknown status, kept as booked")]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_a_file_that_is_no_registry_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRegistry):
        read_patients(written(tmp_path, text))
    with pytest.raises(BadRegistry):
        read_patients(tmp_path / "absent.csv")


def test_a_delimiter_within_a_quoted_heading_is_none(tmp_path: Path) -> None:
    text = '"Id";"Nom, d\'usage, ou autre";"Nom"\n1;x;VOSGES\n'
    assert read_patients(written(tmp_path, text))[0][0].family_name == "VOSGES"


def test_headings_that_stand_again_among_the_rows_are_nobody(tmp_path: Path) -> None:
    patients, problems = read_patients(written(tmp_path, f"{HEAD}\n1,A,,,,,\n{HEAD}\n2,B,,,,,\n"))
    assert [p.patient_id for p in patients] == ["1", "2"]
    assert [p.line for p in problems] == [3]
