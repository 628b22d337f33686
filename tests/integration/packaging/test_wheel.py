"""A wheel that is built and installed elsewhere finds its models, tables, screens and migrations."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[3]


def run(*command, cwd, told="", **variables):
    # Nothing of the checkout may be found by accident: neither by PYTHONPATH nor by the folder it runs in.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, input=told, capture_output=True, text=True, env={**environment, **variables}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A throw-away environment: our wheel, and everybody else's from the one that runs the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", str(folder / "env"), cwd=folder)
    python = folder / "env" / "bin" / "python"
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    # A plain path line does not run the .pth files of that folder, so an editable install there stays unseen.
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
    run(*pip, "--ignore-installed", str(wheel), cwd=folder)
    return folder / "env" / "bin", site


@pytest.fixture
def elsewhere(tmp_path):
    return tmp_path


def test_the_code_is_the_wheels(installed, elsewhere):
    bin_dir, site = installed
    where = run(bin_dir / "python", "-c", "import pipeline; print(pipeline.__file__)", cwd=elsewhere)
    assert Path(where.strip()).is_relative_to(site)
    models = run(
        bin_dir / "python",
        "-c",
        "from pipeline.reading.artefacts import models_dir; print(models_dir())",
        cwd=elsewhere,
    )
    assert Path(models.strip()) == site / "pipeline" / "_models"


def test_parse_finds_its_tables(installed, elsewhere):
    said = run(installed[0] / "reprise", "parse", cwd=elsewhere, told="Doliprane 1g 1 cp x3/j pdt 5j\n")
    (medication,) = json.loads(said)["medications"]
    assert (medication["substance"], medication["strength"]) == ("paracétamol", "1 g")


def test_read_finds_its_model(installed, elsewhere):
    line = Image.fromarray(np.full((64, 420), 255, np.uint8))
    ImageDraw.Draw(line).text((12, 8), "Doliprane 1 g", fill=20, font_size=40)
    line.save(elsewhere / "line.png")
    (elsewhere / "lines.txt").write_text(f"{elsewhere / 'line.png'}\n")
    said = run(installed[0] / "reprise", "read", "--lines", "lines.txt", cwd=elsewhere)
    read = json.loads(said)
    assert "oliprane" in read["text"] and read["reader"]


def test_a_database_is_made_and_the_screens_are_there(installed, elsewhere):
    told = run(installed[0] / "reprise", "status", "--json", cwd=elsewhere, REPRISE_DATA_DIR="data")
    assert json.loads(told)["pages"] == 0 and (elsewhere / "data" / "reprise.db").exists()
    check = (
        "from pipeline.review.words import table; from pipeline.review.screens import HERE;"
        "print(len(table('fr')) == len(table('en')) > 100,"
        "len(list((HERE / 'templates').glob('*.html'))) > 15,"
        "(HERE / 'static' / 'review.css').exists())"
    )
    assert run(installed[0] / "python", "-c", check, cwd=elsewhere).split() == ["True"] * 3
