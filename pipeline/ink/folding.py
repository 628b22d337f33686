"""Posteriors in which case, accents and signs between words no longer count."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_SIGNS = frozenset(" '’-–—.,:;!?()[]{}/«»\"*_|~")
"""What a name is written with or without, and what sticks to it on paper; folded into the blank."""

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})


def folded_text(text: str) -> str:
    """Return a text in lower case, without accents and without signs between words, ligatures opened."""
    plain = unicodedata.normalize("NFD", text.translate(_LIGATURES))
    kept = (c for c in plain if not unicodedata.combining(c) and c not in _SIGNS)
    return "".join(kept).lower()


def folded(logs: NDArray[np.floating], vocabulary: str, *, keep: str = "") -> tuple[NDArray[np.float64], str]:
    """Add up the classes that fold to the same character.

    What is left is CTC over a smaller alphabet: all folded strings' probabilities still sum to 1.

    Args:
        logs: (T, C), natural log-probabilities of `vocabulary`.
        vocabulary: class i + 1 is `vocabulary[i]`.
        keep: signs that stay classes of their own: " " where words are looked for inside a line.

    Returns:
        (T, C'), natural log-probabilities; and the folded vocabulary, of C' - 1 characters.
    """
    classes, characters = folded_classes(vocabulary, keep)
    merged = np.zeros((len(logs), len(characters) + 1))
    np.add.at(merged.T, classes, np.exp(np.asarray(logs, np.float64)).T)
    return np.log(np.maximum(merged, 1e-30)), characters


@lru_cache(maxsize=8)
def folded_classes(vocabulary: str, keep: str = "") -> tuple[NDArray[np.intp], str]:
    """Return the folded class of every class, blank first, and the folded vocabulary.

    A ligature counts as its first letter.
    """
    firsts = [character if character in keep else folded_text(character)[:1] for character in vocabulary]
    characters = "".join(dict.fromkeys(firsts))
    classes = [characters.index(first) + 1 if first else 0 for first in firsts]
    return np.array([0, *classes], np.intp), characters
