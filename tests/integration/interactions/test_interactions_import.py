"""The thesaurus of interactions goes in as it is distributed, is kept as one file, and the flags use it."""

import json
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli.main import app
from pipeline.domain.errors import BadInteractions, BadRules
from pipeline.matching import drug_table
from pipeline.proposing.interactions import own_pair
from pipeline.proposing.rules import fold, table
from pipeline.proposing.thesaurus import Level
from pipeline.proposing.thesaurus_files import load, read_public, save
from pipeline.settings import Settings
from pipeline.wiring import House

PUBLIC = Path(__file__).parents[4] / "shared/data/ansm"
INDEX = [
    {"substance": "lithium", "drug_classes": []},
    {"substance": "ramipril", "drug_classes": ["inhibiteurs de l'enzyme de conversion"]},
    {"substance": "fer", "drug_classes": []},
]


def entry(one: str, other: str, *levels: str, why: str = "Parce que.") -> dict[str, object]:
    return {
        "main_drug": one,
        "plus_drug": other,
        "severity_levels": [{"level": level, "info": ""} for level in levels],
        "interaction_mechanism": why,
    }


ENTRIES = [
    entry("LITHIUM", "INHIBITEURS DE L'ENZYME DE CONVERSION", "Association DECONSEILLEE"),
    entry("FER", "LITHIUM", "CONTRE-INDICATION", "A prendre en compte", why="a\n b  " + "mot " * 100),
]


def folder(path: Path, *, index: object = INDEX, entries: object = ENTRIES, day: str = "20102020") -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / f"index-des-substances-{day}.json").write_text(json.dumps(index), encoding="utf-8")
    (path / f"thesaurus-interactions-{day}.json").write_text(json.dumps(entries), encoding="utf-8")
    return path


def test_what_was_imported_is_what_was_distributed(tmp_path):
    read = read_public(folder(tmp_path / "ansm"))
    assert read.edition == "2020-10-20" and read.source == "thésaurus ANSM, 20/10/2020"
    assert read.of("lithium", "ramipril")[0].levels == (Level.DISCOURAGED,)
    conditional = read.of("Fer", "lithium")[0]
    assert conditional.levels == (Level.CONTRA_INDICATED, Level.CONSIDER)
    assert conditional.why.startswith("a b mot") and len(conditional.why) < 250
    save(read, tmp_path / "kept" / "interactions.zip")
    again = load(tmp_path / "kept" / "interactions.zip")
    assert again == read
    save(again, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "kept" / "interactions.zip").read_bytes()


def test_the_newest_edition_of_a_folder_counts_and_an_option_wins(tmp_path):
    folder(tmp_path, day="01022019")
    folder(tmp_path, day="01012022")
    assert read_public(tmp_path).edition == "2022-01-01"
    assert read_public(tmp_path, edition=date(2023, 9, 15)).edition == "2023-09-15"


@pytest.mark.parametrize(
    "change",
    [
        {"entries": [entry("FER", "LITHIUM", "Fortement déconseillé")]},
        {"entries": [{"main_drug": "FER"}]},
        {"entries": {}},
        {"index": [{"substance": "fer"}]},
        {"index": []},
        {"day": "32132020"},
        {"day": "edition"},
    ],
    ids=["level", "keys", "no-list", "no-classes", "empty", "no-such-day", "no-day"],
)
def test_what_is_not_the_thesaurus_is_refused(tmp_path, change):
    with pytest.raises(BadInteractions):
        read_public(folder(tmp_path, **change))


def test_missing_cut_off_and_damaged_files_are_refused(tmp_path):
    with pytest.raises(BadInteractions):
        read_public(tmp_path)
    broken = folder(tmp_path / "cut")
    path = next(broken.glob("thesaurus*"))
    path.write_text(path.read_text()[:-20])
    with pytest.raises(BadInteractions):
        read_public(broken)
    assert load(tmp_path / "absent.zip") is None
    (tmp_path / "bad.zip").write_bytes(b"PK nothing")
    with pytest.raises(BadInteractions):
        load(tmp_path / "bad.zip")


def test_the_verbs_import_show_and_say_what_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRISE_DATA_DIR", str(tmp_path / "data"))
    verb = CliRunner()
    assert "interactions import" in verb.invoke(app, ["interactions", "status"]).output
    done = verb.invoke(app, ["interactions", "import", str(folder(tmp_path / "ansm"))])
    assert done.exit_code == 0 and (tmp_path / "data/interactions.zip").is_file()
    assert "20/10/2020" in verb.invoke(app, ["interactions", "status"]).output
    shown = verb.invoke(app, ["interactions", "show", "ramipril", "lithium"])
    assert "association déconseillée" in shown.output
    unknown = verb.invoke(app, ["interactions", "show", "empagliflozine", "lithium"])
    assert unknown.exit_code != 0 and "non évalué" in str(unknown.exception)


def test_the_verbs_list_and_switch_rules(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRISE_DATA_DIR", str(tmp_path))
    verb = CliRunner()
    listed = verb.invoke(app, ["rules", "list"]).stdout.splitlines()
    assert len(listed) == 1 + len(table("rules")) and all(len(row.split("\t")) == 6 for row in listed)
    assert verb.invoke(app, ["rules", "off", "renal"]).exit_code == 0
    assert "éteinte" in next(
        row for row in verb.invoke(app, ["rules", "list"]).stdout.splitlines() if row.startswith("renal\t")
    )
    assert isinstance(verb.invoke(app, ["rules", "off", "none"]).exception, BadRules)


def test_the_house_reads_its_files_again_once_they_change(tmp_path):
    house = House(Settings(data_dir=tmp_path, database_url=""))
    assert house.checks().thesaurus is None and house.checks() is house.checks()
    save(read_public(folder(tmp_path / "ansm")), tmp_path / "interactions.zip")
    (tmp_path / "rules.toml").write_text("[on]\nrenal = false\n")
    checks = house.checks()
    assert checks.thesaurus is not None and checks.off == {"renal"}


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public thesaurus is absent")
def test_the_public_edition_and_our_tables_agree():
    public = read_public(PUBLIC)
    assert (len(public.classes), len(public.entries)) == (1081, 3139)
    names = table("thesaurus_names")["names"]
    assert [name for name in names.values() if name not in public.classes] == []
    assert [name for name in names if name in public.classes] == []
    known = {side for one in public.entries for side in (one.one, one.other)}
    cases = table("thesaurus_cases")
    assert set(cases["conditional"]) <= known
    pairs = {frozenset((one.one, one.other)) for one in public.entries}
    assert [case["pair"] for case in cases["case"] if frozenset(case["pair"]) not in pairs] == []
    assert all(name == fold(name) for name in names)
    assert public.of("simvastatine", "clarithromycine")[0].levels[0] is Level.CONTRA_INDICATED
    assert not public.names_of("empagliflozine")


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public thesaurus is absent")
def test_what_our_own_pairs_say_in_the_thesauruss_name_stands_in_it():
    public = read_public(PUBLIC)
    drugs = {(row.drugs[0].substance, row.drugs[0].atc) for row in drug_table.gp_rows()}
    single = sorted((name, atc) for name, atc in drugs if atc and "/" not in name)
    borrowed = [pair for pair in table("interactions")["pair"] if "source" not in pair]
    strangers, met, confirmed = [], set(), set()
    for (one, one_atc), (other, other_atc) in combinations(single, 2):
        pair = own_pair(one_atc, other_atc)
        if pair is None or "source" in pair or one == other:
            continue
        if not (public.names_of(one) and public.names_of(other)):
            continue
        entries = public.of(one, other)
        met.add(borrowed.index(pair))
        if not entries:
            strangers.append((one, other, pair["fr"]))
        if any(Level(pair["level"]) in entry.levels for entry in entries):
            confirmed.add(borrowed.index(pair))
    assert not strangers, sorted({why for _, _, why in strangers})
    assert len(borrowed) > 70
    assert [borrowed[place]["fr"] for place in sorted(met - confirmed)] == []
