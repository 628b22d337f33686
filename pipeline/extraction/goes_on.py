"""Whether a line goes on with the identity that the line above it began."""

from __future__ import annotations

import math

from pipeline.domain.geometry import Point, Quad
from pipeline.domain.paper import Stroke
from pipeline.domain.writing import ReadLine
from pipeline.extraction.identity import is_contact


def goes_on(read: ReadLine, above: ReadLine) -> bool:
    """Whether a line is the address, phone or number of whom the line above names.

    It stands under that line, by the same means: what a letterhead or a stamp says beside it is the doctor's.
    """
    same = read.line.stroke is above.line.stroke or read.line.stroke is Stroke.HAND
    return same and is_contact(read.reading.text) and _is_under(read.line.quad, above.line.quad)


def _is_under(quad: Quad, above: Quad) -> bool:
    """Whether a quad begins within four heights below another one, as the writing stands, and overlaps it."""
    x0, y0 = above.top_left
    width, height = max(above.length, 1.0), max(math.dist(above.top_left, above.bottom_left), 1.0)
    along = ((above.top_right[0] - x0) / width, (above.top_right[1] - y0) / width)
    down = ((above.bottom_left[0] - x0) / height, (above.bottom_left[1] - y0) / height)

    def project(point: Point, axis: tuple[float, float]) -> float:
        return (point[0] - x0) * axis[0] + (point[1] - y0) * axis[1]

    below = project(quad.top_left, down) / height
    overlaps = project(quad.top_left, along) < width and project(quad.top_right, along) > 0
    return 0.3 < below < 4 and overlaps
