"""What is not a page's fault never counts against it, and one bad file or page never stops the others."""

import os
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.domain.errors import Failure, ToolMissing
from pipeline.domain.paper import Page, Scan
from pipeline.operations.pool import PageJob, PagePool
from pipeline.settings import Settings
from pipeline.wiring import House


def job(number):
    page = Page(f"{number:016x}-1", f"{number:064x}", 1, 10, 10, 300)
    return PageJob(page, Scan(page.scan_sha256, "image/png", 1, "a.png", "b"), Path("absent"))


def read_or_die(one):
    if one.page.id.startswith(f"{1:016x}"):
        os._exit(9)
    return one.page.id


def reader_that_dies_on_page_one():
    return read_or_die


def reader_without_its_tool(one):
    raise ToolMissing("tesseract")


def reader_that_misses_a_tool():
    return reader_without_its_tool


def test_a_page_that_kills_its_process_becomes_a_row_and_the_others_are_read():
    pool = PagePool(partial(reader_that_dies_on_page_one), workers=2)
    found = dict(pool.read([job(number) for number in range(4)]))
    pool.close()
    by_number = {one.page.id: read for one, read in found.items()}
    assert isinstance(by_number[job(1).page.id], Failure)
    for number in (0, 2, 3):
        assert by_number[job(number).page.id] == job(number).page.id


def test_a_missing_tool_is_nobodys_failure():
    pool = PagePool(partial(reader_that_misses_a_tool), workers=1)
    with pytest.raises(ToolMissing):
        list(pool.read([job(0)]))
    pool.close()


def readers_that_cannot_be_built():
    raise ToolMissing("the weights cannot be loaded")


def test_a_reader_that_cannot_be_built_is_nobodys_failure():
    pool = PagePool(partial(readers_that_cannot_be_built), workers=2)
    with pytest.raises(ToolMissing, match="weights"):
        list(pool.read([job(0), job(1)]))
    pool.close()


def test_a_model_that_is_not_there_stops_before_a_page_is_claimed(tmp_path):
    source = tmp_path / "page.png"
    Image.fromarray(np.full((400, 300), 255, np.uint8)).save(source)
    house = House(Settings(data_dir=tmp_path / "data", database_url="", handwriting_model="nosuch"))
    house.receive_paths([source], sender="test")
    with pytest.raises(ToolMissing):
        house.desk()
    assert house.store.papers.pending() == 1 and house.store.papers.failures() == []
    house.close()


def test_a_file_that_cannot_be_opened_is_a_row_and_the_rest_is_taken_in(tmp_path):
    good = tmp_path / "page.png"
    Image.fromarray(np.full((400, 300), 255, np.uint8)).save(good)
    house = House(Settings(data_dir=tmp_path / "data", database_url=""))
    receipt = house.receive_paths([tmp_path / "taken-away.pdf", good], sender="test")
    assert [failure.category for failure in receipt.failures] == ["cannot_open"]
    assert receipt.pages == 1 and receipt.files == 2
    assert house.store.papers.failures(receipt.batch.id) == list(receipt.failures)
    house.close()
