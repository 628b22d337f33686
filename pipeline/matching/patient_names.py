"""Names as they are compared: letters alone, and how near a written name comes to a registered one."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA


class Likeness(StrEnum):
    """How near two names are, nearest first."""

    EXACT = "exact"
    CLOSE = "close"
    INITIAL = "initial"
    DIFFERENT = "different"


def folded(text: str) -> str:
    """Return lower-case letters and digits without accents, blanks between words.

    >>> folded("Aït-Ouarab, Ælis")
    'ait ouarab aelis'
    """
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


@lru_cache(maxsize=1 << 16)
def key(text: str) -> str:
    """Return a name as one run of letters: "De Villiers" and "DEVILLIERS" are the same."""
    apostrophes = text.replace("'", "").replace("’", "")
    return folded(apostrophes).replace(" ", "")


def likeness(written: str, registered: str) -> Likeness:
    """Compare two keys.

    Close is one edit (optimal string alignment: a swap of neighbours counts one) in names of five
    letters or more, two from eight: where misspellings and misreadings of these lengths still beat
    other people's names.
    """
    if written == registered:
        return Likeness.EXACT
    if len(written) == 1:
        return Likeness.INITIAL if registered.startswith(written) else Likeness.DIFFERENT
    shortest = min(len(written), len(registered))
    allowed = 2 if shortest >= 8 else 1 if shortest >= 4 else 0
    if allowed and OSA.distance(written, registered, score_cutoff=allowed) <= allowed:
        return Likeness.CLOSE
    return Likeness.DIFFERENT


@lru_cache(maxsize=1 << 16)
def given_keys(given_names: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of somebody's usual given name and those of the later ones.

    "Jean François Marie" gives (jean, jeanfrancois, jeanfrancoismarie) and (francois, francoismarie,
    marie): "Jean-François" may be registered as two words.
    """
    words = [key(word) for word in given_names.replace(",", " ").split() if key(word)]
    runs = {
        start: ["".join(words[start:end]) for end in range(start + 1, len(words) + 1)]
        for start in range(len(words))
    }
    later = [run for start, found in runs.items() if start for run in found]
    return tuple(runs.get(0, ())), tuple(dict.fromkeys(later))


@lru_cache(maxsize=1 << 16)
def family_keys(family_name: str) -> tuple[str, ...]:
    """Return the keys of a usage name, whole and, if it is double ("Martin-Durand"), by halves."""
    halves = [key(part) for part in family_name.split("-")]
    return tuple(dict.fromkeys([key(family_name), *(half for half in halves if len(half) > 2)]))
