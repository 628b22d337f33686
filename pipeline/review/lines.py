"""The lines of a page as its screen shows them, with what a hand or a stamp left there that is not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.geometry import Point, Quad
from pipeline.domain.grade import Grade
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading
from pipeline.review.items import ItemView
from pipeline.review.words import Words


@dataclass(frozen=True, slots=True)
class MarkView:
    """Something on the sheet that is no prescribed writing: its kind, for the colour, and what that means.

    Attributes:
        kind: "signature", "stamp", "struck" or "maybe-struck".
        text: what it is and what became of it, in words.
        points: its corners on the upright page, for an SVG polygon; "" = those of its line.
    """

    kind: str
    text: str
    points: str = ""


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of ink.

    Attributes:
        order: reading order from 0.
        text: as read, "" = nothing.
        points: its corners on the upright page, for an SVG polygon.
        target: id of the element that a click on it leads to.
        item: number of the card that rests on it; None = none.
        state: that card's state, for the colour; "" = none.
        grade: the reading's, where it is illegible or certain, in words; "" = nothing to say.
        mark: what the whole line is, where it is not writing; None = writing or print.
        struck: what of it is crossed out, from left to right.
    """

    order: int
    text: str
    points: str
    target: str
    item: int | None
    state: str
    grade: str
    mark: MarkView | None = None
    struck: tuple[MarkView, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """What there is to say of its marks, each once."""
        marks = (*((self.mark,) if self.mark else ()), *self.struck)
        return tuple(dict.fromkeys(mark.text for mark in marks))


def line_views(outcome: PageOutcome, items: Sequence[ItemView], words: Words) -> tuple[LineView, ...]:
    """Return the page's lines, each with the card that rests on it."""
    owner = {ink.order: item for item in reversed(items) for ink in item.ink if ink.says is None}
    read = {piece.line.order: piece for piece in outcome.transcript.lines}
    views = []
    for seen in outcome.layout.lines:
        piece, item = read.get(seen.order), owner.get(seen.order)
        # Only reading tells what is crossed out, and whether a signature is one.
        line, reading = (piece.line, piece.reading) if piece else (seen, None)
        views.append(
            LineView(
                order=seen.order,
                text=reading.text if reading else "",
                points=_points(seen.quad, outcome),
                target=f"item-{item.number}" if item else f"line-{seen.order}",
                item=item.number if item else None,
                state=item.state if item else "",
                grade=_grade(reading, words),
                mark=_mark(line, words),
                struck=_struck(line, seen.quad, outcome, words),
            )
        )
    return tuple(views)


def marks_of(lines: Sequence[LineView]) -> tuple[MarkView, ...]:
    """Return what the marks of a page mean, one of a kind, in the order of their first appearance."""
    marks = [mark for line in lines for mark in (line.mark, *line.struck) if mark]
    return tuple({mark.kind: MarkView(mark.kind, mark.text) for mark in marks}.values())


def upright(point: Point, rotation: int, width: int, height: int) -> Point:
    """Return where a point of the delivered image lies on the upright one.

    Args:
        point: px of the delivered image.
        rotation: 0, 90, 180 or 270, degrees clockwise by which the delivered image is turned.
        width: of the delivered image, px.
        height: of the delivered image, px.
    """
    x, y = point
    if rotation == 90:
        return (y, width - x)
    if rotation == 180:
        return (width - x, height - y)
    if rotation == 270:
        return (height - y, x)
    return point


def _mark(line: Line, words: Words) -> MarkView | None:
    if line.stroke not in (Stroke.STAMP, Stroke.SIGNATURE):
        return None
    return MarkView(line.stroke.value, words(f"mark.{line.stroke.value}"))


def _struck(line: Line, quad: Quad, outcome: PageOutcome, words: Words) -> tuple[MarkView, ...]:
    found = []
    for span in line.struck:
        kind = "struck" if span.sure else "maybe-struck"
        points = _points(quad.part(span.start, span.end), outcome)
        found.append(MarkView(kind, words(f"mark.{kind}"), points))
    return tuple(found)


def _grade(reading: Reading | None, words: Words) -> str:
    """Return what the reading of a line is worth, where that is out of the ordinary and there is a text."""
    if reading is None or not reading.text or reading.grade in (None, Grade.TO_CHECK):
        return ""
    return words(f"grade.{reading.grade}")


def _points(quad: Quad, outcome: PageOutcome) -> str:
    page, rotation = outcome.page, outcome.layout.rotation
    turned = (upright(corner, rotation, page.width, page.height) for corner in quad.corners)
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in turned)
