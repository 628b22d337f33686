"""One typed item, as the command line's `parse` takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.domain.drug import DrugIndex
from pipeline.domain.meaning import Action, Mention, PrescriptionLine
from pipeline.extraction.heads import Head, head_of
from pipeline.extraction.items import build_item
from pipeline.extraction.lines import Role
from pipeline.extraction.notes import mentions_in, reads_as_note

GOOD_NAME = 0.3
SURE_NAME = 0.8
_PAR = re.compile(r"\s+(?:par|->|=>|→)\s+")


def parse_text(text: str, *, index: DrugIndex) -> tuple[tuple[PrescriptionLine, ...], tuple[Mention, ...]]:
    """Understand one typed item.

    Args:
        text: French; " / " joins what stood on two lines.
        index: the formulary.

    Returns:
        The prescribed items (two for "remplacer X par Y") and what else the text mentions.
    """
    pieces = re.split(r"\s/\s", text.strip())
    if reads_as_note(text, index=index):
        return (), _mentions(text, index)
    items = tuple(_items(pieces, index))
    return items, (() if items else _mentions(text, index))


def _items(pieces: list[str], index: DrugIndex) -> Iterator[PrescriptionLine]:
    head = head_of(pieces[0], index=index)
    swap = _PAR.search(pieces[0]) if head.replaces else None
    if swap:
        yield _stop(pieces[0][: swap.start()], index)
        pieces = [pieces[0][swap.end() :], *pieces[1:]]
        head = head_of(pieces[0], index=index)
    if head.end > head.start and (head.probability >= GOOD_NAME or head.marked or head.family):
        item = build_item(pieces, head)
        alone = head.probability >= SURE_NAME and len(pieces[0][head.end :].split()) < 2
        if alone or head.exact or head.marked or head.family or _prescribes(item):
            yield item


def _prescribes(item: PrescriptionLine) -> bool:
    """Whether more than a name stands there; words that are like a name only may be a sentence."""
    return bool(item.posologies) or item.strength is not None or item.action is not None


def _stop(text: str, index: DrugIndex) -> PrescriptionLine:
    head = head_of(text, index=index)
    stopped = Head(head.marked, Action.STOP, True, head.start, head.end, head.candidates, head.exact)
    return build_item([text], stopped)


def _mentions(text: str, index: DrugIndex) -> tuple[Mention, ...]:
    return tuple(mention for mention, _, _ in mentions_in(text, Role.BODY, index=index))
