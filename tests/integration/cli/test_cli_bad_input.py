"""Bad input from the command line: named in words, answered with nothing, and the rest goes on."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

SAMPLES = Path(__file__).parents[3] / "sample_scans"
NO_MATCH = {"decision": "none", "patient_id": None, "probability": 0.0, "candidates": []}


def reprise(*arguments, stdin=b""):
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env={**os.environ, "REPRISE_DATA_DIR": "absent-data", "COLUMNS": "400", "NO_COLOR": "1"},
        timeout=300,
    )
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def rows(output):
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    written = np.full((64, 420), 255, np.uint8)
    cv2.putText(written, "Doliprane", (10, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2, cv2.LINE_AA)
    cv2.imwrite(str(folder / "blank.png"), np.full((64, 420), 255, np.uint8))
    cv2.imwrite(str(folder / "written.png"), written)
    (folder / "damaged.png").write_bytes(b"this is no image")
    names = ("damaged.png", "absent.png", "blank.png", "written.png")
    listing = folder / "lines.txt"
    listing.write_text("\n".join(str(folder / name) for name in names), encoding="utf-8")
    return listing


def test_read_names_an_unreadable_image_and_reads_the_rest(images):
    code, output, said = reprise("read", "--lines", images)
    assert code == 6
    damaged, absent, _, written = rows(output)
    for row in (damaged, absent):
        assert set(row) == {"path", "text", "confidence", "reader", "seconds"}
        assert (row["text"], row["confidence"]) == ("", 0)
        assert row["path"] in said
    assert written["text"].lower() == "doliprane"
    assert "n'a pas pu être lu" in said and "could not be read" in said


def test_rank_gives_no_name_where_nothing_can_be_read_or_is_written(images, tmp_path):
    lexicon = tmp_path / "names.txt"
    lexicon.write_text("Doliprane\nLi\nAmiodarone\n", encoding="utf-8")
    code, output, said = reprise("rank", "--lexicon", lexicon, images)
    assert code == 6 and "damaged.png" in said and "absent.png" in said and "blank.png" not in said
    assert [row["candidates"] for row in rows(output)[:3]] == [[], [], []]
    assert rows(output)[3]["candidates"][0]["text"] == "Doliprane"


@pytest.mark.parametrize(("content", "word"), [(b"\n  \n", "no name"), (b"Kard\xe9gic\n", "UTF-8")])
def test_rank_says_what_is_wrong_with_a_lexicon(images, tmp_path, content, word):
    lexicon = tmp_path / "names.txt"
    lexicon.write_bytes(content)
    code, output, said = reprise("rank", "--lexicon", lexicon, images)
    assert code == 2 and output == "" and "names.txt" in said and word in said


def test_match_names_a_bad_line_and_answers_the_rest():
    bad = [b"{", b"[1]", b"{}", b'{"text": null}', b'{"text": "a", "written_on": "hier"}']
    bad.append(b'{"text": "a", "prescriber": 3}')
    good = json.dumps({"text": "Personne ABSENTE", "written_on": None, "prescriber": None}).encode()
    code, output, said = reprise(
        "match", "--registry", SAMPLES / "patients.csv", stdin=b"\n".join([*bad, good])
    )
    assert code == 2
    assert rows(output)[:-1] == [NO_MATCH] * len(bad) and len(rows(output)) == len(bad) + 1
    assert re.findall(r"ligne / line (\d)", said) == ["1", "2", "3", "4", "5", "6"]
    assert "JSONDecodeError" not in said and "KeyError" not in said
    assert '"text" is missing' in said and "not a date" in said


def test_parse_answers_every_line_whatever_its_bytes():
    stdin = b"\xef\xbb\xbfDoliprane 1 g\n\n   \nparac\xe9tamol 1 g\n"
    code, output, _ = reprise("parse", stdin=stdin)
    first, empty, spaces, latin = rows(output)
    assert code == 0 and "\ufeff" not in output
    assert first["medications"][0]["text"].startswith("Doliprane")
    assert empty == spaces == {"medications": [], "mentions": []}
    assert set(latin) == {"medications", "mentions"}


@pytest.mark.parametrize("verb", [("predict", "--out"), ("evaluate", "--json")])
def test_what_cannot_be_written_is_said_before_the_work(tmp_path, verb):
    out = tmp_path / "absent" / "out"
    code, _, said = reprise(verb[0], SAMPLES, verb[1], out)
    assert code == 2 and str(out) in said and "cannot be written" in said
    assert "pages" not in said


@pytest.mark.parametrize(
    ("verb", "name"),
    [("predict", "DATASET"), ("evaluate", "DATASET"), ("import", "FILES"), ("formulary show", "NAME")],
)
def test_help_names_arguments_in_capitals(verb, name):
    _, output, _ = reprise(*verb.split(), "--help")
    assert name in output and name.lower() not in output.split("Usage:")[1].splitlines()[0]
