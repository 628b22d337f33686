"""The number of a person, NIR or NIA, as a matricule INS holds it: its shape and its key."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}(\d{2})?")
"""Sex (3, 4, 7 and 8: numbers given before registration), year, month (20 and more: not known), department,
commune, order, key. Source: INSEE, Répertoire national d'identification des personnes physiques."""


def nir_of(text: str) -> str | None:
    """Return the 13 or 15 signs of a number as written, blanks and dots left out.

    None = no such number, or a key that is wrong: a sign was misread, and nobody knows which.

    Args:
        text: "1 85 04 2A 116 001 42", "1850475116001".
    """
    signs = re.sub(r"[\s.\-]", "", text).upper()
    shape = _SHAPE.fullmatch(signs)
    return signs if shape and (shape[1] is None or has_right_key(signs)) else None


def has_right_key(signs: str) -> bool:
    """Tell whether 15 signs end in 97 - (the first 13 mod 97); Corsica's 2A and 2B count as 19 and 18.

    Source: INSEE; Agence du numérique en santé, référentiel INS.
    """
    number = signs[:5] + {"2A": "19", "2B": "18"}.get(signs[5:7], signs[5:7]) + signs[7:13]
    return len(signs) == 15 and (number + signs[13:]).isdigit() and 97 - int(number) % 97 == int(signs[13:])
