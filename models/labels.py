"""Labelled lines on disk: a tab separated file beside the images."""

from __future__ import annotations

import csv
from pathlib import Path


def labelled(labels: Path, *, split: str | None, limit: int | None) -> list[dict[str, str]]:
    """Return the rows of a labels file, those of one split, the first `limit`.

    Args:
        labels: with a header: path (relative to the file), text, source, and, where they exist, split, tier.
        split: None = all.
        limit: None = all.
    """
    with labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    chosen = [row for row in rows if split is None or row.get("split") == split]
    return chosen[:limit]
