"""A lexicon of drug names to rank against: the built-in table, BDPM's brands, and the true names."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path

from models.labels import labelled
from pipeline.ink import folded_text
from pipeline.matching import drug_table

_BRAND = re.compile(r"^[^\d,(]{3,40}?(?=\s+\d|,|\(|$)")


def brands(bdpm: Path) -> list[str]:
    """Return the brand names of a BDPM list of products (CIS_bdpm.txt), as printed, without strengths."""
    rows = (bdpm / "CIS_bdpm.txt").read_text("cp1252").splitlines()
    found = (_BRAND.match(row.split("\t")[1].strip()) for row in rows)
    return sorted({match.group().strip() for match in found if match})


def lexicon(truth: Iterable[str], *, bdpm: Path | None, size: int, seed: int = 1) -> list[str]:
    """Return `size` names, or all there are: the truth, the built-in table, then brands drawn by chance.

    Names that differ only in case, accents and signs are kept once, as first met.
    """
    own = [drug.name for row in drug_table.gp_rows() for drug in row.drugs]
    more = brands(bdpm) if bdpm else []
    random.Random(seed).shuffle(more)
    names: dict[str, str] = {}
    for name in (*truth, *own, *more):
        if len(names) >= size:
            break
        if folded_text(name):
            names.setdefault(folded_text(name), name)
    return list(names.values())


def words_in(labels: Path, truth: Iterable[str], *, size: int, seed: int = 1) -> list[str]:
    """Return `size` folded words of four letters or more: the truth, then words of the training lines."""
    found = {
        folded_text(word)
        for row in labelled(labels, split="train", limit=None)
        for word in row["text"].split()
    }
    wanted = dict.fromkeys(folded_text(word) for word in truth)
    more = sorted(word for word in found - wanted.keys() if len(word) >= 4 and word.isalpha())
    random.Random(seed).shuffle(more)
    return [*wanted, *more][:size]
