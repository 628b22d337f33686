"""Which files of a folder are taken in."""

from __future__ import annotations

import pytest

from pipeline.intake.folder import scan_paths


def test_only_scans_and_in_order(tmp_path):
    for name in [
        "b.pdf",
        "a.TIF",
        ".hidden.pdf",
        "c.pdf.part",
        "d.tmp",
        "truth.json",
        "list.csv",
        "README.md",
        "x",
    ]:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".sync").mkdir()
    (tmp_path / ".sync" / "e.pdf").write_bytes(b"x")
    (tmp_path / "tuesday").mkdir()
    (tmp_path / "tuesday" / "f.heic").write_bytes(b"x")
    found = [str(path.relative_to(tmp_path)) for path in scan_paths(tmp_path)]
    assert found == ["a.TIF", "b.pdf", "tuesday/f.heic", "x"]


def test_a_file_named_outright_is_taken(tmp_path):
    path = tmp_path / ".odd.txt"
    path.write_bytes(b"x")
    assert scan_paths(path) == [path]
    with pytest.raises(FileNotFoundError):
        scan_paths(tmp_path / "nowhere")
