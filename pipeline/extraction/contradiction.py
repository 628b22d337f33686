"""Whether a code and the handwriting, or two lines, speak of two different people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rapidfuzz.distance import OSA

from pipeline.domain.identity import Traits
from pipeline.domain.writing import Transcript
from pipeline.extraction.tables import fold
from pipeline.ink import log_prob_in_line

ALLOWED = -6.0
"""Natural log of how far a name may stay behind the best reading of its ink and still be what is written."""
SHORTEST_NAME = 3
YEARS_OFF = 1


def contradicts(code: Traits, written: Traits, *, on: date | None, transcript: Transcript | None) -> bool:
    """Tell whether what is written cannot be about whom a code names.

    A usage name that the code does not hold is no contradiction for a woman, nor where the sex is not known:
    the code has the birth name only. A name or date that merely reads badly is none either.

    Args:
        code: what a code says.
        written: what the identity lines say, or another code.
        on: the day on which an age was written; None = ages are not compared.
        transcript: its ink is asked whether the code's given name may be what is written; None = not asked.
    """
    return (
        bool(code.ins and written.ins and code.ins[:13] != written.ins[:13])
        or bool(code.sex and written.sex and code.sex != written.sex)
        or _births_differ(code, written, on)
        or _names_differ(code, written, transcript)
    )


def name_nobody_in_common(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two lists of names, both with a name in it, share none, a misread letter aside."""
    first, second = _parts(one), _parts(other)
    return bool(first and second) and not any(_alike(a, b) for a in first for b in second)


def _births_differ(code: Traits, written: Traits, on: date | None) -> bool:
    born = code.birth_date
    if born is None:
        return False
    if written.birth_date is not None:
        read = written.birth_date
        same = sum((born.day == read.day, born.month == read.month, born.year == read.year))
        swapped = (born.day, born.month, born.year) == (read.month, read.day, read.year)
        return same < 2 and not swapped
    if written.birth_year is not None:
        return abs(born.year - written.birth_year) > YEARS_OFF
    if on is None:
        return False
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if written.age is not None:
        return abs(months // 12 - written.age) > YEARS_OFF
    return written.age_months is not None and abs(months - written.age_months) > 2


def _names_differ(code: Traits, written: Traits, transcript: Transcript | None) -> bool:
    words = _parts(written.names)
    family = _parts((code.birth_name or "",))
    given = [name for name in _parts(code.names) if name not in family]
    if not words or not family or not given:
        return False
    of_family = any(_alike(word, name) for word in words for name in family)
    of_given = any(_alike(word, name) for word in words for name in given) or _has_initial(written, given)
    if not of_given:
        of_given = _ink_allows(given, written, transcript)
    is_man = code.sex == "M"
    if len(words) == 1 and not _has_initial(written, given):
        return is_man and not of_family and not of_given
    return not of_given or (is_man and not of_family)


def _parts(names: Sequence[str]) -> list[str]:
    """Return the words of names, folded, hyphens and apostrophes parted, particles and initials left out."""
    return [
        part for name in names for part in re.findall(r"[a-z]+", fold(name)) if len(part) >= SHORTEST_NAME
    ]


def _has_initial(written: Traits, given: Sequence[str]) -> bool:
    initials = {fold(name)[0] for name in written.names if len(name.rstrip(".")) == 1}
    return any(name[0] in initials for name in given)


def _alike(one: str, other: str) -> bool:
    longest = max(len(one), len(other))
    return OSA.distance(one, other) <= (0 if longest < 4 else 1 if longest < 7 else 2)


def _ink_allows(given: Sequence[str], written: Traits, transcript: Transcript | None) -> bool:
    """Whether the ink of the identity lines may say one of the given names."""
    orders = {piece.line_order for piece in written.evidence}
    ways = [way for name in given for way in (name.title(), name.upper())]
    return any(
        float(log_prob_in_line(read.reading.posteriors, ways)[0].max()) >= ALLOWED
        for read in (transcript.lines if transcript else ())
        if read.line.order in orders and read.reading.posteriors is not None and read.reading.posteriors.steps
    )
