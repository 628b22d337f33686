"""In which sense a note says something: affirmed, negated, past, hypothetical, or of another person.

Cues with scopes after NegEx (Chapman 2001) and ConText (Harkema 2009); words in rules/notes.toml. A cue
before holds to the end of its clause unless a treatment ("sous", "malgré") comes between; one after stands
right behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from pipeline.domain.meaning import Assertion
from pipeline.extraction.tables import fold, rules

_SENTENCE = re.compile(r"[;!\n]|\.(?!\d)|\s/\s")
# A comma parts clauses, unless it is a decimal one or an enumeration of what is denied goes on behind it.
_CLAUSE = re.compile(r"(?<!\d),|,(?!\s?\d)|\bmais\b|\bpuis\b|->|=>|→")
_GOES_ON = re.compile(r",\s*(?:de\b|d'|ni\b|ou\b)")
_PRECEDENCE = (Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.PAST)
_CUES = (
    *((kind.value, key) for kind in _PRECEDENCE for key in ("before", "after")),
    ("hypothetical", "after_drug"),
    ("hypothetical", "opening"),
    ("other_person", "person"),
)
_PARTS = r"(?:et|ou|ni|pas|sans|mais)\b"
_REACH = 3
"""Words that may stand between what is said and a cue behind it ("fièvre hier soir absente")."""


@dataclass(frozen=True, slots=True)
class Sense:
    """An assertion, and whether a cue of ours says so; undecided ones are affirmed."""

    assertion: Assertion
    decided: bool


@cache
def words_in(section: str, key: str) -> re.Pattern[str]:
    """Return what finds any whole word or phrase of a list in notes.toml, in a folded text; longest first."""
    return phrases(tuple(rules("notes")[section][key]))


@cache
def phrases(surfaces: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of these phrases whole, in a folded text; blanks and hyphens are alike."""
    longest_first = sorted(map(fold, surfaces), key=len, reverse=True)
    return re.compile("|".join(map(_whole, longest_first)))


def _whole(surface: str) -> str:
    inner = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", surface))) if surface.strip("- ") else "\\-"
    before = r"(?<![a-z])" if surface[:1].isalpha() else ""
    after = r"(?![a-z])" if surface[-1:].isalpha() else r"(?=\d)" if surface[-2:] in ("19", "20") else ""
    return before + inner + after


def sentence_of(folded: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence around a place begins and ends."""
    first = max((m.end() for m in _SENTENCE.finditer(folded, 0, start)), default=0)
    after = _SENTENCE.search(folded, end)
    return first, after.start() if after else len(folded)


def sense_at(folded: str, start: int, end: int, *, drug: bool = False) -> Sense:
    """Return the sense of what stands at a place.

    Args:
        folded: the line, folded.
        start: of the place.
        end: of the place.
        drug: a drug stands there: a condition behind it makes it hypothetical, unless it is being taken.
    """
    text = masked(folded)
    first, last = sentence_of(text, start, end)
    sentence, left = text[first:start], text[_clause_start(text, first, start) : start]
    right = text[end:last]
    in_force, taken = _in_force(left)
    if _of_another(sentence, left, right):
        # "pas d'ATCD familial de cancer": the family has none, which is all that may be said.
        denied = words_in("negated", "before").search(in_force)
        return Sense(Assertion.NEGATED if denied else Assertion.OTHER_PERSON, True)
    if (behind := _behind(right, drug=drug, taken=taken)) is not None:
        return Sense(behind, True)
    if _opens(sentence, "hypothetical", "opening", r"[^,:]*[,:]"):
        return Sense(Assertion.HYPOTHETICAL, True)
    if words_in("hypothetical", "opening").search(in_force):
        return Sense(Assertion.HYPOTHETICAL, True)  # "pas de Doliprane sauf si fièvre"
    for kind in _PRECEDENCE:
        if words_in(kind.value, "before").search(in_force):
            return Sense(kind, True)
    if _looks_denied(in_force):
        return Sense(Assertion.NEGATED, True)
    if _opens(sentence, "past", "heading", r"(?![a-z])") and not (drug and taken):
        return Sense(Assertion.PAST, True)
    return Sense(Assertion.AFFIRMED, False)


@cache
def cues_behind() -> re.Pattern[str]:
    """Return what finds the cues that stand behind what they speak of; a name never runs over one."""
    return re.compile("|".join(words_in(kind.value, "after").pattern for kind in _PRECEDENCE))


def masked(folded: str) -> str:
    """Return a folded text with blanks for what only looks like a cue; places stay."""
    text = words_in("pseudo", "words").sub(_blank, folded)
    text = words_in("other_person", "guard").sub(_blank, text)
    return _patient().sub(_blank, text)


@cache
def _patient() -> re.Pattern[str]:
    """Return what finds the patient called by kin and age ("fille de 3 ans")."""
    kin = words_in("other_person", "patient_with_age").pattern
    return re.compile(rf"(?:{kin})\s*(?:de|,|agee?\s+de)?\s*\d+\s?(?:ans?|mois|m|a)\b")


def without_our_cues(text: str) -> str:
    """Return a text with blanks for every cue that our tables know; places stay."""
    rest = masked(fold(text))
    for section, key in _CUES:
        rest = words_in(section, key).sub(_blank, rest)
    return _blanked(text, rest)


def without_false_cues(text: str) -> str:
    """Return a text with blanks for what only looks like a cue; places stay."""
    return _blanked(text, masked(fold(text)))


def _blanked(text: str, folded: str) -> str:
    return "".join(" " if new == " " else old for old, new in zip(text, folded, strict=True))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _clause_start(text: str, first: int, start: int) -> int:
    clause = first
    for cut in _CLAUSE.finditer(text, first, start):
        if not _GOES_ON.match(text, cut.start()):
            clause = cut.end()
    return clause


def _in_force(left: str) -> tuple[str, bool]:
    """Return the part of the clause in which cues still hold, and whether a treatment closed the rest."""
    cues = [m.span() for kind in _PRECEDENCE for m in words_in(kind.value, "before").finditer(left)]
    closed = 0
    for match in words_in("taken", "before").finditer(left):
        if not any(first <= match.start() and match.end() <= last for first, last in cues):
            closed = match.end()
    return left[closed:], closed > 0


def _looks_denied(clause: str) -> bool:
    """Whether a clause begins with a denial one letter astray ("peas de douleur"): unread, it affirms."""
    table = rules("notes")["misread"]
    first = re.match(r"\W*([a-z]{3,8})(\s+(?:de\s|d'))?", clause)
    if first is None or first[1] in map(fold, table["other_word"]):
        return False
    words = table["denial"] if not first[2] else (*table["denial"], *table["denial_of"])
    return any(OSA.distance(first[1], fold(word)) == 1 for word in words)


def _of_another(sentence: str, left: str, right: str) -> bool:
    person = words_in("other_person", "person")
    if person.search(left):
        return True
    if re.search(rf"(?:{person.pattern})[^,:]{{0,25}}:", sentence):
        return True
    behind = words_in("other_person", "after").pattern
    link = words_in("other_person", "link").pattern
    near = rf"\W*(?:\w+\W+){{0,{_REACH}}}?(?:(?:{behind})|(?:{link})\s*(?:{person.pattern}))"
    return bool(re.match(near, _CLAUSE.split(right)[0]))


def _behind(right: str, *, drug: bool, taken: bool) -> Assertion | None:
    """Return what a cue behind says; a colon, a treatment and another part of the clause end its reach."""
    for kind in _PRECEDENCE:
        after = words_in(kind.value, "after").pattern
        if re.match(rf"\s*(?:{after})", right) or (drug and re.match(rf",\s*(?:{after})", right)):
            return kind
    near = re.split(r":", _CLAUSE.split(right)[0])[0]
    closing = words_in("taken", "before").search(near)
    near = near[: closing.start()] if closing else near
    for kind in _PRECEDENCE:
        after = words_in(kind.value, "after").pattern
        if re.match(rf"\W*(?:(?!{_PARTS})[\w/]+\W+){{0,{_REACH}}}?(?:{after})", near):
            return kind
    near = words_in("hypothetical", "as_needed").sub(_blank, near)
    if drug and not taken and words_in("hypothetical", "after_drug").search(near):
        return Assertion.HYPOTHETICAL
    return None


def _opens(sentence: str, section: str, key: str, then: str) -> bool:
    return bool(re.match(rf"\W*(?:{words_in(section, key).pattern}){then}", sentence))
