"""The sample day is what it says: invented, consistent, and every page opens."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from pipeline.intake.folder import scan_paths
from pipeline.intake.limits import Limits
from pipeline.intake.receive import media_type_of
from pipeline.intake.sheets import open_scan

SAMPLE = Path(__file__).parents[3] / "sample_scans"
TRUTH = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
PAGES = TRUTH["pages"]
RESERVED = """
la-belle-aurore homemade-apple zeyada mr-de-haviland nothing-you-could-do bad-script reenie-beanie
the-girl-next-door kristi oooh-baby swanky-and-moo-moo indie-flower rock-salt
"""
FICTION = ("019900", "026191", "035301", "046571", "053649", "063998")


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sizes() -> dict[tuple[str, int], tuple[int, int, int]]:
    found = {}
    for path in scan_paths(SAMPLE / "scans"):
        data = path.read_bytes()
        with open_scan(data, media_type=media_type_of(data), limits=Limits()) as file:
            for number in range(1, file.page_count + 1):
                found[path.name, number] = file.size(number)
                width, height, _ = file.size(number)
                assert file.pixels(number).shape[:2] == (height, width)
    return found


def test_every_page_has_its_truth_and_opens_at_its_size(sizes):
    said = {(page["file"], page["page"]): (*page["image_size"], page["dpi"] or 0) for page in PAGES}
    assert sizes == said
    assert len(said) == TRUTH["meta"]["pages"] == 24


def test_every_line_lies_inside_its_page():
    boxes = 0
    for page in PAGES:
        width, height = page["image_size"]
        for line in page["lines"]:
            x0, y0, x1, y1 = line["box"]
            assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
            assert min(x1 - x0, y1 - y0) >= 10
            boxes += 1
    assert boxes > 150


def test_every_medication_is_written_where_it_says():
    for page in PAGES:
        for index, medication in enumerate(page.get("medications", [])):
            ink = [line["text"] for line in page["lines"] if line["medication"] == index]
            assert " ".join(ink) == medication["text"]
            assert medication["drug"] in medication["text"]
            assert all(dose["text"] in medication["text"] for dose in medication["dosage"])
            assert (medication["action"] == "stop") == (medication["dosage"] == [])


def test_what_is_renewed_or_stopped_stood_on_the_record():
    records = {row["patient_id"]: row for row in json.loads((SAMPLE / "records.json").read_text("utf-8"))}
    checked = 0
    for page in PAGES:
        for medication in page.get("medications", []):
            current = records[page["patient"]["patient_id"]]["current_medications"]
            same = [row for row in current if row["substance"] == medication["substance"]]
            assert bool(same) == (medication["action"] != "start")
            if medication["action"] == "continue":
                assert same[0]["strength"] == medication["strength"]
                checked += 1
    assert checked >= 12


def test_people_are_invented_and_their_numbers_are_right():
    patients = rows("patients.csv")
    assert len(patients) == len({row["patient_id"] for row in patients}) == 60
    for row in patients:
        number, key = row["ins"][:13], row["ins"][13:]
        assert int(key) == 97 - int(number) % 97 and number[10] == "9"
        assert number[1:5] == row["birth_date"][2:4] + row["birth_date"][5:7]
        assert row["phone"].replace(" ", "").startswith(FICTION)
    for row in rows("doctors.csv"):
        digits = [int(digit) for digit in row["rpps"]]
        assert row["rpps"].startswith("1099") and len(digits) == 11
        doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
        assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def test_telephones_anywhere_in_the_folder_are_fiction():
    text = (SAMPLE / "truth.json").read_text("utf-8") + (SAMPLE / "day.toml").read_text("utf-8")
    found = re.findall(r"\b0[1-9](?: \d\d){4}\b", text)
    assert found and all(phone.replace(" ", "").startswith(FICTION) for phone in found)


def test_people_of_the_pages_are_in_the_tables():
    patients = {row["patient_id"] for row in rows("patients.csv")}
    doctors = {row["name"]: row["rpps"] for row in rows("doctors.csv")}
    for page in PAGES:
        if "patient" in page:
            assert page["patient"]["patient_id"] in patients
            assert doctors[page["prescriber"]["name"]] == page["prescriber"]["rpps"]
    assert all(row["patient_id"] in patients and row["doctor"] in doctors for row in rows("appointments.csv"))
    assert not any(row["start"].startswith("2025-11-11") for row in rows("appointments.csv"))


def test_no_font_is_one_kept_for_measuring():
    hands = set(TRUTH["meta"]["hands"].values())
    assert len(hands) == 4 and not hands & set(RESERVED.split())
    for path in [*SAMPLE.glob("*.py"), *SAMPLE.glob("*.md"), *SAMPLE.glob("*.toml")]:
        text = path.read_text(encoding="utf-8")
        assert not [font for font in RESERVED.split() if font in text]


def test_the_pile_shows_what_a_day_brings():
    kinds = {page["kind"] for page in PAGES}
    assert kinds == {"prescription", "note", "other", "blank"}
    assert {page["rotation"] for page in PAGES} == {0, 90, 180}
    assert sum("duplicate_of" in page for page in PAGES) == 1
    assert any("struck_out" in line for page in PAGES for line in page["lines"])
    types = {flag["type"] for page in PAGES for flag in page.get("expected_flags", [])}
    assert types == {"unchanged_renewal", "allergy", "interaction"}
    total = sum(path.stat().st_size for path in (SAMPLE / "scans").iterdir())
    assert total < 12_000_000
