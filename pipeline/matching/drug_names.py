"""How a drug's name is made comparable: folding, words with their places, spellings that a pen may use."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


@lru_cache(maxsize=32768)
def fold_word(word: str) -> str:
    """Return a word in lower-case letters and digits without accents."""
    plain = unicodedata.normalize("NFKD", word.translate(_LIGATURES)).encode("ascii", "ignore").decode()
    return plain.lower()


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return (start, end, folded word) for every run of letters and digits."""
    found = ((m.start(), m.end(), fold_word(m.group())) for m in _WORD.finditer(text))
    return tuple(word for word in found if word[2])


@lru_cache(maxsize=32768)
def fold(text: str) -> str:
    """Return a text's folded words with single blanks between."""
    return " ".join(word for _, _, word in words(text))


def joined(text: str) -> str:
    """Return a text's folded words without blanks: "Di-Hydan" and "Dihydan" become the same."""
    return fold(text).replace(" ", "")


def spellings(name: str) -> tuple[str, ...]:
    """Return the ways a pen writes a name: as in the table, lower case, upper case, capitalised.

    Accents are often left out in capitals and in haste, so each comes without them, too.
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    ways = (name, name.lower(), name.upper(), name.capitalize(), bare, bare.lower(), bare.upper())
    return tuple(dict.fromkeys(way for way in ways if way))
