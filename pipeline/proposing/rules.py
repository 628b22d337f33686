"""Opens the tables beside this file and puts findings into their words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.review import Flag, Severity
from pipeline.domain.writing import Evidence

_TABLES = Path(__file__).parent / "tables"


@cache
def table(name: str) -> dict[str, Any]:
    """Return a table by its name without ending."""
    return tomllib.loads((_TABLES / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a tab-separated table by its name without ending; "#" starts a comment line."""
    lines = (_TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    head, *body = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(dict(zip(head, row, strict=True)) for row in body)


@cache
def fold(text: str) -> str:
    """Return lower-case letters and digits without accents, single blanks between words."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


@cache
def same_substance_key(substance: str) -> frozenset[str]:
    """Return what makes two substances the same drug: order, "LP" and words such as "acide" aside."""
    return frozenset(fold(substance).split()) - {"lp", "lm", "acide", "de", "d"}


def under(atc: str | None, prefixes: list[str]) -> bool:
    """Tell whether an ATC code lies under one of these."""
    return atc is not None and atc.startswith(tuple(prefixes))


def flag(
    rule: str,
    *,
    source: str | None = None,
    fr: dict[str, str] | None = None,
    en: dict[str, str] | None = None,
    evidence: tuple[Evidence, ...] = (),
) -> Flag:
    """Put a finding into words.

    Args:
        rule: its name in rules.toml, which says the flag's name in the public contract where that differs.
        source: table or rule, with edition; None = the one that rules.toml names.
        fr: what fills the braces.
        en: the same for English where it differs.
        evidence: the ink it rests on.
    """
    words = table("rules")[rule]
    french, english = fr or {}, {**(fr or {}), **(en or {})}
    return Flag(
        words.get("type", rule),
        Severity(words["severity"]),
        words["fr"].format(**french),
        words["en"].format(**english),
        source or words["source"],
        rule,
        evidence,
    )


def in_order(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return flags most severe first, of one severity in the order of the table."""
    severities, rows = list(Severity), list(table("rules"))
    return tuple(sorted(flags, key=lambda one: (severities.index(one.severity), rows.index(one.rule))))
