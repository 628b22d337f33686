"""The public contract: every stage alone, from the command line, one JSON object a line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

SAMPLES = Path(__file__).parents[3] / "sample_scans"
MEDICATION_KEYS = {
    *("text", "drug", "substance", "atc", "strength", "form", "action", "dosage", "renewals"),
    *("not_substitutable", "confidence", "needs_review", "line_box"),
}


def reprise(*arguments, stdin="", data=None, ok=True):
    environment = {**os.environ, "REPRISE_DATA_DIR": str(data or "absent-data")}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
    )
    assert not ok or done.returncode == 0, done.stderr[-2000:]
    return done


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    paths = []
    for name in ("Doliprane", "Amoxicilline"):
        image = np.full((64, 420), 255, np.uint8)
        cv2.putText(image, name, (10, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2, cv2.LINE_AA)
        path = folder / f"{name}.png"
        cv2.imwrite(str(path), image)
        paths.append(path)
    listing = folder / "lines.txt"
    listing.write_text("\n".join(map(str, paths)) + "\n", encoding="utf-8")
    return listing


def test_read_says_what_stands_on_every_line(words):
    read = rows(reprise("read", "--lines", words))
    assert [row["text"].lower() for row in read] == ["doliprane", "amoxicilline"]
    for row in read:
        assert set(row) == {"path", "text", "confidence", "reader", "seconds"}
        assert 0 <= row["confidence"] <= 1


def test_rank_puts_the_written_name_first(words, tmp_path):
    lexicon = tmp_path / "names.txt"
    lexicon.write_text("Doliprane\nDiprosone\nAmoxicilline\nAmiodarone\n", encoding="utf-8")
    ranked = rows(reprise("rank", "--lexicon", lexicon, words))
    assert [row["candidates"][0]["text"] for row in ranked] == ["Doliprane", "Amoxicilline"]
    assert sum(candidate["probability"] for candidate in ranked[0]["candidates"]) <= 1.001


def test_parse_never_says_more_than_the_text():
    full, bare = rows(reprise("parse", stdin="Doliprane 1 g 1 cp x3/j pdt 5j\nDoliprane\n"))
    medication = full["medications"][0]
    assert set(medication) >= MEDICATION_KEYS
    assert medication["substance"] == "paracétamol" and medication["strength"] == "1 g"
    repeat = medication["dosage"][0]["timing"]["repeat"]
    assert (repeat["frequency"], repeat["period"], repeat["periodUnit"]) == (3, 1, "d")
    for unsaid in bare["medications"]:
        assert unsaid["strength"] is None
        assert all("doseAndRate" not in dosage for dosage in unsaid["dosage"])


def test_match_answers_and_never_on_a_name_alone():
    patients = (SAMPLES / "patients.csv").read_text(encoding="utf-8").splitlines()
    header, first = patients[0].split(","), patients[1].split(",")
    row = dict(zip(header, first, strict=False))
    year, month, day = row["birth_date"].split("-")
    name = f"{row['family_name']} {row['given_names'].split()[0]}"
    asked = [
        {"text": f"{name} né(e) le {day}/{month}/{year}", "written_on": "2025-11-12", "prescriber": None},
        {"text": name, "written_on": None, "prescriber": None},
    ]
    stdin = "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in asked)
    full, name_alone = rows(reprise("match", "--registry", SAMPLES / "patients.csv", stdin=stdin))
    assert full["patient_id"] == row["patient_id"]
    assert name_alone["decision"] != "match"
    assert {"decision", "patient_id", "probability", "candidates"} <= set(full)


def test_mistakes_end_with_words_and_a_code(tmp_path):
    missing = reprise("run", tmp_path / "absent", data=tmp_path / "data", ok=False)
    assert missing.returncode == 2 and "Traceback" not in missing.stderr
    registry = reprise("import", tmp_path / "patients.csv", data=tmp_path / "data", ok=False)
    assert registry.returncode == 7 and "Traceback" not in registry.stderr


def test_bad_files_become_failures_and_the_rest_goes_on(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "text.pdf").write_bytes(b"this is no scan")
    blank = np.full((1100, 800), 255, np.uint8)
    cv2.imwrite(str(folder / "blank.png"), blank)
    (folder / "again.png").write_bytes((folder / "blank.png").read_bytes())
    data = tmp_path / "data"
    reprise("run", folder, data=data)
    counts = json.loads(reprise("status", "--json", data=data).stdout)
    assert counts["failures"] == 2 and counts["pages"] == 1 and counts["pending"] == 0
    reprise("run", folder, data=data)
    assert json.loads(reprise("status", "--json", data=data).stdout) == counts
