"""`reprise retry`: what failed is read again, once; what stays unreadable says so by its exit code."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from pipeline.cli.main import app
from pipeline.domain.errors import BadScan, Failure, UsageError
from pipeline.settings import Settings
from pipeline.wiring import House


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRISE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("REPRISE_WORKERS", "1")
    opened = House(Settings(data_dir=tmp_path / "data", database_url=""))
    yield opened
    opened.close()


def take_in(house, folder):
    """Bring in a blank page that failed and a file that is none; return the batch's and the page's id."""
    page, broken = folder / "page.png", folder / "cut.pdf"
    Image.fromarray(np.full((800, 600), 255, np.uint8)).save(page)
    broken.write_bytes(b"%PDF-1.4 cut")
    batch = house.receive_paths([page, broken], sender="test").batch
    (known,) = house.store.papers.pages_of_batch(batch.id)
    house.store.papers.add_failure(
        Failure("reading", "unexpected", "Non.", "No.", "page.png", batch.id, known.scan_sha256, 1)
    )
    return batch.id, known.id


def test_a_page_is_read_again_and_a_second_time_changes_nothing(house, tmp_path):
    _, page_id = take_in(house, tmp_path)
    done = CliRunner().invoke(app, ["retry", "--page", page_id])
    assert done.exit_code == 0, done.output
    assert house.store.papers.outcome(page_id).layout.blank
    assert [failure.name for failure in house.store.papers.failures()] == ["cut.pdf"]
    again = CliRunner().invoke(app, ["retry", "--page", page_id])
    assert again.exit_code == 0 and house.store.papers.pending() == 0


def test_what_still_cannot_be_read_ends_with_its_exit_code(house, tmp_path):
    batch_id, page_id = take_in(house, tmp_path)
    assert len(house.store.papers.failures()) == 2
    done = CliRunner().invoke(app, ["retry", "--batch", batch_id])
    assert done.exit_code == BadScan.exit_code, done.output
    assert [failure.name for failure in house.store.papers.failures()] == ["cut.pdf"]
    assert house.store.papers.outcome(page_id) is not None


@pytest.mark.parametrize("chosen", [["--batch", "nosuch"], ["--page", "nosuch-1"]])
def test_what_is_not_there_is_a_usage_error(house, chosen):
    with pytest.raises(UsageError):
        CliRunner().invoke(app, ["retry", *chosen], catch_exceptions=False)


def test_a_file_refused_by_a_limit_is_opened_once_the_limit_is_raised(house, tmp_path):
    source = tmp_path / "large.png"
    noise = np.random.default_rng(1).integers(0, 255, (700, 700, 3), np.uint8)
    Image.fromarray(noise).save(source)
    tight = House(Settings(data_dir=tmp_path / "data", database_url="", max_file_mb=1))
    receipt = tight.receive_paths([source], sender="test")
    assert len(receipt.failures) == 1 and receipt.pages == 0
    assert tight.retry("test").pages == ()
    assert len(tight.store.papers.failures()) == 1
    tight.close()
    done = house.retry("test")
    assert (len(done.pages), done.files, done.still) == (1, 1, ())
    assert house.store.papers.failures() == [] and house.store.papers.pending() == 1
    assert house.page_image(done.pages[0]).shape == (700, 700, 3)
    assert house.retry("test").pages == ()


def test_the_status_counts_what_stands(house, tmp_path):
    _, page_id = take_in(house, tmp_path)
    house.retry("test", page_id=page_id)
    told = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
    assert (told["failures"], told["pending"]) == (1, 1)
