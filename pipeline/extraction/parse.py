"""One typed item, as the command line's `parse` takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.domain.drug import DrugIndex
from pipeline.domain.meaning import Action, Mention, PrescriptionLine
from pipeline.extraction.clauses import clauses_of
from pipeline.extraction.combinations import names_first, whole_name
from pipeline.extraction.devices import without_devices
from pipeline.extraction.dose_first import name_first
from pipeline.extraction.extras import extras_of
from pipeline.extraction.heads import Head, head_of
from pipeline.extraction.in_place_of import Replaced, replaced_in
from pipeline.extraction.items import build_item
from pipeline.extraction.lexer import terms_of
from pipeline.extraction.lines import Role
from pipeline.extraction.notes import mentions_in, reads_as_note
from pipeline.extraction.posology import SIG_COVERAGE, parse_sig
from pipeline.extraction.rivals import doubted, names_another
from pipeline.extraction.tables import fold

GOOD_NAME = 0.3
SURE_NAME = 0.8
_RATED = (["number", "unit"], ["number", "times"], ["times", "number"], ["number", "takes"])
_HEADING = re.compile(r"^(?:R\s?/|Rp\s?/|[(\[](?:hors\s)?ALD[)\]])\s*(?=[^\W\d_])", re.IGNORECASE)
_JOINT = re.compile(r"\s/\s")
_FOR = re.compile(r"\s*[^\W\d][^:\d]{1,40}:\s*")
_FORBIDDEN = re.compile(
    r"\b(?:pas|sans|ne|ni|stop|arret\w*|evit\w*|contre|allerg\w*|intol\w*|interdi\w*|atcd|mere|pere)\b"
)
_PERIOD = re.compile(
    r"(?:\d+\s?)?(?:j|jr|jours?|sem|semaines?|mois|ans?|h|heures?|trimestre|semestre)\b", re.IGNORECASE
)


def parse_text(text: str, *, index: DrugIndex) -> tuple[tuple[PrescriptionLine, ...], tuple[Mention, ...]]:
    """Understand one typed item.

    Args:
        text: French; " / " joins what stood on two lines.
        index: the formulary.

    Returns:
        The prescribed items (two for "remplacer X par Y") and what else the text mentions.
    """
    text = _HEADING.sub("", text.strip())
    if not is_indicated(text, index) and reads_as_note(text, index=index):
        return (), _mentions(text, index)
    drugs = without_devices(text).strip()
    ordered = whole_name(names_first(name_first(drugs, index), index), index)
    if (change := replaced_in(ordered, index)) is not None:
        return _exchanged(change, index), ()
    items = tuple(_items(ordered, index))
    if (ordered != drugs or text != drugs) and len(items) == 1:
        items = (replace(items[0], text=" / ".join(piece.strip() for piece in lines_in(drugs))),)
    return items, (() if items else _mentions(text, index))


def is_indicated(text: str, index: DrugIndex) -> bool:
    """Whether what it is for stands before a drug with its dose ("HTA : Amlodipine 5 mg 1 cp/j")."""
    lead = _FOR.match(text)
    named = next((end for start, end, _ in index.find(text) if lead and start == lead.end()), None)
    if lead is None or named is None or _FORBIDDEN.search(fold(lead.group())):
        return False
    return any(p.dose is not None and p.dose_unit for p in parse_sig(text[named:]).posologies)


def _exchanged(change: Replaced, index: DrugIndex) -> tuple[PrescriptionLine, ...]:
    old = tuple(replace(item, action=Action.STOP) for item in _items(change.old, index))
    new = tuple(replace(item, action=item.action or Action.START) for item in _items(change.text, index))
    doubtless = (replace(i, doubts=tuple(d for d in i.doubts if d != "incomplete")) for i in old)
    return (*doubtless, *new) if change.first else (*new, *doubtless)


def _items(text: str, index: DrugIndex) -> Iterator[PrescriptionLine]:
    whole = head_of(text, index=index)
    for clause in clauses_of(text, whole, index=index):
        pieces = lines_in(text[clause.start : clause.end])
        is_whole = clause.start == 0 and pieces[0] == text
        head = whole if is_whole else head_of(pieces[0], index=index)
        head = replace(head, action=clause.action or head.action)
        if head.end > head.start and (head.probability >= GOOD_NAME or head.marked or head.family):
            item = build_item(pieces, head)
            alone = head.probability >= SURE_NAME and len(pieces[0][head.end :].split()) < 2
            if names_another(item, [pieces[0][head.end :], *pieces[1:]], index):
                item = doubted(item, "unread")
            if alone or head.exact or head.marked or head.family or _prescribes(item):
                yield item
        elif _is_unknown_drug(pieces, head, index):
            yield build_item(pieces, replace(head, candidates=()))


def _prescribes(item: PrescriptionLine) -> bool:
    """Whether more than a name stands there; words that are like a name only may be a sentence."""
    return bool(item.posologies) or item.strength is not None or item.action is not None


def lines_in(text: str) -> list[str]:
    """Return what stood on each line; the " / " of "1 amp / 3 mois" joins no lines."""
    pieces, start = [], 0
    for joint in _JOINT.finditer(text):
        before = [term.kind for term in terms_of(text[start : joint.start()])[-2:]]
        if before in _RATED and _PERIOD.match(text, joint.end()):
            continue
        pieces.append(text[start : joint.start()])
        start = joint.end()
    return [*pieces, text[start:]]


def _is_unknown_drug(pieces: list[str], head: Head, index: DrugIndex) -> bool:
    """Whether a name that nobody knows has a posology of a drug beside it: how much of what, how often."""
    if head.end - head.start < 3 or index.find(pieces[0]):
        return False
    sig = parse_sig(extras_of(" ".join([pieces[0][head.end :], *pieces[1:]])).text)
    said = any(p.dose is not None and p.dose_unit and (p.frequency or p.as_needed) for p in sig.posologies)
    return said and sig.coverage >= SIG_COVERAGE


def _mentions(text: str, index: DrugIndex) -> tuple[Mention, ...]:
    return tuple(mention for mention, _, _ in mentions_in(text, Role.BODY, index=index))
