"""Scans are kept byte for byte under their hash; the inbox gives up only what has come to rest."""

import hashlib
import os

import pytest

from pipeline.operations.archive import Archive
from pipeline.operations.inbox import AT_REST_S, TAKEN, set_aside, settled_files


def test_a_kept_scan_is_the_same_bytes_and_cannot_be_written(tmp_path):
    source = tmp_path / "a.pdf"
    source.write_bytes(b"paper" * 500_000)
    archive = Archive(tmp_path / "scans")
    sha = archive.keep(source)
    assert sha == hashlib.sha256(source.read_bytes()).hexdigest()
    assert archive.read(sha) == source.read_bytes()
    assert archive.path(sha).stat().st_mode & 0o222 == 0
    assert archive.keep(source) == sha
    assert [path.name for path in (tmp_path / "scans").rglob("*") if path.is_file()] == [sha]


def test_a_scan_that_cannot_be_read_leaves_nothing_behind(tmp_path):
    archive = Archive(tmp_path / "scans")
    with pytest.raises(OSError):
        archive.keep(tmp_path / "absent.pdf")
    assert not [path for path in (tmp_path / "scans").rglob("*") if path.is_file()]


def test_a_file_that_is_still_being_written_stays_in_the_inbox(tmp_path):
    old, new = tmp_path / "old.pdf", tmp_path / "new.pdf"
    for path, age in ((old, AT_REST_S + 1), (new, 0)):
        path.write_bytes(b"x")
        os.utime(path, (1000 - age, 1000 - age))
    assert settled_files(tmp_path, now=1000) == [old]
    assert settled_files(tmp_path / "absent", now=1000) == []


def test_taken_files_are_moved_never_overwritten(tmp_path):
    for content in (b"one", b"two"):
        (tmp_path / "a.pdf").write_bytes(content)
        set_aside([tmp_path / "a.pdf"], tmp_path)
    assert sorted(path.read_bytes() for path in (tmp_path / TAKEN).iterdir()) == [b"one", b"two"]
    assert settled_files(tmp_path, now=1e12) == []
