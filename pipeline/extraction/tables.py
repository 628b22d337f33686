"""The tables under rules/, read once, and the folding under which words are compared."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_KEPT = {"½": "½", "¼": "¼", "¾": "¾", "μ": "µ", "µ": "µ", "œ": "o", "Œ": "o", "’": "'", "×": "x", "°": "°"}


@cache
def _fold_char(char: str) -> str:
    if char in _KEPT:
        return _KEPT[char]
    return (unicodedata.normalize("NFD", char)[0].lower() or char)[0]


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return a text in lower case without accents; every character keeps its place.

    "œ" becomes "o" so that lengths stay equal; tables list both writings of such words.
    """
    return "".join(map(_fold_char, text))


@cache
def rules(name: str) -> dict[str, Any]:
    """Return the table rules/NAME.toml."""
    return tomllib.loads((files(__package__) / "rules" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def lookup(name: str, section: str) -> dict[str, str]:
    """Return {folded surface: meaning} of one section of a table."""
    return {
        fold(surface): meaning for meaning, surfaces in rules(name)[section].items() for surface in surfaces
    }
