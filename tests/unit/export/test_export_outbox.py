from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pipeline.export import outbox

BUNDLE = {"resourceType": "Bundle", "type": "transaction", "id": "5f1b5f6e-5f43-5d6c-9f0e-0b8c2a1e7d11"}


def test_a_bundle_is_written_whole_under_its_id(tmp_path: Path) -> None:
    path = outbox.write(BUNDLE, tmp_path / "out")
    assert path.name == f"reprise-{BUNDLE['id']}.json"
    assert json.loads(path.read_text(encoding="utf-8")) == BUNDLE
    assert list((tmp_path / "out").iterdir()) == [path]


def test_the_same_bundle_twice_is_the_same_untouched_file(tmp_path: Path) -> None:
    path = outbox.write(BUNDLE, tmp_path)
    before = path.stat()
    assert outbox.write(dict(reversed(BUNDLE.items())), tmp_path) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_id_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="badly formed"):
        outbox.write(BUNDLE | {"id": "../../etc"}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        outbox.write(BUNDLE, tmp_path)
    assert list(tmp_path.iterdir()) == []
