"""Who prescribed: a letterhead, a stamp or a "Dr X" line, put on the practice's list where it fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rapidfuzz.distance import OSA

from pipeline.domain.identity import Doctor
from pipeline.extraction.assertion import phrases, words_in
from pipeline.extraction.identity import is_birth, is_titled
from pipeline.extraction.problems import problems_in
from pipeline.extraction.tables import fold, rules

# Handwritten, "Dr" often reads as "D'" or "D"; inside a sentence that is French for "of".
_TITLE = re.compile(r"(?:^\W*d[\"'’]?(?![a-z])|\b(?:dr|docteur)\b)[\s.:]*")
_NAME = re.compile(r"[^\d,;:()]{2,40}")
_RPPS = re.compile(r"(?<!\d)(\d(?:[ .]?\d){10})(?!\d)")
_AGE = re.compile(r"\d\s?(?:ans|mois)\b")
_TITLES = frozenset(("dr", "docteur", "mme", "m", "mr"))
_SURE, _LEAD = 0.75, 0.2


def prescriber_of(lines: Sequence[str], *, doctors: Sequence[Doctor]) -> str | None:
    """Return the prescriber as the list has the name, else as read after "Dr"; None = the page is silent."""
    found = prescriber_at(lines, doctors=doctors)
    return found[0] if found else None


def prescriber_at(lines: Sequence[str], *, doctors: Sequence[Doctor]) -> tuple[str, int] | None:
    """Return the prescriber and the number of the line that says so; None = the page is silent.

    In this order: an RPPS number of the list, digit by digit; a name of the list after "Dr"; a whole name of
    the list anywhere (stamp, letterhead, signature) but on a patient's line; what is read after "Dr" and is
    no word of medicine. A name counts by its words, one wrong letter in five, and only with a clear lead.
    A colleague that the page speaks of ("avis du Dr X") is not the prescriber.
    """
    for place, line in enumerate(lines):
        for number in _RPPS.findall(line):
            digits = re.sub(r"\D", "", number)
            for doctor in doctors:
                if doctor.rpps == digits:
                    return doctor.name, place
    titled = list(_titled(lines))
    listed = [(*found, place) for name, place in titled if (found := _on_list(name, doctors))]
    if not listed:
        listed = [(*found, place) for place, line in enumerate(lines) if (found := _signed(line, doctors))]
    if listed:
        best = max(listed, key=lambda each: (each[0], -each[2]))
        return best[1], best[2]
    return next(((f"Dr {name}", place) for name, place in titled if _may_be_a_name(name)), None)


def _titled(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield (name, line) of what stands behind "Dr", unless the line speaks of a colleague."""
    for place, line in enumerate(lines):
        folded = fold(line)
        title = _TITLE.search(folded)
        if title is None or _colleague().search(folded[: title.start()]):
            continue
        # "Dr 2 David": what stands for a letter or a stroke between is skipped.
        start = title.end() + len(re.match(r"(?:\W*\d\s)?", folded[title.end() :]).group())  # type: ignore[union-attr]
        match = _NAME.match(line, start)
        name = match.group().strip(" .-'’\"") if match else ""
        if re.search(r"[^\W\d_]{2}", name):
            yield name, place


@cache
def _colleague() -> re.Pattern[str]:
    return phrases(tuple(rules("page")["prescriber"]["colleague"]))


def _may_be_a_name(name: str) -> bool:
    """Whether what stands behind "Dr" may be a name: a capital, and no word of medicine."""
    folded = fold(name)
    medicine = (
        bool(problems_in(name))
        or any(words_in(*table).search(folded) for table in (("allergen", "known"), ("negated", "before")))
        or re.search(r"all?erg|intoleran", folded)
        or phrases(tuple(rules("page")["prescriber"]["not_a_name"])).search(folded)
    )
    return name[:1].isupper() and not medicine


def _words(name: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", fold(name)) if word not in _TITLES]


def _likeness(one: str, other: str) -> float:
    if len(one) == 1 or len(other) == 1:
        return 0.5 if one[0] == other[0] else 0.0
    wrong = OSA.distance(one, other)
    return 1 - wrong / max(len(one), len(other)) if wrong <= max(len(other) // 4, 0) else 0.0


def _on_list(name: str, doctors: Sequence[Doctor]) -> tuple[float, str] | None:
    """Return (score, name) of the one doctor whose words are written; the family name must be there.

    Of a double family name one part is enough ("Benali" for Benali-Roux), if no other doctor is as near.
    """
    read = _words(name)
    scores: list[tuple[float, str]] = []
    for doctor in doctors:
        words = _words(doctor.name)
        if not words or not read:
            continue
        family = max(_likeness(word, part) for word in read for part in (words[1:] or words))
        given = max((_likeness(word, words[0]) for word in read), default=0.0) if len(words) > 1 else 0.0
        whole = max(_likeness("".join(read), "".join(words[k:])) for k in range(len(words)))
        family = max(family, whole)
        if family >= _SURE:
            scores.append((family + 0.3 * given, doctor.name))
    scores.sort(reverse=True)
    if not scores or (len(scores) > 1 and scores[0][0] - scores[1][0] < _LEAD * 0.5):
        return None
    return scores[0]


def _signed(line: str, doctors: Sequence[Doctor]) -> tuple[float, str] | None:
    """Return (score, name) of the one doctor whose given and family name stand on a line without a title.

    An initial is a given name only before the family name, which then counts to the letter: "S. Delaunay".
    """
    if is_titled(line) or is_birth(line) or _AGE.search(fold(line)):
        return None
    read = _words(line)
    found: list[tuple[float, str]] = []
    for doctor in doctors:
        words = _words(doctor.name)
        if len(words) < 2 or not 2 <= len(read) <= len(words) + 3:
            continue
        if read[0] == words[0][0] and read[1 : len(words)] == words[1:]:
            found.append((_SURE, doctor.name))
            continue
        likest = [max(_likeness(word, part) if len(word) > 1 else 0.0 for word in read) for part in words]
        if min(likest) >= _SURE:
            found.append((sum(likest) / len(likest), doctor.name))
    return found[0] if len(found) == 1 else None
