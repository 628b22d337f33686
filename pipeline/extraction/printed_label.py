"""A printed label without a title: a name over a birth date or a number that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.domain.paper import Stroke
from pipeline.domain.writing import ReadLine
from pipeline.extraction.identity import identity_line, is_titled, names_professional
from pipeline.extraction.tables import fold

_SAYS_BIRTH = re.compile(r"(?<![a-z])(?:nee?|ne\s?\(e\)|ddn|naissance)(?![a-z])")
LONGEST = 4
"""Lines of a label, the name's own counted."""


def label_lines(lines: Sequence[ReadLine], free: Sequence[bool]) -> list[int]:
    """Return the numbers of a label's lines, from its name on; empty = the page bears none.

    A doctor's letterhead has no birth date and no number of this kind, so that a printed name without a title
    is a patient's where such a line follows within the label. Two such names are nobody's.

    Args:
        lines: the page's, in reading order.
        free: for every line whether it may be one of a label's: print, or a body that nothing else claims.
    """
    found = [number for number in range(len(lines)) if free[number] and _is_headed(lines, free, number)]
    if not found or any(number >= found[0] + LONGEST for number in found[1:]):
        return []
    last = max(number for number in range(found[0], _end(lines, free, found[0])) if _tells(lines[number]))
    return [number for number in range(found[0], last + 1) if number == found[0] or _tells(lines[number])]


def _is_headed(lines: Sequence[ReadLine], free: Sequence[bool], number: int) -> bool:
    """Whether a line is a name alone, and one under it says when that person was born, or a number."""
    read = lines[number]
    text = read.reading.text
    names = identity_line(text).traits.names
    is_name = (
        read.line.stroke is Stroke.PRINT
        and len(names) >= 2
        and all(name[0].isupper() for name in names)
        and not re.search(r"[a-z\d]{2}", identity_line(text).rest)
        and not names_professional(text)
        and not is_titled(text)
    )
    return is_name and any(_proves(lines[below]) for below in range(number, _end(lines, free, number)))


def _end(lines: Sequence[ReadLine], free: Sequence[bool], number: int) -> int:
    end = number + 1
    while end < min(len(lines), number + LONGEST) and free[end]:
        end += 1
    return end


def _proves(read: ReadLine) -> bool:
    text = read.reading.text
    traits = identity_line(text).traits
    return bool(traits.ins) or (traits.birth_date is not None and bool(_SAYS_BIRTH.search(fold(text))))


def _tells(read: ReadLine) -> bool:
    traits = identity_line(read.reading.text).traits
    return bool(traits.ins or traits.birth_date or traits.phone or traits.address or traits.postal_code)
