"""Names as they are compared: letters alone, and how near a written name comes to a registered one."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

_SOUNDS = Path(__file__).parent / "french_sound.toml"
_GIVEN = Path(__file__).parent / "given_names.toml"
_PARTICLES = frozenset(
    ("le", "la", "les", "de", "du", "des", "d", "l", "el", "al", "ben", "da", "dos", "van", "von")
)
LEAST_SOUND = 3  # sounds: a shorter name sounds like too many
LEAST_PART = 3  # letters that half of a double name has at least


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


def runs(words: Sequence[str], longest: int | None = None) -> list[str]:
    """Return all runs of neighbouring words, as one word each: "Le Corre" is one name.

    Args:
        words: keys, in order.
        longest: words in a run at most; None = any number.
    """
    count = len(words)
    ends = range(1, min(count, longest or count) + 1)
    found = ("".join(words[start : start + long]) for start in range(count) for long in ends)
    return list(dict.fromkeys(found))


def edits_allowed(length: int) -> int:
    """Return how many edits a name of so many letters may be away and still be close: 0, 1 or 2."""
    return 2 if length >= 8 else 1 if length >= 4 else 0


def likeness(written: str, registered: str) -> Likeness:
    """Compare two keys.

    Close is one edit (optimal string alignment: a swap of neighbours counts one) in names of four
    letters or more, two from eight: where misspellings and misreadings of these lengths still beat
    other people's names.
    """
    if written == registered:
        return Likeness.EXACT
    if len(written) == 1:
        return Likeness.INITIAL if registered.startswith(written) else Likeness.DIFFERENT
    allowed = edits_allowed(min(len(written), len(registered)))
    if allowed and OSA.distance(written, registered, score_cutoff=allowed) <= allowed:
        return Likeness.CLOSE
    return Likeness.DIFFERENT


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    with _SOUNDS.open("rb") as stream:
        return tuple((re.compile(pattern), sound) for pattern, sound in tomllib.load(stream)["rules"])


@lru_cache(maxsize=1 << 16)
def sound(name: str) -> str:
    """Return how a key sounds in French; "" where it is too short to tell."""
    for pattern, becomes in _rules():
        name = pattern.sub(becomes, name)
    return name if len(name) >= LEAST_SOUND else ""


@cache
def _short_forms() -> dict[str, frozenset[str]]:
    """Return what each everyday form may stand for, all as keys."""
    with _GIVEN.open("rb") as stream:
        table = tomllib.load(stream)["short"]
    stands_for: defaultdict[str, set[str]] = defaultdict(set)
    for name, forms in table.items():
        for form in forms:
            stands_for[key(form)].add(key(name))
    return {form: frozenset(names) for form, names in stands_for.items()}


def long_forms(written: str) -> frozenset[str]:
    """Return keys of the given names that an everyday form may stand for: "babeth" for "elisabeth"."""
    return _short_forms().get(written, frozenset())


@lru_cache(maxsize=1 << 12)
def given_keys(given_names: str, used: str | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of somebody's usual given names and those of the later ones.

    "Jean François Marie" gives (jean, jeanfrancois, jeanfrancoismarie) and (francois, francoismarie,
    marie): "Jean-François" may be registered as two words. A name in use that is not the first counts
    as usual.
    """
    words = [key(word) for word in given_names.replace(",", " ").split() if key(word)]
    runs = {
        start: ["".join(words[start:end]) for end in range(start + 1, len(words) + 1)]
        for start in range(len(words))
    }
    usual = runs.get(0, [])
    if used and key(used) and key(used) not in usual:
        usual = [*usual, key(used)]
    later = [run for start, found in runs.items() if start for run in found]
    return tuple(usual), tuple(dict.fromkeys(later))


def initials(given_names: str) -> str:
    """Return the first letters of a compound first given name: "jc" of "Jean-Claude Marie", "" of "Jean"."""
    first = (given_names.split() or [""])[0]
    letters = [part[0] for part in folded(first).split()]
    return "".join(letters) if len(letters) > 1 else ""


@lru_cache(maxsize=1 << 12)
def family_parts(family_name: str) -> tuple[str, ...]:
    """Return keys under which part of a name is written: a double name's halves, a name without particle.

    >>> family_parts("MARTIN-DURAND"), family_parts("DE VILLIERS"), family_parts("Petit")
    (('martin', 'durand'), ('villiers',), ())
    """
    words = folded(family_name.replace("’", "'").replace("'", " ")).split()
    parts = [key(part) for part in family_name.split("-")]
    kept = [word for word in words if word not in _PARTICLES]
    if 0 < len(kept) < len(words):
        parts.append("".join(kept))
    whole = key(family_name)
    return tuple(dict.fromkeys(part for part in parts if len(part) >= LEAST_PART and part != whole))
