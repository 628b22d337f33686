"""In which sense something is mentioned, by edsnlp's French qualifiers, where our own cues are silent.

Negation, hypothesis, family and history after NegEx (Chapman 2001) as EDS-NLP (AP-HP) has them for French
clinical notes. Loaded once a process, for the first line that can hold one of their cues: that takes seconds
and as much memory as all else that a reading process holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline.domain.meaning import Assertion
from pipeline.extraction.cues import may_hold_a_cue

_QUALIFIERS = (
    ("negation", Assertion.NEGATED),
    ("family", Assertion.OTHER_PERSON),
    ("hypothesis", Assertion.HYPOTHETICAL),
    ("history", Assertion.PAST),
)


@cache
def load() -> Any:
    """Return edsnlp's pipeline of qualifiers, made once a process."""
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
    if not may_hold_a_cue(text):
        return [Assertion.AFFIRMED] * len(spans)
    nlp = load()
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
