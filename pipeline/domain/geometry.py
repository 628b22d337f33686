"""Places on a page: pixels of the image as delivered, origin top-left, x right, y down."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels of the delivered image; x1 and y1 are exclusive.

    Raises:
        ValueError: right < left or bottom < top.
    """

    x0: int
    y0: int
    x1: int
    y1: int

    def __post_init__(self) -> None:
        if self.x1 < self.x0 or self.y1 < self.y0:
            raise ValueError(f"box is inside out: {self.x0, self.y0, self.x1, self.y1}")

    @property
    def width(self) -> int:
        """Pixels from left to right, at least 0."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Pixels from top to bottom, at least 0."""
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        """Pixels covered, at least 0."""
        return self.width * self.height

    def union(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def intersection(self, other: Box) -> int:
        """Pixels that both cover."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0, width) * max(0, height)

    def iou(self, other: Box) -> float:
        """Intersection over union, 0-1 (Jaccard index)."""
        shared = self.intersection(other)
        return shared / max(1, self.area + other.area - shared)

    def turned_upright(self, rotation: int, width: int, height: int) -> Box:
        """Return this box on the page turned upright.

        Args:
            rotation: 0, 90, 180 or 270, degrees clockwise by which the delivered image is turned.
            width: of the delivered image, px.
            height: of the delivered image, px.
        """
        if rotation == 90:
            return Box(self.y0, width - self.x1, self.y1, width - self.x0)
        if rotation == 180:
            return Box(width - self.x1, height - self.y1, width - self.x0, height - self.y0)
        if rotation == 270:
            return Box(height - self.y1, self.x0, height - self.y0, self.x1)
        return self


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners in pixels of the delivered image, clockwise as the *writing* stands.

    The first corner is where the writing starts at the top, so that a quad also tells which way is
    up: cutting it out by perspective gives an upright crop even from a page scanned upside down.
    """

    top_left: Point
    top_right: Point
    bottom_right: Point
    bottom_left: Point

    @classmethod
    def of_box(cls, box: Box) -> Quad:
        """Return the quad of an upright box."""
        return cls((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """The corners, clockwise from the top left of the writing."""
        return (self.top_left, self.top_right, self.bottom_right, self.bottom_left)

    @property
    def box(self) -> Box:
        """The smallest upright box that holds the quad, never left of or above 0."""
        xs = [x for x, _ in self.corners]
        ys = [y for _, y in self.corners]
        return Box(
            max(0, int(min(xs))),
            max(0, int(min(ys))),
            max(0, -int(-max(xs) // 1)),
            max(0, -int(-max(ys) // 1)),
        )

    @property
    def length(self) -> float:
        """Pixels along the writing, at its top."""
        return math.dist(self.top_left, self.top_right)

    def turned_over(self) -> Quad:
        """Return the same place for writing that stands the other way up."""
        return Quad(self.bottom_right, self.bottom_left, self.top_left, self.top_right)

    def part(self, start: float, end: float) -> Quad:
        """Return the piece between two fractions of the writing's length.

        Args:
            start: 0-1, 0 is where the writing starts.
            end: 0-1, at least `start`.
        """

        def between(a: Point, b: Point, share: float) -> Point:
            return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)

        return Quad(
            between(self.top_left, self.top_right, start),
            between(self.top_left, self.top_right, end),
            between(self.bottom_left, self.bottom_right, end),
            between(self.bottom_left, self.bottom_right, start),
        )
