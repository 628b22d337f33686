"""Opens the tables beside this file and puts findings into their words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.review import Flag, Severity

_TABLES = Path(__file__).parent / "tables"


@cache
def table(name: str) -> dict[str, Any]:
    """Return a table by its name without ending."""
    return tomllib.loads((_TABLES / f"{name}.toml").read_text(encoding="utf-8"))


def fold(text: str) -> str:
    """Return lower-case letters and digits without accents, single blanks between words."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def same_substance_key(substance: str) -> frozenset[str]:
    """Return what makes two substances the same drug: order, "LP" and words such as "acide" aside."""
    return frozenset(fold(substance).split()) - {"lp", "lm", "acide", "de", "d"}


def under(atc: str | None, prefixes: list[str]) -> bool:
    """Tell whether an ATC code lies under one of these."""
    return atc is not None and atc.startswith(tuple(prefixes))


def flag(
    type_: str,
    *,
    source: str,
    sentence: str | None = None,
    fr: dict[str, str] | None = None,
    en: dict[str, str] | None = None,
) -> Flag:
    """Put a finding into words.

    Args:
        type_: the flag's name in the public contract.
        source: table or rule, with edition.
        sentence: key in sentences.toml where it differs from the type.
        fr: what fills the braces.
        en: the same for English where it differs.
    """
    words = table("sentences")[sentence or type_]
    french, english = fr or {}, {**(fr or {}), **(en or {})}
    return Flag(
        type_,
        Severity(words["severity"]),
        words["fr"].format(**french),
        words["en"].format(**english),
        source,
    )
