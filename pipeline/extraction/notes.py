"""What a note says beside prescribed items: allergies, vital signs, problems and drugs, each in its sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from pipeline.domain.drug import DrugIndex
from pipeline.domain.meaning import Mention, MentionKind
from pipeline.domain.writing import Evidence, Span, Transcript
from pipeline.extraction.allergies import allergies_in, speaks_of_allergy
from pipeline.extraction.assertion import (
    Sense,
    cues_behind,
    phrases,
    sense_at,
    without_false_cues,
    without_our_cues,
    words_in,
)
from pipeline.extraction.cues import may_hold_a_cue
from pipeline.extraction.heads import action_at
from pipeline.extraction.laboratory import is_laboratory_value, is_measured
from pipeline.extraction.lines import Role, words_of
from pipeline.extraction.problems import denied_in, headed, problem_at, problems_in
from pipeline.extraction.qualifiers import senses
from pipeline.extraction.tables import fold, rules
from pipeline.extraction.vitals import vital_at, vitals_in

Found = tuple[Mention, int, int]

_DOSED = re.compile(r"\d\s?(?:x|cp|gel|sach|gtt|bouf|amp)|(?<!\d)\d\s?/\s?j|x\s?\d\s?/")
_IDENTITY = (Role.LETTERHEAD, Role.PATIENT, Role.PRESCRIBER)
"""On these lines only an allergy is looked for, and a child's weight beside its name."""


def mentions_of(
    transcript: Transcript, roles: Sequence[Role], taken: frozenset[int], *, index: DrugIndex
) -> tuple[Mention, ...]:
    """Return what the lines that are not items mention, with the ink it rests on.

    Args:
        transcript: the page.
        roles: of its lines.
        taken: numbers of the lines that items stand on.
        index: the formulary, for allergens and drugs.
    """
    found: list[Mention] = []
    for number, (start, read) in enumerate(transcript.starts()):
        if number in taken or roles[number] is Role.DATE:
            continue
        for mention, first, last in mentions_in(read.reading.text, roles[number], index=index):
            ink: tuple[Evidence, ...] = transcript.evidence(Span(start + first, start + last))
            found.append(replace(mention, evidence=ink))
    return tuple(found)


def mentions_in(text: str, role: Role, *, index: DrugIndex) -> list[Found]:
    """Return (mention, start, end) for what one line mentions, in its order.

    Args:
        text: the line.
        role: what the line is; one that says who somebody is mentions allergies and a weight at most.
        index: the formulary.
    """
    allergies = allergies_in(text, index=index)
    vitals = _apart(vitals_in(text), allergies)
    if role in _IDENTITY:
        weights = [found for found in vitals if found[0].unit == "kg" and role is Role.PATIENT]
        return sorted([*allergies, *weights], key=_place)
    said = [*allergies, *vitals]
    drugs = _apart(_drugs(text, index), said)
    problems = _apart(_problems(text), [*said, *drugs])
    return sorted([*said, *_in_their_sense(text, [*drugs, *problems])], key=_place)


def reads_as_note(text: str, *, index: DrugIndex) -> bool:
    """Whether a typed text is a sentence of a note, so that no prescribed item is looked for in it."""
    folded = fold(text)
    first = len(text) - len(text.lstrip(" \t-•*!"))
    _, behind = action_at(text, first)  # "Reprise du Plavix à discuter"
    article = re.match(r"(?:du|de la|de|le|la|l['’])\s*", folded[behind:]) if behind > first else None
    starts = {first, behind + (article.end() if article else 0)}
    named = next(((end, drug) for start, end, drug in index.find(text) if start in starts), None)
    dosed = named is not None and _DOSED.search(
        folded[named[0] :]
    )  # "Aspégic 100 1 sachet/j si pas d'allergie"
    if _opening().match(folded) or (speaks_of_allergy(folded) and not dosed):
        return True
    if named:
        return is_laboratory_value(folded, first, named[0]) or _said_of(folded[named[0] :])
    examined = words_of("note_word", "exam").match(folded, first)
    return bool(examined) or problem_at(text, first) or vital_at(text, first)


def _said_of(behind: str) -> bool:
    """Whether what stands behind a drug only says what became of it ("à envisager", "contre-indiqué").

    A word that stops a prescribed item is left to the item.
    """
    if not _fate().match(behind):
        return False
    said = re.sub(r"^[\s:,]*(?:\d+(?:[.,]\d+)?\s?(?:mg|g|µg|ui)?[\s:,]+)?", "", behind)
    stop = phrases(tuple(rules("page")["action"]["stop"])).match(said)
    return not stop and not re.search(r"\d\s?(?:x|/|[-–]\s?[\d½¼¾])|\bcp", behind)


@cache
def _opening() -> re.Pattern[str]:
    words = f"{words_in('note_opening', 'words').pattern}|{words_in('other_person', 'person').pattern}"
    return re.compile(rf"\W*(?:{words})")


@cache
def _fate() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:\d+\s?(?:mg|g)?\s)?\s*(?:{cues_behind().pattern})")


def _drugs(text: str, index: DrugIndex) -> Iterator[Found]:
    for start, end, drug in index.find(text):
        if not is_measured(fold(text), start, end, drug):
            yield Mention(MentionKind.DRUG, text[start:end], drug.substance, drug=drug), start, end


def _problems(text: str) -> list[Found]:
    """Return the problems: what stands under a heading, what is denied outright, what our words know."""
    places = _without_overlaps([*headed(text), *denied_in(text)])
    places = _without_overlaps([*places, *(p for p in problems_in(text) if not _overlaps(p, places))])
    return [
        (Mention(MentionKind.PROBLEM, text[start:end].strip(), text[start:end].strip()), start, end)
        for start, end in places
    ]


def _in_their_sense(text: str, found: list[Found]) -> list[Found]:
    """Return mentions with their assertion: by our cues, or by edsnlp where it has cues that ours lack."""
    folded = fold(text)
    told = [sense_at(folded, start, end, drug=m.kind is MentionKind.DRUG) for m, start, end in found]
    open_to_doubt = [place for place, sense in enumerate(told) if not sense.decided]
    if open_to_doubt and may_hold_a_cue(without_our_cues(text)):
        asked = senses(without_false_cues(text), [found[place][1:] for place in open_to_doubt])
        for place, assertion in zip(open_to_doubt, asked, strict=True):
            told[place] = Sense(assertion, True)
    return [
        (replace(mention, assertion=sense.assertion), start, end)
        for (mention, start, end), sense in zip(found, told, strict=True)
    ]


def _apart(found: Iterable[Found], taken: Sequence[Found]) -> list[Found]:
    """Return what does not overlap what is taken already."""
    places = [(start, end) for _, start, end in taken]
    return [each for each in found if not _overlaps(each[1:], places)]


def _without_overlaps(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for place in sorted(places, key=lambda place: (place[0], -place[1])):
        if not _overlaps(place, kept):
            kept.append(place)
    return kept


def _overlaps(place: tuple[int, int], taken: Iterable[tuple[int, int]]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in taken)


def _place(found: Found) -> tuple[int, int]:
    return found[1], found[2]
