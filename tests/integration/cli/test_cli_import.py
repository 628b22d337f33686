"""The import as a secretary meets it: any file, any headings, again and again; real SQLite."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.domain.identity import Patient
from pipeline.storage.store import Store

Run = Callable[..., tuple[int, str, str]]
HEAD = "N° dossier;Nom;Nom jf;Prénoms;Sexe;Né(e) le;Ville;Email"
ROWS = ["1;VOSGES;ALBARÈDE;Ida Zoé;F;03/08/1955;35000 Rennes;x", "2;BRISSAC;;Noé;M;12/03/1950;Brest;"]
FHIR = {
    "resourceType": "Patient",
    "id": "7",
    "name": [{"family": "ESTERNAY", "given": ["Guy"]}],
    "birthDate": "1960-01-02",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command over a data folder of the test's own: exit code, output, messages on one line."""
    monkeypatch.setenv("REPRISE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def once(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["reprise", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, " ".join(said.err.split())

    return once


def written(path: Path, *lines: str, encoding: str = "utf-8", newline: str = "\n") -> Path:
    path.write_bytes((newline.join(lines) + newline).encode(encoding))
    return path


def people(tmp_path: Path) -> dict[str, Patient]:
    store = Store.open(f"sqlite:///{tmp_path / 'data' / 'reprise.db'}")
    found = {one.patient_id: one for one in store.registry.patients()}
    store.close()
    return found


def test_a_heading_taught_once_is_used_again(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "export du lundi.csv", HEAD, *ROWS)
    code, _, said = run("import", file)
    assert code == 0 and "laissé de côté / left aside : « Nom jf », « Email »" in said
    assert people(tmp_path)["1"].birth_name is None
    code, _, said = run("import", file, "--map", "Nom jf=nom de naissance", "--map", "EMAIL=-")
    assert code == 0 and "nom de naissance / birth name 1" in said and "left aside" not in said
    assert people(tmp_path)["1"].birth_name == "ALBARÈDE"
    other = written(tmp_path / "p.csv", HEAD.replace("Nom jf", "NOM_JF"), ROWS[0].replace("ALBARÈDE", "B"))
    code, _, said = run("import", other)
    assert code == 0 and "« NOM_JF » = birth_name" in said
    assert people(tmp_path)["1"].birth_name == "B"
    _, output, _ = run("import", "--headings")
    assert "« Nom jf » = birth_name" in output and "nom de naissance / birth name" in output


def test_a_mapping_that_cannot_be_is_told_and_nothing_is_imported(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "p.csv", HEAD, *ROWS)
    for pair, word in (
        ("Nom jx=birth_name", "« Nom jx »"),
        ("Nom jf=couleur", "birth_name (nom de naissance)"),
        ("N° dossier=couleur", "patient_id (numéro du dossier)"),
        ("Nom jf=rpps", "birth_name (nom de naissance)"),
        ("Nom jf", "--map"),
    ):
        code, _, said = run("import", file, "--map", pair)
        assert code == 2 and word in said
    assert people(tmp_path) == {}
    assert "remembered" not in run("import", "--headings")[1]


def test_again_tells_field_by_field_what_changed_and_who_is_missing(run: Run, tmp_path: Path) -> None:
    run("import", written(tmp_path / "p.csv", HEAD, *ROWS))
    again = written(tmp_path / "p.csv", HEAD, ROWS[0].replace("35000 Rennes", "29200 Brest"), "3;NEUF;;;;;;")
    code, output, said = run("import", again, "--show")
    assert code == 0 and "new 1, modifiés / changed 1, inchangés / unchanged 0" in said
    assert "code postal / postal code 1" in said and "ville / city 1" in said
    assert "kept in the registry : 1" in said
    assert output.splitlines() == [
        "nouveau / new 3",
        "modifié / changed 1 : ville / city, code postal / postal code",
        "absent / missing 2",
    ]
    assert set(people(tmp_path)) == {"1", "2", "3"}
    code, output, _ = run("patient", "history", "1")
    assert code == 0 and "ville / city : Rennes -> Brest" in output and "p.csv" in output
    assert run("patient", "history", "2")[1].endswith("no change since the first import\n")
    assert run("patient", "history", "9")[0] == 2
    log = run("import", "--log")[1].splitlines()
    assert len(log) == 2 and log[1].endswith(
        "new 1, modifiés / changed 1, inchangés / unchanged 0, absents / missing 1"
    )


def test_nothing_said_names_anybody(run: Run, tmp_path: Path) -> None:
    rows = ["1;VOSGES;;Ida;F;32/08/1955;;", "1;VOSGES;;Eva;F;03/08/1955;;", ";BRISSAC;;;;;;", "4;BRISSAC"]
    rows += ["5;CHAMPLOST;;Luc;M;03/08/1955;;", "6;CHAMPLOST;;Luc;M;03/08/1955;;"]
    code, output, said = run("import", written(tmp_path / "p.csv", HEAD, *rows), "--show")
    assert code == 0
    for name in ("VOSGES", "BRISSAC", "CHAMPLOST", "32/08"):
        assert name not in output + said
    assert "doublon possible / possible duplicate 5 6" in output
    for line in (2, 3, 4, 5):
        assert f"line {line} :" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_encoding_and_line_end(run: Run, tmp_path: Path, encoding: str, newline: str) -> None:
    file = written(
        tmp_path / "x.csv",
        "sep=;",
        HEAD,
        *ROWS,
        ";;;;;;;",
        '"";"";"";"";"";"";"";""',
        encoding=encoding,
        newline=newline,
    )
    code, _, said = run("import", file, "--map", "nom JF=birth_name")
    assert code == 0 and "ligne" not in said
    assert people(tmp_path)["1"].birth_name == "ALBARÈDE"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "vide"),
        (b"\n \n", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b"a\x00b", "no text"),
        (b"PK\x03\x04rest", "CSV"),
        (b"%PDF-1.7", "PDF"),
        (b"<html>", "XML"),
        (b"\xff\xfea\x00b", "UTF-16"),
        (b"1;VOSGES;Ida;03/08/1955\n2;BRISSAC;No;01/01/1950\n", "titres"),
        (b"Nom;Lit\nVOSGES;12\n", "« Nom », « Lit »"),
        (b"Lit;Chambre\nVOSGES;12\n", "--headings"),
        (json.dumps({"resourceType": "Bundle", "entry": [{"resource": FHIR}]})[:-9].encode(), "coup"),
        (b'{"a": 1}', "FHIR"),
        (b'[{"patient_id": 1, ', "JSON"),
        (None, "dossier"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_the_others_go_on(
    run: Run, tmp_path: Path, content: bytes | None, word: str
) -> None:
    bad = tmp_path / "bad.csv"
    if content is None:
        bad.mkdir()
    else:
        bad.write_bytes(content)
    code, _, said = run("import", bad, written(tmp_path / "p.csv", HEAD, *ROWS), tmp_path / "absent.csv")
    assert code == 7 and word in said and "bad.csv" in said and "absent.csv" in said
    assert "VOSGES" not in said and "ESTERNAY" not in said
    assert set(people(tmp_path)) == {"1", "2"}


def test_fhir_lines_with_a_bad_one_among_them(run: Run, tmp_path: Path) -> None:
    lines = [json.dumps(FHIR), '{"resourceType": "Pat', json.dumps({**FHIR, "id": "8"})]
    lines.append(json.dumps({"resourceType": "Observation"}))
    code, _, said = run("import", written(tmp_path / "export.ndjson", *lines))
    assert code == 0 and "new 2" in said and "line 2 :" in said and "« Observation (1) »" in said
    assert people(tmp_path)["7"].family_name == "ESTERNAY"


def test_csv_and_fhir_of_one_practice_are_one_registry(run: Run, tmp_path: Path) -> None:
    run("import", written(tmp_path / "p.csv", HEAD, "7;ESTERNAY;;Guy;M;02/01/1960;Brest;"))
    code, _, said = run("import", written(tmp_path / "b.json", json.dumps(FHIR)))
    assert code == 0 and "unchanged 1" in said
    assert people(tmp_path)["7"].city == "Brest"


def test_what_a_file_holds_is_seen_without_its_name(run: Run, tmp_path: Path) -> None:
    files = [
        written(
            tmp_path / "c.csv", "N° dossier;Praticien;Date;Heure", "1;Dr A;10/11/2025;8h45", "9;Dr A;x;y"
        ),
        written(tmp_path / "b.csv", "Nom;RPPS", "Dr A;10999999997"),
        written(tmp_path / "a.json", json.dumps([{"patient_id": "1"}, {"patient_id": "8"}])),
        written(tmp_path / "d.csv", HEAD, *ROWS),
    ]
    code, _, said = run("import", *files)
    assert code == 0
    order = [said.index(name) for name in ("d.csv :", "b.csv :", "c.csv :", "a.json :")]
    assert order == sorted(order)
    assert "not in the registry : 1" in said and "line 3 : date ou heure" in said


def test_a_file_without_birth_dates_is_imported_and_told(run: Run, tmp_path: Path) -> None:
    code, _, said = run("import", written(tmp_path / "p.csv", "Id;Nom;Prénom;Né un", "1;A;Ida;3/8/1955"))
    assert code == 0 and "nothing in this file for : date de naissance / birth date" in said
    code, _, said = run("import", tmp_path / "p.csv", "--map", "né un=date de naissance")
    assert code == 0 and "nothing in this file for" not in said


def test_what_a_file_holds_can_be_said(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "x.csv", "Dossier;Nom;Médecin;Date", "1;VOSGES;Dr A;x")
    code, _, said = run("import", file, "--as", "patients")
    assert code == 0 and "patients : nouveaux / new 1" in said
    code, _, said = run("import", file, "--as", "doctors")
    assert code == 7 and "rpps" in said


def test_a_file_that_numbers_the_same_people_otherwise_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    rows = [f"{{}}{n};VOSGES;;Ida;F;{n:02}/03/1950;;" for n in range(1, 21)]
    run("import", written(tmp_path / "p.csv", HEAD, *(row.format("00") for row in rows)))
    other = written(tmp_path / "excel.csv", HEAD, *(row.format("") for row in rows))
    code, _, said = run("import", other)
    assert code == 7 and "excel.csv :" in said and "VOSGES" not in said and len(people(tmp_path)) == 20
    code, _, said = run("import", other, "--force")
    assert code == 0 and "people probably known : 20" in said and len(people(tmp_path)) == 40


def test_a_long_import_shows_how_far_it_is(run: Run, tmp_path: Path) -> None:
    rows = [f"{key};VOSGES;;Ida;F;;;" for key in range(5_000)]
    code, _, said = run("import", written(tmp_path / "p.csv", HEAD, *rows))
    assert code == 0 and "5000/5000" in said and "new 5000" in said


def test_an_appointment_booked_then_cancelled_in_fhir_waits_for_no_paper(run: Run, tmp_path: Path) -> None:
    actors = [
        {"actor": {"reference": "Patient/7"}},
        {"actor": {"reference": "Practitioner/1", "display": "Dr Solène TREVARIN"}},
    ]
    visit = {"resourceType": "Appointment", "id": "a", "start": "2025-11-12T09:15:00", "participant": actors}

    def file(name: str, status: str) -> Path:
        entries = [{"resource": FHIR}, {"resource": {**visit, "status": status}}]
        return written(tmp_path / name, json.dumps({"resourceType": "Bundle", "entry": entries}))

    assert run("import", file("booked.json", "booked"))[0] == 0
    assert run("reconcile")[0] == 8
    code, _, said = run("import", file("cancelled.json", "cancelled"))
    assert code == 0
    assert "rendez-vous / appointments : nouveaux / new 0, modifiés / changed 1" in said
    assert "dont annulés à l'agenda / of them cancelled in the agenda : 1" in said
    code, out, _ = run("reconcile", "--all", "--language", "en")
    assert code == 0
    assert "09:15 ESTERNAY Guy born 2 January 1960 : Cancelled in the agenda" in out
    assert "1 appointment cancelled in the agenda, not counted" in out
    counts = json.loads(run("reconcile", "--format", "json")[1])["counts"]
    assert (counts["appointments"], counts["cancelled"]) == (0, 1)


def test_the_status_of_a_csv_agenda_is_read_and_booked_again_stands(run: Run, tmp_path: Path) -> None:
    run("import", written(tmp_path / "patients.csv", HEAD, *ROWS))
    head = "N° dossier;Praticien;Date;Heure;Statut"
    rows = ["1;Dr Solène TREVARIN;12/11/2025;9h15;{}", "2;Dr Solène TREVARIN;12/11/2025;9h30;Absent"]

    def agenda(word: str) -> tuple[int, str, str]:
        return run("import", written(tmp_path / "rdv.csv", head, rows[0].format(word), rows[1]))

    said = agenda("Annulé")[2]
    assert "cancelled in the agenda : 2" in said and "laissé de côté" not in said
    assert run("reconcile")[0] == 0
    said = agenda("Déplacé")[2]
    assert "ligne / line 2 : statut inconnu, gardé comme prévu / unknown status, kept as booked" in said
    assert "Déplacé" not in said
    code, out, _ = run("reconcile")
    assert code == 8
    assert "VOSGES" in out and "Sans papier" in out and "BRISSAC" not in out
    assert "1 rendez-vous annulé à l’agenda" in out
