"""Signatures and stamps set apart from the writing: they keep their place and are no lines of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.geometry import Box
from pipeline.domain.paper import Stroke
from pipeline.image.flourish import Flourish, flourishes
from pipeline.image.letters import Letters, letters_of
from pipeline.image.lines import InkLine, line_of
from pipeline.image.stroke import stroke_of

Gray = NDArray[np.uint8]
Hand = Callable[[Letters], float]

_ITS_OWN = 0.6
"""Share of a line's ink from which it is a piece of the stroke that holds it, with little else on it."""
_NEXT_TO_ALL, _ALONE = 0.9, 0.97
"""The same where something else that may be writing stands there too; where no stamp is by."""
_WAY = 4.2
"""How far the pen goes for a signature, in its widths, at most: on drawn pages it is 3.5."""
_PRINTED, _MAYBE_PRINTED, _SURELY_PRINTED = 0.8, 0.95, 0.35
"""Probability of being handwritten up to which a row may be a stamp's: where a signature or a frame says so
too; between such rows; where only its tilt does."""
_NEAT = 0.97
"""Probability from which a page's hand does not look like print; where it does, a stamp is surely print."""
_NARROW = 0.4
"""Width of a stamp, as a share of the page's, at most."""
_REACH = 2.0
"""How far apart two rows of a stamp stand, in their heights: a signature may have taken the one between."""
_TILTED = 1.5
"""Degrees from which a row is not printed with its sheet."""


@dataclass(frozen=True, slots=True)
class Found:
    """A line with its probability of being handwritten, 0-1, and what it was made with."""

    line: InkLine
    chance: float
    stroke: Stroke


@dataclass(frozen=True, slots=True)
class _Row:
    """A line that may be a row of a stamp.

    Attributes:
        place: index of the line.
        box: around its letters.
        printed: it looks printed once the strokes over it are gone.
        maybe: it is not clearly handwritten.
        marked: a signature lies over it, a frame around it, or it stands aslant.
        under: the first two of these.
    """

    place: int
    box: Box
    printed: bool
    maybe: bool
    marked: bool
    under: bool


def set_apart(
    mask: Gray,
    found: Sequence[tuple[InkLine, float]],
    hand_without: Callable[[Sequence[Flourish]], Hand],
) -> list[Found]:
    """Return the lines, those of a stamp marked as such and the pieces of a signature made one line.

    A signature is a stroke larger than the writing, with no writing on its rows and none below. A stamp is a
    narrow block of printed rows under a signature, in a frame or aslant. Whatever else stands on such a row
    leaves it a line of writing.

    Args:
        mask: (h, w), 255 where there is ink, upright, rules removed.
        found: lines in reading order with their probabilities of being handwritten.
        hand_without: makes, of strokes to leave out, what tells how likely letters are handwritten.
    """
    strokes = flourishes(mask, found)
    clear = [stroke for stroke in strokes if stroke.frame or _stands_alone(stroke)]
    hand = hand_without(clear)
    letters = [letters_of(line, clear) for line, _ in found]

    @cache
    def chance(place: int) -> float:
        """How likely the letters of a line are handwritten; 1 where there are hardly any."""
        own = letters[place]
        return 1.0 if own is None else hand(own)

    signatures = [stroke for stroke in clear if not stroke.frame and _signs(stroke, found, letters, chance)]
    pieces = _pieces(signatures, letters, chance)
    rows = [
        row
        for place in range(len(found))
        if place not in pieces
        and (row := _row(place, found, letters[place], mask.shape[1], [*signatures, *_frames(clear)], chance))
    ]
    stamped = {row.place for block in _blocks(rows) if _is_stamp(block) for row in block if row.maybe}
    return _told_apart(found, signatures, pieces, stamped)


def _frames(strokes: Sequence[Flourish]) -> list[Flourish]:
    return [stroke for stroke in strokes if stroke.frame]


def _stands_alone(stroke: Flourish) -> bool:
    """Whether most of a stroke lies on lines that it makes up for a good part: none is a word of a line."""
    return sum(held for share, held in zip(stroke.share, stroke.held, strict=True) if share > 0.4) >= 0.5


def _signs(
    stroke: Flourish,
    found: Sequence[tuple[InkLine, float]],
    letters: Sequence[Letters | None],
    chance: Callable[[int], float],
) -> bool:
    """Whether a stroke is a signature: no writing on the lines that hold it, and none below.

    Where it crosses no stamp, nothing at all stands on its lines and the pen went no longer way than a
    signature's: what is more is a line of writing that was signed over, and stays a line.
    """
    stamped = any(
        own is not None and _over(stroke, own.box) and chance(place) < _PRINTED
        for place, own in enumerate(letters)
    )
    if not stamped and stroke.way > _WAY:
        return False
    for place, (line, before) in enumerate(found):
        share, own = stroke.share[place], letters[place]
        if stroke.held[place] > 0.1:
            if share < (_ITS_OWN if stamped else _ALONE) and chance(place) > _PRINTED:
                return False
        elif line.box.y0 > (stroke.box.y0 + stroke.box.y1) / 2 and stroke_of(before) is Stroke.HAND:
            long = own is not None and own.box.width > 2.5 * own.box.height
            if long and share < _ITS_OWN and chance(place) > _MAYBE_PRINTED:
                return False
    return True


def _pieces(
    signatures: Sequence[Flourish], letters: Sequence[Letters | None], chance: Callable[[int], float]
) -> dict[int, int]:
    """Return index of a line -> index of the signature that it is a piece of."""
    pieces = {}
    for number, stroke in enumerate(signatures):
        for place, share in enumerate(stroke.share):
            most = _ITS_OWN if letters[place] is None else _NEXT_TO_ALL
            if share >= most and (letters[place] is None or chance(place) > _PRINTED):
                pieces[place] = number
    return pieces


def _row(
    place: int,
    found: Sequence[tuple[InkLine, float]],
    letters: Letters | None,
    width: int,
    strokes: Sequence[Flourish],
    chance: Callable[[int], float],
) -> _Row | None:
    """Return a line as a row of a stamp; None where it cannot be one. `width` is the page's, px."""
    before = found[place][1]
    if letters is None or letters.box.width > _NARROW * width:
        return None
    aslant = letters.tilt is not None and abs(letters.tilt) >= _TILTED
    under = any(_over(stroke, letters.box) for stroke in strokes)
    if stroke_of(before) is Stroke.PRINT:
        return _Row(place, letters.box, printed=True, maybe=True, marked=under or aslant, under=under)
    if not under and not aslant:
        return None
    written = [other for line, other in found if stroke_of(other) is Stroke.HAND]
    trusted = under and (aslant or median(written) >= _NEAT)
    printed = chance(place) < (_PRINTED if trusted else _SURELY_PRINTED)
    maybe = printed or (trusted and chance(place) < _MAYBE_PRINTED)
    return _Row(place, letters.box, printed, maybe, marked=True, under=under)


def _over(stroke: Flourish, box: Box) -> bool:
    """Whether a signature lies over a row or less than its own height above it, or a frame around it."""
    reach = 0 if stroke.frame else stroke.box.height
    around = Box(stroke.box.x0, max(0, stroke.box.y0 - reach // 2), stroke.box.x1, stroke.box.y1 + reach)
    return around.intersection(box) > 0


def _blocks(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Gather rows that stand closely under each other."""
    blocks: list[list[_Row]] = []
    for row in sorted(rows, key=lambda one: one.box.y0 + one.box.y1):
        near = [block for block in blocks if any(_follows(row.box, other.box) for other in block)]
        joined = [other for block in near for other in block]
        blocks = [block for block in blocks if block not in near] + [[*joined, row]]
    return blocks


def _follows(under: Box, over: Box) -> bool:
    shared = min(under.x1, over.x1) - max(under.x0, over.x0)
    apart = abs((under.y0 + under.y1) - (over.y0 + over.y1)) / 2
    return shared > 0.3 * min(under.width, over.width) and apart < _REACH * (under.height + over.height)


def _is_stamp(block: Sequence[_Row]) -> bool:
    return sum(row.printed and row.marked for row in block) >= 2


def _told_apart(
    found: Sequence[tuple[InkLine, float]],
    signatures: Sequence[Flourish],
    pieces: dict[int, int],
    stamped: set[int],
) -> list[Found]:
    """Return the lines with what they are; a signature stands where its first piece stood."""
    result, shown = [], set()
    for place, (line, chance) in enumerate(found):
        if place in pieces:
            number = pieces[place]
            if number not in shown:
                result.append(Found(_whole(signatures[number]), chance, Stroke.SIGNATURE))
            shown.add(number)
        else:
            result.append(Found(line, chance, Stroke.STAMP if place in stamped else stroke_of(chance)))
    return result


def _whole(signature: Flourish) -> InkLine:
    box = signature.box
    ink = int(np.count_nonzero(signature.ink))
    return line_of(np.array([[box.x0, box.y0, box.width, box.height, ink]], np.int32))
