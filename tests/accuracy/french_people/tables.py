"""The tables of the invented French people, as they stand in this folder."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a tab-separated table by its headings; lines that start with # are remarks."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    reader = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return tuple(dict(row) for row in reader)


@cache
def numbers(name: str) -> dict[str, Any]:
    """Return what stands in a toml table."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
