"""Import, update and use of the official database, over small files in the raw format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from formulary_files import PRODUCTS, UNSOLD, write_files

from pipeline.cli.formulary import DIFFERENCE_WORDS
from pipeline.domain.drug import DrugCandidate
from pipeline.domain.errors import BadFormulary
from pipeline.domain.meaning import PageKind, PrescriptionLine, Traits, Understanding
from pipeline.domain.review import Grade, Proposal, Provenance
from pipeline.matching.formulary import Formulary
from pipeline.matching.official import archive, load
from pipeline.matching.official.check import KINDS
from pipeline.proposing.propose import propose
from pipeline.settings import Settings
from pipeline.wiring import House

TODAY = date(2026, 3, 1)


def imported(folder: Path, path: Path, edition: date | None = None) -> load.Outcome:
    return load.import_raw(load.read(folder), path, today=TODAY, edition=edition)


def products(path: Path):
    return archive.load(path).products


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "formulary.zip"


def test_an_import_resolves_what_a_pharmacist_would(tmp_path: Path, path: Path) -> None:
    done = imported(write_files(tmp_path / "raw"), path)
    found = products(path)
    assert done.edition.day == "2026-02-03" and done.edition.day_from == "files" and done.problems == ()
    thyroxine = found["60000001"]
    assert (thyroxine.brand, thyroxine.substance, thyroxine.strength) == (
        "Levothyrox",
        "lévothyroxine",
        "75 µg",
    )
    assert (thyroxine.strength_from, thyroxine.ingredients[0].part_amount) == ("SA", "72,96 microgrammes")
    assert found["60000002"].substance == "amoxicilline/acide clavulanique"
    assert (found["60000002"].strength, found["60000002"].strength_from) == ("500 mg/62,5 mg", "FT")
    assert found["60000003"].conditions == ("liste I", "prescription initiale réservée à l’essai")
    assert (found["60000004"].strength, found["60000004"].strength_from) == ("5 mg", "SA")
    assert (found["60000005"].everyday_form, found["60000005"].substance) == (
        "sachet",
        "acide acétylsalicylique",
    )
    assert (found["60000006"].strength, found["60000006"].strength_from) == ("80 mg", "composition")
    assert found["60000007"].kind == "homeopathic" and not found["60000007"].offered
    assert not found["60000008"].marketed
    assert found["60000010"].brand == "" and found["60000010"].group_role == "générique"
    assert found["60000009"].availability == "Tension d'approvisionnement"
    assert found["60000013"].substance == "neuvine LP"


def test_each_atc_says_where_it_comes_from(tmp_path: Path, path: Path) -> None:
    imported(write_files(tmp_path / "raw"), path)
    origins = {one.cis: (one.atc, one.atc_origin) for one in products(path).values()}
    assert origins["60000009"] == ("J01CA04", "direct")
    assert origins["60000010"] == ("J01CA04", "group")
    assert origins["60000011"] == ("J01CA04", "substance")
    assert origins["60000006"] == ("A03AX12", "edsnlp")
    assert origins["60000013"] == ("", "")


def test_broken_rows_are_told_and_the_rest_goes_on(tmp_path: Path, path: Path) -> None:
    done = imported(write_files(tmp_path / "raw", broken=True), path)
    assert [(one.file, one.message_en.split(":")[0]) for one in done.problems] == [
        ("CIS_COMPO_bdpm.txt", "truncated row"),
        ("CIS_COMPO_bdpm.txt", "malformed CIS code"),
        ("CIS_COMPO_bdpm.txt", "unreadable character"),
    ]
    assert done.problems[0].line == 22 and done.edition.left_out == 3
    assert products(path)["60000003"].strength == "20 mg"


@pytest.mark.parametrize("missing", ["CIS_bdpm.txt", "CIS_COMPO_bdpm.txt", "CIS_CIP_bdpm.txt"])
def test_a_missing_file_is_named(tmp_path: Path, path: Path, missing: str) -> None:
    folder = write_files(tmp_path / "raw")
    (folder / missing).unlink()
    with pytest.raises(BadFormulary, match=missing):
        imported(folder, path)
    assert not path.exists()


def test_wrong_folders_and_wrong_files_are_refused(tmp_path: Path, path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "absent", tmp_path / "empty"):
        with pytest.raises(BadFormulary):
            imported(folder, path)
    folder = write_files(tmp_path / "raw")
    (folder / "CIS_bdpm.txt").write_text("<html>\n<body>404</body>\n</html>\n", encoding="utf-8")
    with pytest.raises(BadFormulary, match="CIS_bdpm"):
        imported(folder, path)


def test_the_second_import_changes_nothing(tmp_path: Path, path: Path) -> None:
    folder = write_files(tmp_path / "raw")
    imported(folder, path)
    before = path.read_bytes()
    again = load.import_raw(load.read(folder), path, today=date(2026, 4, 1))
    assert not again.written and path.read_bytes() == before
    assert (again.changes.unchanged, again.changes.new, again.changes.changed) == (len(PRODUCTS), 0, 0)


def test_an_update_keeps_what_decisions_refer_to(tmp_path: Path, path: Path) -> None:
    imported(write_files(tmp_path / "old"), path, date(2026, 1, 1))
    rows = [list(row) for row in PRODUCTS if row[0] != "60000013"]
    for row in rows:
        if row[0] == "60000003":
            row[4] = UNSOLD
        if row[0] == "60000004":
            row[1] = "COVERSYLIX 5 mg, comprimé pelliculé sécable"
    done = imported(write_files(tmp_path / "new", products=rows), path, date(2026, 2, 1))
    found = products(path)
    assert (done.changes.vanished, done.changes.no_longer_sold, done.changes.changed) == (1, 1, 2)
    gone = found["60000013"]
    assert not gone.present and (gone.last, gone.marketed_last) == ("2026-01-01", "2026-01-01")
    assert found["60000003"].marketed_last == "2026-01-01" and found["60000003"].first == "2026-01-01"
    assert found["60000004"].former == ("COVERSYL 5 mg, comprimé pelliculé sécable",)
    assert [edition.day for edition in archive.load_editions(path)] == ["2026-01-01", "2026-02-01"]
    formulary = Formulary.with_official(path)
    (entry,) = formulary.lookup("Neuvoline LP")
    assert not entry.sold and entry.substance == "neuvine LP"
    back = imported(write_files(tmp_path / "back"), path, date(2026, 3, 1))
    assert back.changes.gone == 0 and products(path)["60000013"].present


def test_editions_of_the_future_and_of_the_past_are_refused(tmp_path: Path, path: Path) -> None:
    folder = write_files(tmp_path / "raw")
    with pytest.raises(BadFormulary, match="futur"):
        imported(folder, path, date(2026, 3, 2))
    imported(folder, path, date(2026, 2, 10))
    before = path.read_bytes()
    with pytest.raises(BadFormulary, match="2026-02-10"):
        imported(folder, path, date(2026, 2, 9))
    assert path.read_bytes() == before


def test_the_formulary_knows_new_names_and_keeps_ours_first(tmp_path: Path, path: Path) -> None:
    imported(write_files(tmp_path / "raw"), path)
    ours, both = Formulary.builtin(), Formulary.with_official(path)
    assert "BDPM 2026-02-03" in both.version and "BDPM" not in ours.version
    assert ours.lookup("Neuvoline LP") == ()
    (new,) = both.lookup("neuvoline lp")
    assert (new.strengths, new.forms, new.source, new.sold) == (
        ("30 mg",),
        ("comprimé",),
        "BDPM 2026-02-03",
        True,
    )
    assert both.strengths_of("neuvine LP") == ("30 mg",)
    assert both.lookup("previscan")[0].name == "Préviscan"
    assert both.lookup("Arnicalme") == ()
    assert not both.lookup("Ancienol")[0].sold
    assert both.names_starting("neuv") == ("Neuvine LP", "Neuvoline LP")
    assert [drug.name for _, _, drug in both.find("NEUVOLINE LP 1 cp")] == ["Neuvoline LP"]


def test_official_strengths_win_for_tablets_and_complete_the_rest(tmp_path: Path, path: Path) -> None:
    imported(write_files(tmp_path / "raw"), path)
    both = Formulary.with_official(path)
    assert both.strengths_of("périndopril", "comprimé") == ("5 mg",)
    assert both.strengths_of("amoxicilline", "gélule") == ("500 mg",)
    assert both.strengths_of("amoxicilline", "suspension buvable") == Formulary.builtin().strengths_of(
        "amoxicilline", "suspension buvable"
    )


def test_a_brand_has_its_own_forms_its_substance_all(tmp_path: Path, path: Path) -> None:
    imported(write_files(tmp_path / "raw"), path)
    both = Formulary.with_official(path)
    assert both.lookup("Clamoxyl")[0].forms == ("gélule",)
    assert {"gélule", "sachet"} <= set(both.lookup("amoxicilline")[0].forms)
    assert both.lookup("Spasfon")[0].forms == Formulary.builtin().lookup("Spasfon")[0].forms, (
        "or Spasfon Lyoc"
    )


def test_a_brand_is_offered_in_its_own_strengths_its_substance_in_all(tmp_path: Path, path: Path) -> None:
    imported(write_files(tmp_path / "raw"), path)
    both = Formulary.with_official(path)
    (entry,) = both.lookup("Kardégic")
    assert entry.strengths == ("75 mg",)
    assert both.strengths_of(entry.substance, None, entry.name) == ("75 mg",)
    assert both.strengths_of(entry.substance, "sachet", entry.name) == ("75 mg",)
    assert both.strengths_of(entry.substance, "comprimé", entry.name) == ("75 mg",), "it is no tablet"
    assert {"75 mg", "500 mg"} <= set(both.strengths_of(entry.substance))
    assert both.strengths_of(entry.substance, None, "Nowhere") == both.strengths_of(entry.substance)


def test_a_strength_of_another_brand_is_asked_about(tmp_path: Path) -> None:
    house = House(Settings(data_dir=tmp_path / "data"))
    imported(write_files(tmp_path / "raw"), house.settings.formulary_file)
    drug = DrugCandidate(house.formulary.lookup("Kardégic")[0], 0.99, 0.99)
    generic = DrugCandidate(house.formulary.lookup("acide acétylsalicylique")[0], 0.99, 0.99)
    posology = house.parse_posology("1 sachet par jour")

    def proposed(what: DrugCandidate, strength: str) -> Proposal:
        item = PrescriptionLine(
            "x", "x", what, strength=strength, form="sachet", posologies=posology, confidence=0.95
        )
        page = Understanding(PageKind.PRESCRIPTION, None, None, Traits(), items=(item,))
        (made,) = propose(
            page_id="a-1",
            understanding=page,
            patient_id=None,
            record=None,
            strengths_of=house.strengths_of,
            provenance=Provenance("r", "u", "f"),
        )
        return made

    wrong, right, other = proposed(drug, "500 mg"), proposed(drug, "75 mg"), proposed(generic, "500 mg")
    assert "strength_not_marketed" in {flag.type for flag in wrong.flags}
    assert wrong.grade is Grade.TO_CHECK and wrong.strengths == ("75 mg",)
    for made in (right, other):
        assert "strength_not_marketed" not in {flag.type for flag in made.flags}
    assert right.grade is Grade.CERTAIN and "500 mg" in other.strengths


def test_the_house_reads_the_file_again_once_it_was_replaced(tmp_path: Path) -> None:
    house = House(Settings(data_dir=tmp_path / "data"))
    assert house.find_drug("Neuvoline LP") is None
    imported(write_files(tmp_path / "raw"), house.settings.formulary_file)
    assert house.find_drug("Neuvoline LP") is not None
    assert house.formulary is house.formulary


def test_a_damaged_file_is_told_in_words(tmp_path: Path, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"PK nothing")
    for act in (lambda: Formulary.with_official(path), lambda: imported(write_files(tmp_path / "raw"), path)):
        with pytest.raises(BadFormulary, match="damaged"):
            act()


def reprise(*arguments: object, data: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "REPRISE_DATA_DIR": str(data), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        env=environment,
        timeout=120,
    )


def test_every_difference_is_said_in_both_languages() -> None:
    assert set(DIFFERENCE_WORDS) == set(KINDS)
    assert all(" / " in words for words in DIFFERENCE_WORDS.values())


def test_the_command_line_from_import_to_parse(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", write_files(tmp_path / "raw", broken=True)
    none = reprise("formulary", "status", data=data)
    assert none.returncode == 0 and "gp_drugs" in none.stdout
    first = reprise("formulary", "import", folder, "--edition", "2026-02-03", data=data)
    assert first.returncode == 0, first.stderr
    assert "truncated row" in first.stderr and "2026-02-03" in first.stdout
    again = reprise("formulary", "import", folder, "--edition", "2026-02-03", data=data)
    assert "nothing changed" in again.stderr
    shown = reprise("formulary", "show", "previscan", data=data).stdout
    for part in ("fluindione", "B01AA12", "liste I", "20 mg", "2026-02-03", "licence ouverte"):
        assert part in shown
    assert "homeopathic" in reprise("formulary", "show", "arnicalme", data=data).stdout
    assert "not sold" in reprise("formulary", "show", "60000008", data=data).stdout
    unknown = reprise("formulary", "show", "zzzz", data=data)
    assert unknown.returncode == 2 and "Traceback" not in unknown.stderr
    checked = reprise("formulary", "check", data=data)
    assert "périndopril: comprimé\tdosages / strengths" in checked.stdout
    parsed = reprise("parse", data=data, stdin="Neuvoline LP 30 mg 1 cp le soir\n")
    medication = json.loads(parsed.stdout)["medications"][0]
    assert (medication["substance"], medication["strength"]) == ("neuvine LP", "30 mg")
    last = folder / "CIS_bdpm.txt"
    last.write_bytes(last.read_bytes()[:-2])
    cut = reprise("formulary", "import", folder, "--edition", "2026-02-04", data=data)
    assert cut.returncode == 7 and "--force" in cut.stderr and "Traceback" not in cut.stderr
    forced = reprise("formulary", "import", folder, "--edition", "2026-02-04", "--force", data=data)
    assert forced.returncode == 0, forced.stderr
    wrong = reprise("formulary", "import", tmp_path / "nowhere", data=data)
    assert wrong.returncode == 7 and "Traceback" not in wrong.stderr
