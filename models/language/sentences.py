"""Invented lines of prescriptions, notes and identities, from sentences.toml and the drug tables."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.matching.drug_table import Row, edsnlp_drugs, gp_rows

_BLANK = re.compile(r"\{(\w+)\}")


class Writer:
    """Writes invented lines; the same seed writes the same ones."""

    def __init__(self, seed: int, *, first: Sequence[str], last: Sequence[str]) -> None:
        """Take names, which may be empty, and the tables.

        Args:
            seed: of the order in which everything is drawn.
            first: first names to write patients with.
            last: last names.
        """
        self._random = random.Random(seed)
        self._words = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))
        self._first, self._last = first or ("Marie",), last or ("Martin",)
        self._rows = gp_rows()
        self._others = [drug.name for drug in edsnlp_drugs(set())]

    def lines(self, number: int) -> Iterator[str]:
        """Yield `number` lines."""
        for _ in range(number):
            yield self._filled(self._random.choice(self._words["lines"]), self._drug())

    def _drug(self) -> tuple[str, str]:
        """Return a drug's name as written and a strength; GP's drugs nine times in ten."""
        if self._random.random() < 0.1 and self._others:
            return self._random.choice(self._others), f"{self._random.randint(1, 999)} mg"
        row: Row = self._random.choice(self._rows)
        drug = self._random.choice((*row.drugs, *row.drugs[1:]))
        name = drug.name.split("/")[0]
        strength = self._random.choice(drug.strengths or ("1 g",))
        return name if self._random.random() < 0.85 else name[:1].lower() + name[1:], strength

    def _filled(self, template: str, drug: tuple[str, str]) -> str:
        while match := _BLANK.search(template):
            template = template[: match.start()] + self._word(match[1], drug) + template[match.end() :]
        return " ".join(template.split())

    def _word(self, kind: str, drug: tuple[str, str]) -> str:
        pick = self._random.choice
        match kind:
            case "drug":
                return drug[0]
            case "DRUG":
                return drug[0].upper()
            case "strength":
                return drug[1]
            case "first":
                return pick(self._first)
            case "last":
                return pick(self._last)
            case "NAME":
                return pick(self._last).upper()
            case "n":
                return str(self._random.randint(1, 9))
            case "date":
                return pick(("00/00/0000", "00/00/00", "00/00/0000", "00.00.00", "00-00-00"))
            case "longdate":
                return f"00 {pick(self._words['month'])} 0000"
        return str(pick(self._words[kind]))
