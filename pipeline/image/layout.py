"""See a page: which way up it is, where its paper lies, and its lines of ink in reading order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Layout, Line, Page, Stroke
from pipeline.image.apart import Found, set_apart
from pipeline.image.blank import FAINT, INK, is_blank, without_edges
from pipeline.image.codes import barcodes
from pipeline.image.crops import cut
from pipeline.image.fingerprint import fingerprint
from pipeline.image.flourish import Flourish
from pipeline.image.letters import Letters
from pipeline.image.light import Paper, background, find_paper, flatten, shrink, to_gray
from pipeline.image.lines import InkLine, find_lines, turned_over, without_rules
from pipeline.image.mixed import parted
from pipeline.image.stroke import hand_probability, stroke_cues
from pipeline.image.upright import skew_of, stands_upright_or_lies, upright_probability, upside_cues

Gray = NDArray[np.uint8]
Matrix = NDArray[np.float64]

_WORK_DPI = 115
_PALE = 110
_DARK = 170
"""Marks on the working picture: pale ones, and the level above which one is ink."""
_STRAIGHT = 0.5
"""Skew, degrees, up to which what runs along the image runs along the writing too."""
_PHOTO_SIDE = 1120
"""Long side, px, at which a page of unknown resolution is looked at."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page at working scale, turned upright and straight.

    Attributes:
        mask: 255 where there is ink, (h, w), rules removed.
        to_page: 3 by 3, from `mask` to the delivered image.
        lines: in reading order, in coordinates of `mask`.
        rotation: degrees clockwise by which the delivered image is turned.
        skew: degrees clockwise that remain.
        upright: 0.5-1, how sure it is that the page is not the other way up.
    """

    mask: Gray
    to_page: Matrix
    lines: list[InkLine]
    rotation: int
    skew: float
    upright: float


def see(
    page: Page, pixels: NDArray[np.uint8], *, rotation: int | None = None
) -> tuple[Layout, NDArray[np.uint8]]:
    """Find what the eye finds on a page before anything is read.

    Args:
        page: whose pixels these are.
        pixels: as delivered, gray (h, w) or RGB (h, w, 3).
        rotation: 0, 90, 180 or 270 where somebody knows how it is turned; None = the eye judges.

    Returns:
        The layout, in pixels of the delivered image, and `flat`: gray of the same shape, paper about 252,
        ink dark, whatever lies beside the paper 255.
    """
    gray = to_gray(pixels)
    factor = max(1.0, page.dpi / _WORK_DPI if page.dpi >= 100 else max(gray.shape) / _PHOTO_SIDE)
    small = shrink(gray, factor)
    paper = find_paper(small)
    ground = background(small, paper)
    flat = flatten(gray, ground, paper)
    seen = look(
        flatten(small, ground, paper),
        paper,
        scale=(gray.shape[1] / small.shape[1], gray.shape[0] / small.shape[0]),
        rotation=rotation,
    )
    blank = is_blank(seen.lines, seen.mask)

    def hand(line: InkLine) -> float:
        return hand_probability(stroke_cues(cut(flat, _quad(line.box, seen.to_page), margin=0)))

    def hand_without(strokes: Sequence[Flourish]) -> Callable[[Letters], float]:
        clean = _without(flat, strokes, seen)

        def of_letters(letters: Letters) -> float:
            quad = _moved(letters.corners, seen.to_page)
            return hand_probability(stroke_cues(cut(clean, quad, margin=0)))

        return of_letters

    found = [] if blank else set_apart(seen.mask, parted(seen.lines, hand), hand_without)
    lines = tuple(
        Line(page.id, order, _quad(one.line.box, seen.to_page), one.stroke) for order, one in enumerate(found)
    )
    layout = Layout(
        rotation=seen.rotation,
        skew=seen.skew,
        blank=blank,
        photo=paper.open_sides >= 3 and page.dpi < 100,
        lines=lines,
        barcodes=() if blank else barcodes(flat),
        fingerprint=b"" if blank else fingerprint(_handwriting(seen.mask, found)),
    )
    return layout, flat


def look(flat: Gray, paper: Paper, *, scale: tuple[float, float], rotation: int | None = None) -> Seen:
    """Turn a flattened page upright and find its lines.

    Args:
        flat: gray (h, w) at working scale, as delivered otherwise.
        paper: where the paper lies.
        scale: delivered pixels a pixel of `flat`, along and across.
        rotation: as for `see`.
    """
    flat = without_edges(flat)
    # One picture holds both, so that every turn moves both: 255 ink, 110 pale marks.
    mask = np.where(flat < INK, 255, np.where(flat < FAINT, _PALE, 0)).astype(np.uint8)
    to_page = np.diag([scale[0], scale[1], 1.0])
    if paper.corners is not None and paper.open_sides >= 3:
        mask, back = _straightened(mask, paper.corners)
        to_page = to_page @ back
    clean = _clean(mask)
    quarter = int(_leaning(mask, clean) < 0) if rotation is None else -rotation // 90 % 4
    mask, back = _turned(mask, quarter)
    to_page = to_page @ back
    skew = skew_of(_ink(mask))
    if abs(skew) > _STRAIGHT:
        # Folds and a scanner's streaks run along the image, not along the writing: they pale before the turn.
        straight, _ = _turned(clean, quarter)
        mask = np.where((straight > 0) | (mask <= _DARK), mask, _PALE).astype(np.uint8)
    mask, back = _deskewed(mask, skew)
    to_page = to_page @ back
    mask = _clean(mask)
    lines = find_lines(mask)
    cues = upside_cues(mask, [line.box for line in lines], Box(0, 0, mask.shape[1], mask.shape[0]))
    upright = upright_probability(cues)
    if rotation is not None:
        upright = 1.0
    elif upright < 0.5:
        lines = turned_over(lines, mask.shape[1], mask.shape[0])
        mask, back = _turned(mask, 2)
        to_page = to_page @ back
        quarter += 2
        upright = 1 - upright
    return Seen(mask, to_page, lines, 90 * (-quarter % 4), skew, upright)


def _leaning(marks: Gray, clean: Gray) -> float:
    """Return above 0 where writing or, on ruled paper, rules run along the rows; below 0 along columns."""
    ink = _ink(marks)
    lean = stands_upright_or_lies(clean)
    rules = np.where(clean == 0, ink, 0).astype(np.uint8)
    if np.count_nonzero(rules) > 0.3 * np.count_nonzero(ink):
        lean += stands_upright_or_lies(rules)
    return lean


def _ink(marks: Gray) -> Gray:
    """Return 255 where marks are ink, not merely pale."""
    return np.where(marks > _DARK, 255, 0).astype(np.uint8)


def _clean(marks: Gray) -> Gray:
    """Return the ink of the marks without rules."""
    faint = np.where(marks > _PALE // 2, 255, 0).astype(np.uint8)
    return without_rules(_ink(marks), faint, round(0.2 * min(marks.shape)))


def _straightened(mask: Gray, corners: NDArray[np.float32]) -> tuple[Gray, Matrix]:
    """Take the perspective out of a photographed sheet; second: the way back."""
    height, width = mask.shape
    points = (corners * np.array([width, height], np.float32)).astype(np.float32)
    sides = np.linalg.norm(points - np.roll(points, -1, axis=0), axis=1)
    size = (max(16, round(float(sides[0] + sides[2]) / 2)), max(16, round(float(sides[1] + sides[3]) / 2)))
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    turn = np.asarray(cv2.getPerspectiveTransform(points, target), dtype=np.float64)
    return _warped(mask, turn, size), np.asarray(np.linalg.inv(turn), dtype=np.float64)


def _turned(mask: Gray, quarters: int) -> tuple[Gray, Matrix]:
    """Turn by quarters clockwise; second: the way back."""
    height, width = mask.shape
    quarters %= 4
    forth = {
        0: np.eye(3),
        1: np.array([[0, -1, height], [1, 0, 0], [0, 0, 1.0]]),
        2: np.array([[-1, 0, width], [0, -1, height], [0, 0, 1.0]]),
        3: np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1.0]]),
    }[quarters]
    turned = np.ascontiguousarray(np.rot90(mask, -quarters))
    return turned, np.asarray(np.linalg.inv(forth), dtype=np.float64)


def _deskewed(mask: Gray, skew: float) -> tuple[Gray, Matrix]:
    """Turn writing that sinks by `skew` degrees level; second: the way back."""
    height, width = mask.shape
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0), [0, 0, 1]])
    grown = (width, height)
    return _warped(mask, turn, grown), np.asarray(np.linalg.inv(turn), dtype=np.float64)


def _warped(mask: Gray, turn: Matrix, size: tuple[int, int]) -> Gray:
    return np.asarray(cv2.warpPerspective(mask, turn, size, flags=cv2.INTER_LINEAR), dtype=np.uint8)


def _without(flat: Gray, strokes: Sequence[Flourish], seen: Seen) -> Gray:
    """Return the flattened page with paper where these strokes of the mask are."""
    if not strokes:
        return flat
    drawn = np.zeros_like(seen.mask)
    for stroke in strokes:
        box = stroke.box
        drawn[box.y0 : box.y1, box.x0 : box.x1][stroke.ink] = 255
    drawn = np.asarray(cv2.dilate(drawn, np.ones((3, 3), np.uint8)), np.uint8)
    drawn = _warped(drawn, seen.to_page, (flat.shape[1], flat.shape[0]))
    return np.where(drawn > _PALE, 255, flat).astype(np.uint8)


def _handwriting(mask: Gray, found: list[Found]) -> Gray:
    """Return the ink of what a hand wrote, signed or stamped; of all lines where there is none."""
    kept = [one.line.box for one in found if one.stroke is not Stroke.PRINT]
    only = np.zeros_like(mask)
    for box in kept or [one.line.box for one in found]:
        only[box.y0 : box.y1, box.x0 : box.x1] = mask[box.y0 : box.y1, box.x0 : box.x1]
    return only


def _quad(box: Box, to_page: Matrix) -> Quad:
    """Return a box of the working image as a quad of the delivered one."""
    corners = np.array([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)], np.float64)
    return _moved(corners, to_page)


def _moved(corners: Matrix, to_page: Matrix) -> Quad:
    """Return four points of the working image, (4, 2), as a quad of the delivered one."""
    moved = cv2.perspectiveTransform(corners[None], to_page)[0]
    return Quad(*((float(x), float(y)) for x, y in moved))
