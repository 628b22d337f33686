"""In which sense something is mentioned, by edsnlp's French qualifiers, where our own cues are silent.

Negation, hypothesis, family and history after NegEx (Chapman 2001) as EDS-NLP (AP-HP) has them for French
clinical notes. Loaded once a process, when the first note asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.domain.meaning import Assertion

_QUALIFIERS = (
    ("negation", Assertion.NEGATED),
    ("family", Assertion.OTHER_PERSON),
    ("hypothesis", Assertion.HYPOTHETICAL),
    ("history", Assertion.PAST),
)


@cache
def _nlp() -> Any:
    from loguru import logger

    logger.disable("edsnlp")  # it warns that we give it no sections; single lines have none
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.normalizer")
    nlp.add_pipe("eds.sentences")
    for name, _ in _QUALIFIERS:
        nlp.add_pipe(f"eds.{name}")
    return nlp


def senses(text: str, spans: Sequence[tuple[int, int]]) -> list[Assertion]:
    """Return the sense of every span of a line.

    Args:
        text: one line of a note, as read.
        spans: (start, end) characters; a span that cuts a word counts as the whole word.
    """
    nlp = _nlp()
    doc = nlp.make_doc(text)
    marked = [doc.char_span(start, end, label="mention", alignment_mode="expand") for start, end in spans]
    doc.ents = _apart([span for span in marked if span is not None])
    for _, pipe in nlp.pipeline:
        doc = pipe(doc)
    by_place = {(span.start, span.end): span for span in doc.ents}
    return [
        Assertion.AFFIRMED if span is None else _sense(by_place.get((span.start, span.end)))
        for span in marked
    ]


def _apart(spans: Sequence[Any]) -> list[Any]:
    """Return the spans that do not overlap one before them, as spaCy wants its entities."""
    kept: list[Any] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _sense(span: Any) -> Assertion:
    if span is None:
        return Assertion.AFFIRMED
    return next((sense for name, sense in _QUALIFIERS if getattr(span._, name, False)), Assertion.AFFIRMED)
