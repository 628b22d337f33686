"""The prescribed items of a page: which lines begin one, which go on with it, what its foot covers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.drug import DrugIndex
from pipeline.domain.grade import Grade
from pipeline.domain.meaning import Action, Duration, PrescriptionLine
from pipeline.domain.writing import Evidence, ReadLine, Span, Transcript
from pipeline.extraction.clauses import clauses_of
from pipeline.extraction.digits import rival_digits
from pipeline.extraction.extras import extras_of
from pipeline.extraction.heads import Head, action_at, after_marker, head_of, numbered_name
from pipeline.extraction.inked_strength import strength_in_ink, unit_may_be_misread
from pipeline.extraction.inked_unit import units_in_ink
from pipeline.extraction.items import build_item
from pipeline.extraction.lexer import terms_of
from pipeline.extraction.lines import Role
from pipeline.extraction.posology import SIG_COVERAGE, Sig, parse_posology, parse_sig
from pipeline.extraction.rivals import doubted, may_be_meant, names_another
from pipeline.extraction.strengths import read_strength

GOOD_NAME = 0.5
STRONG_NAME = 0.8
_TAIL = re.compile(r"\s*(?:\d{1,2}\s?x|(?:des|les|aux)?\s*repas.*|jours?|mois|kg\).*|besoin.*|par jour.*)\s*")

_BORN = re.compile(r"\bnée\b")  # a person, on a label that reads badly; no drug


@dataclass(slots=True)
class _Open:
    """An item whose lines are still being gathered.

    Attributes:
        start, end: of its part of the first line, where that holds several items; None = to the line's end.
    """

    head: Head
    lines: list[int] = field(default_factory=list)
    start: int = 0
    end: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether another item stands on the first line."""
        return self.start > 0 or self.end is not None

    def texts(self, reads: Sequence[ReadLine]) -> list[str]:
        """Return its lines' texts, places kept: what belongs to another item is blank."""
        first, *others = (read.reading.text for read in reads)
        return [_blanked(first, self.start, self.end), *others]


def items_of(
    transcript: Transcript, roles: Sequence[Role], *, index: DrugIndex
) -> tuple[tuple[PrescriptionLine, ...], frozenset[int]]:
    """Return the items in the order of the page, and the numbers of the lines that they stand on."""
    gathered = _gathered(transcript.lines, roles, index=index)
    items = [_built(opened, transcript, index) for opened in gathered]
    items = _with_foot(items, transcript, roles)
    return tuple(items), frozenset(number for opened in gathered for number in opened.lines)


def _gathered(lines: Sequence[ReadLine], roles: Sequence[Role], *, index: DrugIndex) -> list[_Open]:
    gathered: list[_Open] = []
    heading = near = False
    note = sum(role in (Role.NOTE, Role.NEGATION, Role.ALLERGY) for role in roles) >= 2
    for number, read in enumerate(lines):
        role = roles[number]
        if role is Role.TREATMENT:
            heading, near = True, False
            continue
        if role not in (Role.BODY, Role.VITALS, Role.DATE, Role.RENEWALS):
            near = near and role in (Role.PAGE, Role.EMPTY)
            continue
        text = read.reading.text
        if _BORN.search(text):
            near = False
            continue
        sig = parse_sig(extras_of(text).text)
        if role in (Role.BODY, Role.VITALS) and (numbered_name(text, index) or not _is_sig(sig, text)):
            head = head_of(text, index=index, read=read)
            nxt = _next_sig(lines, roles, number)
            if _is_item(head, text, note=note and not heading, nxt=nxt):
                gathered += _parts(read, number, head, index=index, note=note and not heading)
                near = True
                continue
        if near and gathered and role in (Role.BODY, Role.RENEWALS, Role.DATE) and _continues(sig, text):
            gathered[-1].lines.append(number)
        else:
            near = False
    return gathered


def _parts(read: ReadLine, number: int, head: Head, *, index: DrugIndex, note: bool) -> list[_Open]:
    """Return the items that begin on a line: one, or those of "stop Amlor, début Coaprovel"."""
    text = read.reading.text
    clauses = clauses_of(text, head, index=index)
    parts: list[_Open] = []
    for clause in clauses:
        whole = len(clauses) == 1
        piece = text if whole else _blanked(text, clause.start, clause.end)
        own = head if clause.start == 0 else head_of(piece, index=index, read=read)
        own = replace(own, action=clause.action or own.action)
        if not whole and not _is_item(own, piece, note=note, nxt=False):
            return [_Open(head, [number])]
        parts.append(_Open(own, [number], clause.start, None if clause is clauses[-1] else clause.end))
    return parts


def _blanked(text: str, start: int, end: int | None) -> str:
    """Return a text with blanks in place of what stands outside [start, end), as long as before."""
    inside = text[start:end]
    return " " * start + inside + " " * (len(text) - start - len(inside))


def _is_sig(sig: Sig, text: str) -> bool:
    """Whether a line is posology through and through: it begins with one, no name and no list marker."""
    terms = terms_of(text)
    begins = bool(terms) and terms[0].kind not in ("unknown", "arrow", "same") and not terms[0].fuzzy
    return begins and sig.coverage >= SIG_COVERAGE and sig.read >= 2 and not after_marker(text)[0]


def _continues(sig: Sig, text: str) -> bool:
    if after_marker(text)[0] or action_at(text, len(text) - len(text.lstrip()))[0]:
        return False
    return (sig.read >= 1 and sig.coverage >= 0.5) or bool(_TAIL.fullmatch(text.lower()))


def _next_sig(lines: Sequence[ReadLine], roles: Sequence[Role], number: int) -> bool:
    if number + 1 >= len(lines) or roles[number + 1] is not Role.BODY:
        return False
    text = lines[number + 1].reading.text
    return _is_sig(parse_sig(extras_of(text).text), text)


def _is_item(head: Head, text: str, *, note: bool, nxt: bool) -> bool:
    """Say whether a line begins a prescribed item: a name with evidence beside it.

    In the free text of a note a name must be written letter by letter, or nearly, and a strength, a
    posology or an action word must stand beside it.
    """
    rest = extras_of(text[head.end :]).text if head.end > head.start else text
    sig = parse_sig(rest)
    drug = head.candidates[0].drug if head.candidates else None
    strength = read_strength(rest, drug=drug).text is not None
    posology = bool(sig.posologies) and sig.coverage >= 0.5
    beside = strength or posology or nxt
    if head.family:
        return beside or head.action is not None
    if head.probability >= STRONG_NAME:
        return beside or head.action is not None or head.marked or not note
    if head.probability >= GOOD_NAME:
        return beside or (head.action is not None) or (head.marked and not note)
    if note:
        return head.probability >= 0.3 and strength and posology
    # A marked line with strength or posology is an item even if nobody knows the drug: a person looks.
    letters = head.end - head.start
    return (letters >= 4 and head.marked and beside) or (letters >= 3 and strength and (posology or nxt))


def _built(opened: _Open, transcript: Transcript, index: DrugIndex) -> PrescriptionLine:
    reads = [transcript.lines[number] for number in opened.lines]
    confidence = min(read.reading.confidence for read in reads)
    texts = opened.texts(reads)
    item = build_item(texts, opened.head, reading_confidence=confidence)
    # The ink is asked along a whole line: beside another item it is not.
    inked = texts if opened.is_part else _inked(texts, reads, opened.head, item)
    if inked != texts:
        asked = build_item(inked, opened.head, reading_confidence=confidence)
        item = doubted(replace(asked, text=item.text), "ambiguous")
    elif any(
        may_be_meant(item, build_item(other, opened.head))
        for other in _with_rival_digits(texts, reads, opened)
    ):
        item = doubted(item, "ambiguous")
    if names_another(item, [texts[0][opened.head.end :], *texts[1:]], index):
        item = doubted(item, "unread")
    if any(read.reading.grade is Grade.ILLEGIBLE for read in reads):
        item = doubted(item, "illegible")
    evidence: list[Evidence] = []
    for place, number in enumerate(opened.lines):
        span = transcript.span_of(number)
        if place == 0 and opened.is_part:
            end = span.end if opened.end is None else span.start + opened.end
            span = Span(span.start + opened.start, end)
        evidence += transcript.evidence(span)
    return replace(item, evidence=tuple(evidence))


def _inked(texts: list[str], reads: Sequence[ReadLine], head: Head, item: PrescriptionLine) -> list[str]:
    """Return the lines with the strength and units that the ink has in place of what could not be read."""
    starts = [head.end, *(0 for _ in reads[1:])]
    found = [units_in_ink(*one) for one in zip(reads, texts, starts, strict=True)]
    asks = item.drug is not None and (not item.strength or unit_may_be_misread(item.strength, item.drug.drug))
    strength = strength_in_ink(reads[0], head.end, item.drug.drug) if item.drug and asks else None
    if strength is None:
        return found
    first, end, written = strength
    line = found[0] if found[0].startswith(texts[0][:end]) else texts[0]
    return [f"{line[:first]} {written} {line[end:]}", *found[1:]]


def _with_rival_digits(texts: list[str], reads: Sequence[ReadLine], opened: _Open) -> Iterator[list[str]]:
    """Yield an item's lines with one digit replaced by another that the ink allows; nothing is corrected."""
    for number, (text, read) in enumerate(zip(texts, reads, strict=True)):
        start = opened.head.start if number == 0 else 0  # an item's number says nothing of its dose
        for at, rival in rival_digits(read.reading, start=start):
            if number == 0 and opened.end is not None and at >= opened.end:
                break  # the next item's
            yield [*texts[:number], text[:at] + rival + text[at + 1 :], *texts[number + 1 :]]


def _with_foot(
    items: list[PrescriptionLine], transcript: Transcript, roles: Sequence[Role]
) -> list[PrescriptionLine]:
    """Apply "QSP 3 mois" and "AR 1x" at the foot to the items of the page.

    A duration covers regular treatments without one of their own, not those taken as needed.
    """
    for number, (read, role) in enumerate(zip(transcript.lines, roles, strict=True)):
        if role not in (Role.DURATION, Role.RENEWALS):
            continue
        ink = tuple(
            replace(piece, says=role.value) for piece in transcript.evidence(transcript.span_of(number))
        )
        if role is Role.DURATION:
            foot = next((p.duration for p in parse_posology(read.reading.text) if p.duration), None)
            items = [_lasting(item, foot, ink) for item in items] if foot else items
        elif (renewals := extras_of(read.reading.text).renewals) is not None:
            items = [_renewed(item, renewals, ink) for item in items]
    return items


def _renewed(item: PrescriptionLine, renewals: int, ink: tuple[Evidence, ...]) -> PrescriptionLine:
    if item.renewals is not None or item.action is Action.STOP:
        return item
    return replace(item, renewals=renewals, evidence=_beside(item, ink))


def _beside(item: PrescriptionLine, ink: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Add the foot's ink, unless the item stands on that very line."""
    own = {piece.line_order for piece in item.evidence}
    return item.evidence + tuple(piece for piece in ink if piece.line_order not in own)


def _lasting(item: PrescriptionLine, foot: Duration, ink: tuple[Evidence, ...]) -> PrescriptionLine:
    open_ended = [p for p in item.posologies if p.duration is None and not p.as_needed]
    if not item.posologies or len(open_ended) != len(item.posologies):
        return item
    last = max(p.sequence for p in item.posologies)
    return replace(
        item,
        posologies=tuple(replace(p, duration=foot) if p.sequence == last else p for p in item.posologies),
        evidence=_beside(item, ink),
    )
