"""Names as they are searched: folded words, and dates typed among them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from pipeline.domain.identity import Patient

_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})|(\d{2})(\d{2})(\d{4})")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE", "ß": "ss"})


def name_words(patient: Patient) -> list[str]:
    """Return the words of all names of a patient, folded, family name first."""
    names = (patient.family_name, patient.birth_name, patient.given_names, patient.used_given_name)
    return list(dict.fromkeys(folded_words(" ".join(filter(None, names)))))


def folded_words(text: str) -> list[str]:
    """Return words without case, accents and punctuation ("Œuvrard-Noël" is "oeuvrard", "noel")."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"\w+", letters)


def days_in(text: str) -> tuple[list[date], str]:
    """Return the complete dates in a text, day first or ISO, and what remains of the text."""
    days = []
    for match in _DAY.finditer(text):
        d1, m1, y1, y2, m2, d2, d3, m3, y3 = match.groups()
        try:
            days.append(date(int(y1 or y2 or y3), int(m1 or m2 or m3), int(d1 or d2 or d3)))
        except ValueError:
            continue
    return days, _DAY.sub(" ", text) if days else text
