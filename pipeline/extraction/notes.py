"""What a note says beside prescribed items: allergies, vital signs, problems and drugs, each in its sense."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from pipeline.domain.drug import DrugIndex
from pipeline.domain.meaning import Assertion, Mention, MentionKind
from pipeline.domain.writing import Evidence, Span, Transcript
from pipeline.extraction.lines import Role
from pipeline.extraction.qualifiers import senses
from pipeline.extraction.tables import fold, rules

_PRESSURE = re.compile(r"\b(?:ta|pa)\s*[:=]?\s*(\d{1,3})\s?/\s?(\d{1,3})(?!\d)")
_BARE_PRESSURE = re.compile(r"(?<![\d/])(\d{2,3})\s?/\s?(\d{2,3})(?![\d/])\s*mm")
_TEMPERATURE = re.compile(
    r"(?:\bt\s?°?|\btemp\w*\.?)\s*[:=]?\s*(3[4-9]|4[0-2])(?:[.,°](\d))?(?!\d)|(?<!\d)(3[4-9]|4[0-2])[.,](\d)\s?°"
)
_WEIGHT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,3})?)\s?kg\b")
_SATURATION = re.compile(r"\b(?:sat\w*|spo2|sao2)\s*[:=]?\s*(\d{2,3})\s?%?")
_PULSE = re.compile(r"\b(?:pouls|fc)\s*[:=]?\s*(\d{2,3})\b")
_ALLERGY = re.compile(r"all?erg\w*|intoleran\w*")
_LAB_ONLY = frozenset(("fer", "calcium", "potassium", "magnésium", "sodium"))


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
        if number in taken or roles[number] in (Role.LETTERHEAD, Role.PATIENT, Role.PRESCRIBER, Role.DATE):
            continue
        for mention, first, last in mentions_in(read.reading.text, roles[number], index=index):
            ink: tuple[Evidence, ...] = transcript.evidence(Span(start + first, start + last))
            found.append(
                Mention(
                    mention.kind,
                    mention.text,
                    mention.value,
                    mention.unit,
                    mention.assertion,
                    mention.drug,
                    ink,
                )
            )
    return tuple(found)


def mentions_in(text: str, role: Role, *, index: DrugIndex) -> list[tuple[Mention, int, int]]:
    """Return (mention, start, end) for what one line mentions.

    Our own cues come first; what they leave affirmed beside other words, edsnlp's qualifiers may know better.
    """
    found = list(_by_rule(text, role, index=index))
    open_to_doubt = [
        place
        for place, (mention, start, end) in enumerate(found)
        if mention.assertion is Assertion.AFFIRMED
        and mention.kind in (MentionKind.DRUG, MentionKind.PROBLEM)
        and re.search(r"[^\W\d_]{2}", text[:start] + text[end:])
    ]
    if open_to_doubt:
        decided = senses(text, [found[place][1:] for place in open_to_doubt])
        for place, sense in zip(open_to_doubt, decided, strict=True):
            mention, start, end = found[place]
            found[place] = (replace(mention, assertion=sense), start, end)
    return found


def _by_rule(text: str, role: Role, *, index: DrugIndex) -> Iterator[tuple[Mention, int, int]]:
    folded = fold(text)
    if _ALLERGY.search(folded):
        yield from _allergies(text, folded, index)
        return
    yield from _vitals(text, folded)
    if role in (Role.NOTE, Role.NEGATION):
        yield from _problems(text, folded, role)
    for start, end, drug in index.find(text):
        if fold(drug.name) not in _LAB_ONLY and role is not Role.VITALS:
            yield (
                Mention(
                    MentionKind.DRUG,
                    text[start:end],
                    drug.substance,
                    None,
                    Assertion.HYPOTHETICAL if _unless(folded, end) else assertion_at(folded, start),
                    drug,
                ),
                start,
                end,
            )


@cache
def _cues(kind: str) -> re.Pattern[str]:
    surfaces = sorted(map(fold, rules("notes")["assertion"][kind]), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){re.escape(s)}(?![a-z])" for s in surfaces))


def _unless(folded: str, end: int) -> bool:
    """Whether what stands before `end` is hedged by what follows: "pas de Doliprane sauf si fièvre"."""
    after = re.split(r"[.;]", folded[end:])[0]
    return any(
        re.match(rf"\W*{re.escape(fold(cue))}\b", after) for cue in rules("notes")["after"]["hypothetical"]
    )


def assertion_at(folded: str, start: int, default: Assertion = Assertion.AFFIRMED) -> Assertion:
    """Return the sense of what stands at a place, from the cues before it in its clause (NegEx, 2001)."""
    sentence = re.split(r"[.;]|\bmais\b", folded[:start])[-1]
    opening = "|".join(re.escape(fold(cue)) for cue in rules("notes")["opening"]["hypothetical"])
    if re.match(rf"\W*(?:{opening})\b[^,]*,", sentence):
        return Assertion.HYPOTHETICAL
    clause = re.split(r"[.;,]|\bmais\b", folded[:start])[-1]
    for kind in (Assertion.OTHER_PERSON, Assertion.NEGATED, Assertion.HYPOTHETICAL, Assertion.PAST):
        if _cues(kind.value).search(clause):
            return kind
    return default


def _allergies(text: str, folded: str, index: DrugIndex) -> Iterator[tuple[Mention, int, int]]:
    head = _ALLERGY.search(folded)
    if head is None:
        return
    sense = assertion_at(folded, head.start())
    body = re.split(r"[(]", text[head.end() :])[0]
    skip = {fold(word) for word in rules("notes")["allergen"]["skip"]}
    for match in re.finditer(r"[^,+/:;]+", body):
        words = [w for w in re.findall(r"[^\W_][\w-]*", match.group()) if fold(w) not in skip]
        name = " ".join(words)
        if not name:
            continue
        first = head.end() + match.start()
        drug = next((entry for _, _, entry in index.find(name)), None)
        yield (
            Mention(
                MentionKind.ALLERGY,
                text.strip(),
                drug.substance if drug else fold_back(name),
                None,
                sense,
                drug,
            ),
            first,
            first + len(match.group()),
        )
        return
    if sense is Assertion.NEGATED:
        yield Mention(MentionKind.ALLERGY, text.strip(), None, None, sense), 0, len(text)


def fold_back(name: str) -> str:
    """Return an allergen in lower case, accents kept."""
    return name.lower()


def _vitals(text: str, folded: str) -> Iterator[tuple[Mention, int, int]]:
    for pattern in (_PRESSURE, _BARE_PRESSURE):
        match = pattern.search(folded)
        if match:
            high, low = int(match[1]), int(match[2])
            # French notes write cmHg: 13/8 is 130/80 mmHg.
            high, low = (high * 10 if high < 30 else high), (low * 10 if low < 20 else low)
            yield _vital(text, match, f"{high}/{low}", "mmHg")
            break
    match = _TEMPERATURE.search(folded)
    if match:
        whole, part = match[1] or match[3], match[2] or match[4]
        yield _vital(text, match, f"{whole}.{part}" if part else whole, "°C")
    for pattern, unit in ((_WEIGHT, "kg"), (_SATURATION, "%"), (_PULSE, "/min")):
        match = pattern.search(folded)
        if match:
            yield _vital(text, match, match[1].replace(",", "."), unit)


def _vital(text: str, match: re.Match[str], value: str, unit: str) -> tuple[Mention, int, int]:
    surface = text[match.start() : match.end()].strip()
    return Mention(MentionKind.VITAL, surface, value, unit), match.start(), match.end()


def _problems(text: str, folded: str, role: Role) -> Iterator[tuple[Mention, int, int]]:
    heading = re.match(r"\W*([a-z]+)\s*\.?\s*:\s*", folded)
    start = heading.end() if heading else 0
    past = heading is not None and heading[1] in rules("notes")["problem_heading"]["past"]
    default = Assertion.PAST if past else Assertion.AFFIRMED
    for match in re.finditer(r"[^,;+]+", text[start:]):
        surface = match.group().strip()
        if not re.search(r"[^\W\d_]{3}", surface):
            continue
        begin = start + match.start()
        cue = re.match(r"\s*(?:pas de|pas d['’]|aucune?|absence de|sans)\s*", fold(match.group()))
        sense = Assertion.NEGATED if cue else assertion_at(folded, begin, default)
        value = match.group()[cue.end() :].strip() if cue else surface
        yield Mention(MentionKind.PROBLEM, surface, value, None, sense), begin, begin + len(match.group())
