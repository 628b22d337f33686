"""One page as a screen shows it: the scan with its lines, the cards, the panel of whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.errors import Failure
from pipeline.domain.geometry import Point, Quad
from pipeline.domain.grade import Grade
from pipeline.domain.meaning import Assertion, Mention
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Page, Scan
from pipeline.domain.writing import Reading
from pipeline.review.items import ItemView
from pipeline.review.whose import WhoseView
from pipeline.review.words import Words


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
    """

    order: int
    text: str
    points: str
    target: str
    item: int | None
    state: str
    grade: str


@dataclass(frozen=True, slots=True)
class MentionView:
    """Something else that the page says: its kind, words and sense."""

    kind: str
    text: str
    sense: str | None


@dataclass(frozen=True, slots=True)
class PageView:
    """The screen of one page.

    Attributes:
        width, height: px of the upright page, the coordinates of `lines`.
        status: "read", "pending" or "failed".
        empty: why there is no card, in words; None = there are cards.
    """

    id: str
    status: str
    title: str
    facts: tuple[tuple[str, str], ...]
    kind: str
    width: int
    height: int
    rotation: int
    lines: tuple[LineView, ...]
    items: tuple[ItemView, ...]
    whose: WhoseView | None
    mentions: tuple[MentionView, ...]
    failure: str | None
    duplicate_of: str | None
    empty: str | None
    open: int

    @property
    def decided(self) -> int:
        """How many cards are decided."""
        return len(self.items) - self.open


def page_view(
    page: Page,
    scan: Scan | None,
    *,
    pages_in_file: int,
    outcome: PageOutcome | None,
    items: Sequence[ItemView],
    whose: WhoseView | None,
    failure: Failure | None,
    words: Words,
) -> PageView:
    """Build the screen of one page; without an outcome it is pending, or failed.

    Args:
        page: which.
        scan: the file it came in.
        pages_in_file: how many pages that file has.
        outcome: what the road made of it.
        items: its cards.
        whose: its panel.
        failure: why it could not be read.
        words: in which language.
    """
    rotation = outcome.layout.rotation if outcome else 0
    turned = rotation in (90, 270)
    kind = outcome.understanding.kind.value if outcome else ""
    status = "read" if outcome else "failed" if failure else "pending"
    return PageView(
        id=page.id,
        status=status,
        title=words(f"kind.{kind}") if kind else words(f"page.{status}"),
        facts=_facts(page, scan, pages_in_file, outcome, words),
        kind=kind,
        width=page.height if turned else page.width,
        height=page.width if turned else page.height,
        rotation=rotation,
        lines=line_views(outcome, items, words) if outcome else (),
        items=tuple(items),
        whose=whose,
        mentions=tuple(_mention(mention, words) for mention in outcome.understanding.mentions)
        if outcome
        else (),
        failure=_sentence(failure, words),
        duplicate_of=outcome.duplicate_of if outcome else None,
        empty=_why_empty(outcome, items, words),
        open=sum(item.state == "open" for item in items),
    )


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


def line_views(outcome: PageOutcome, items: Sequence[ItemView], words: Words) -> tuple[LineView, ...]:
    """Return the page's lines, each with the card that rests on it."""
    owner = {order: item for item in reversed(items) for order, _ in item.lines}
    read = {piece.line.order: piece.reading for piece in outcome.transcript.lines}
    views = []
    for line in outcome.layout.lines:
        item, reading = owner.get(line.order), read.get(line.order)
        views.append(
            LineView(
                order=line.order,
                text=reading.text if reading else "",
                points=_points(line.quad, outcome),
                target=f"item-{item.number}" if item else f"line-{line.order}",
                item=item.number if item else None,
                state=item.state if item else "",
                grade=_grade(reading, words),
            )
        )
    return tuple(views)


def _grade(reading: Reading | None, words: Words) -> str:
    """Return what the reading of a line is worth, where that is out of the ordinary and there is a text."""
    if reading is None or not reading.text or reading.grade in (None, Grade.TO_CHECK):
        return ""
    return words(f"grade.{reading.grade}")


def _points(quad: Quad, outcome: PageOutcome) -> str:
    page, rotation = outcome.page, outcome.layout.rotation
    turned = (upright(corner, rotation, page.width, page.height) for corner in quad.corners)
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in turned)


def _facts(
    page: Page, scan: Scan | None, pages_in_file: int, outcome: PageOutcome | None, words: Words
) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    if outcome:
        understood = outcome.understanding
        found.append((words("page.written_on"), words.day(understood.written_on)))
        found.append((words("page.prescriber"), understood.prescriber or words("page.not_said")))
    if scan:
        place = words("page.place", number=page.number, pages=max(pages_in_file, page.number))
        found.append((words("page.file"), f"{scan.name} · {place}"))
    return tuple(found)


def _mention(mention: Mention, words: Words) -> MentionView:
    value = " ".join(part for part in (mention.value, mention.unit) if part)
    shows = value and mention.value != mention.text
    return MentionView(
        kind=words(f"mention.{mention.kind.value}"),
        text=f"{mention.text} ({value})" if shows else mention.text,
        sense=None
        if mention.assertion is Assertion.AFFIRMED
        else words(f"assertion.{mention.assertion.value}"),
    )


def _sentence(failure: Failure | None, words: Words) -> str | None:
    if failure is None:
        return None
    return failure.message if words.language == "fr" else failure.message_en


def _why_empty(outcome: PageOutcome | None, items: Sequence[ItemView], words: Words) -> str | None:
    if items or outcome is None:
        return None
    if outcome.duplicate_of:
        return words("empty.duplicate")
    if outcome.layout.blank:
        return words("empty.blank")
    if not any(line.reading.text.strip() for line in outcome.transcript.lines):
        return words("empty.illegible")
    return words(f"empty.{outcome.understanding.kind.value}")
