"""Who prescribed: a letterhead, a stamp or a "Dr X" line, put on the practice's list where it fits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from pipeline.domain.identity import Doctor
from pipeline.extraction.tables import fold

_DOCTOR = re.compile(r"\b(?:dr|docteur|d[\"']?)\b[\s.:]*([^\d,;:()]{2,40})")
_RPPS = re.compile(r"(?<!\d)(\d(?:[ .]?\d){10})(?!\d)")
_TITLES = frozenset(("dr", "docteur", "mme", "m", "mr"))
_SURE, _LEAD = 0.75, 0.2


def prescriber_of(lines: Sequence[str], *, doctors: Sequence[Doctor]) -> str | None:
    """Return the prescriber as the list has the name, else as read after "Dr"; None = the page is silent."""
    found = prescriber_at(lines, doctors=doctors)
    return found[0] if found else None


def prescriber_at(lines: Sequence[str], *, doctors: Sequence[Doctor]) -> tuple[str, int] | None:
    """Return the prescriber and the number of the line that says so; None = the page is silent.

    An RPPS number counts only digit by digit. A name counts by its words, one wrong letter in five, and
    only with a clear lead over the next doctor.
    """
    for place, line in enumerate(lines):
        for number in _RPPS.findall(line):
            digits = re.sub(r"\D", "", number)
            for doctor in doctors:
                if doctor.rpps == digits:
                    return doctor.name, place
    as_read: tuple[str, int] | None = None
    best: tuple[float, str, int] | None = None
    for place, line in enumerate(lines):
        match = _DOCTOR.search(fold(line))
        if match is None:
            continue
        name = line[match.start(1) : match.end(1)].strip(" .-")
        if not re.search(r"[^\W\d_]{2}", name):
            continue
        as_read = as_read or (f"Dr {name}", place)
        found = _on_list(name, doctors)
        if found and (best is None or found[0] > best[0]):
            best = (*found, place)
    return best[1:] if best else as_read


def _words(name: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", fold(name)) if word not in _TITLES]


def _likeness(one: str, other: str) -> float:
    if len(one) == 1 or len(other) == 1:
        return 0.5 if one[0] == other[0] else 0.0
    wrong = OSA.distance(one, other)
    return 1 - wrong / max(len(one), len(other)) if wrong <= max(len(other) // 4, 0) else 0.0


def _on_list(name: str, doctors: Sequence[Doctor]) -> tuple[float, str] | None:
    """Return (score, name) of the one doctor whose words are written; the family name must be there."""
    read = _words(name)
    scores: list[tuple[float, str]] = []
    for doctor in doctors:
        words = _words(doctor.name)
        if not words or not read:
            continue
        family = max(_likeness(word, words[-1]) for word in read)
        given = max((_likeness(word, words[0]) for word in read), default=0.0) if len(words) > 1 else 0.0
        whole = max(_likeness("".join(read), "".join(words[k:])) for k in range(len(words)))
        family = max(family, whole)
        if family >= _SURE:
            scores.append((family + 0.3 * given, doctor.name))
    scores.sort(reverse=True)
    if not scores or (len(scores) > 1 and scores[0][0] - scores[1][0] < _LEAD * 0.5):
        return None
    return scores[0]
