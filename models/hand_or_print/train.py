"""Fit the weights by which pipeline.image.stroke tells handwriting from print.

    PYTHONPATH=.:tests/accuracy python models/hand_or_print/train.py --dataset DATASET [--dataset ...] \
        --labels handwriting/labels.tsv --fonts FONT.ttf [FONT.ttf ...]

Pages give both kinds: lines found where the truth has handwriting, and what stands above it (letterheads).
Real handwriting and print drawn from text fonts keep the weights from learning one generator's fonts.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.image.crops import cut
from pipeline.image.layout import see
from pipeline.image.light import Paper, background, flatten
from pipeline.image.stroke import CUES, WEIGHTS, Cues, expanded, stroke_cues, stroke_of

Gray = NDArray[np.uint8]
Example = tuple[str, str, bool, Gray]
"""Where a crop comes from, whose hand or font it is, whether it is handwriting, the crop."""

_RIDGE = 3e-3
_PRINTED = (
    "Dr Jean Martin", "Médecine générale", "12 rue des Lilas", "35000 Rennes", "Tél. 02 99 00 11 22",
    "RPPS : 10101010101", "Saint-Malo, le", "Prescriptions relatives au traitement de l'affection",
    "Membre d'une association agréée", "Nom :", "Date :", "Cabinet médical du Port",
    "Hémoglobine 13,2 g/dL 12,0 - 16,0", "Le règlement par chèque est accepté",
)  # fmt: skip


def trimmed(crop: Gray) -> Gray | None:
    """Return the crop without the paper around its ink; None where there is next to none."""
    mask = _ink(crop)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) < 5 or len(columns) < 5:
        return None
    return np.ascontiguousarray(crop[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _ink(crop: Gray) -> NDArray[np.bool_]:
    return np.asarray(crop < (float(np.percentile(crop, 1)) + 252) / 2, dtype=np.bool_)


def pieces(crop: Gray) -> list[Gray]:
    """Return both sides of the first blanks of a line: rows are parted there, so sides must be told too."""
    places = np.flatnonzero(_ink(crop).any(axis=0))
    wide = np.flatnonzero(np.diff(places) > 0.3 * crop.shape[0])
    middles = [int(places[at] + places[at + 1]) // 2 for at in wide[:4]]
    sides = [side for at in middles for side in (crop[:, :at], crop[:, at:])]
    cut_close = [trimmed(side) for side in sides if side.shape[1] > 1.2 * crop.shape[0]]
    return [side for side in cut_close if side is not None]


def from_pages(dataset: Path, keep: float, rng: random.Random) -> Iterator[Example]:
    """Yield found lines that the truth knows as handwriting, and print above the first of those."""
    # The measures' own reader of datasets, in tests/accuracy.
    from pages_with_truth import (  # type: ignore[import-not-found]
        box_of,
        matches,
        pages_with_truth,
    )

    for truth, page, pixels in pages_with_truth(dataset):
        layout, flat = see(page, pixels, rotation=truth["rotation"])
        written = set(matches(layout.lines, truth["lines"]).values())
        size = (truth["rotation"], page.width, page.height)
        first = min((box_of(line).turned_upright(*size).y0 for line in truth["lines"]), default=page.height)
        for line in layout.lines:
            by_hand = line.order in written
            crop = trimmed(cut(flat, line.quad, margin=0))
            if crop is not None and (by_hand or line.quad.box.turned_upright(*size).y1 < first + 5):
                hand = f"{dataset.name} {truth.get('hand')}"
                yield dataset.name, hand, by_hand, crop
                for piece in pieces(crop):
                    if rng.random() < keep:
                        yield dataset.name, hand, by_hand, piece


def from_lines(labels: Path, count: int, rng: random.Random) -> Iterator[Example]:
    """Yield real modern handwriting of the training split."""
    with labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    modern = [row for row in rows if row["source"] == "copiste" and row["split"] == "train"]
    everywhere = Paper(None, None, 0)
    for row in rng.sample(modern, count):
        with Image.open(labels.parent / row["path"]) as image:
            gray = np.asarray(image.convert("L"), dtype=np.uint8)
        crop = trimmed(flatten(gray, background(gray, everywhere), everywhere))
        if crop is not None:
            for one in (crop, *rng.sample(found := pieces(crop), min(2, len(found)))):
                yield "real lines", row["page"], True, one


def from_fonts(fonts: Sequence[Path], count: int, rng: random.Random) -> Iterator[Example]:
    """Yield print drawn from text fonts, a little turned, blurred and grainy."""
    noise = np.random.default_rng(rng.randrange(2**32))
    for _ in range(count):
        path, size, text = rng.choice(fonts), rng.choice((14, 18, 22, 28, 36, 48)), rng.choice(_PRINTED)
        font = ImageFont.truetype(str(path), size)
        width = int(font.getlength(text)) + 30
        image = Image.new("L", (width, 2 * size), 252)
        ImageDraw.Draw(image).text((12, size // 3), text, font=font, fill=rng.choice((20, 40, 70, 110)))
        turn = cv2.getRotationMatrix2D((width / 2, size), rng.gauss(0, 0.4), 1)
        drawn = cv2.warpAffine(np.asarray(image, np.float32), turn, image.size, borderValue=252)
        drawn = cv2.GaussianBlur(drawn, (0, 0), rng.choice((0.4, 0.7, 1.0, 1.3)))
        drawn = drawn + noise.normal(0, rng.choice((1, 4, 9)), drawn.shape)
        if rng.random() < 0.15:
            drawn = np.where(drawn < 150, 0, 255)
        crop = trimmed(np.clip(drawn, 0, 255).astype(np.uint8))
        if crop is not None:
            for one in (crop, *pieces(crop)[:2]):
                yield "drawn print", path.stem, False, one


def fitted(cues: Cues, by_hand: Cues, share: Cues) -> tuple[Cues, Cues, Cues]:
    """Return mean, scale and weights of a ridge-penalised logistic regression (Newton's method)."""
    mean, scale = cues.mean(axis=0), cues.std(axis=0) + 1e-9
    terms = expanded(np.clip((cues - mean) / scale, -4, 4))
    ridge = _RIDGE * np.diag(np.r_[1e-3, np.ones(terms.shape[1] - 1)])
    weights = np.zeros(terms.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(terms @ weights, -30, 30)))
        slope = terms.T @ (share * (chance - by_hand)) + ridge @ weights
        weights -= np.linalg.solve(
            (terms * (share * chance * (1 - chance))[:, None]).T @ terms + ridge, slope
        )
    return mean, scale, weights


def shares(sources: Sequence[str], by_hand: Cues) -> Cues:
    """Return weights that sum to 1 and give every source and kind, however many its crops, its say."""
    groups = list(zip(sources, by_hand, strict=True))
    share = np.array([1 / groups.count(group) for group in groups])
    return np.asarray(share / share.sum(), dtype=np.float64)


def held_out(examples: Sequence[Example], cues: Cues, by_hand: Cues, folds: int) -> None:
    """Print the errors on hands and fonts that were left out of the fit."""
    owners = sorted({owner for _, owner, _, _ in examples})
    random.Random(1).shuffle(owners)
    fold = np.array([owners.index(owner) % folds for _, owner, _, _ in examples])
    sources = [source for source, _, _, _ in examples]
    wrong: dict[tuple[str, bool], list[bool]] = {}
    for number in range(folds):
        rest = np.flatnonzero(fold != number)
        share = shares([sources[at] for at in rest], by_hand[rest])
        mean, scale, weights = fitted(cues[rest], by_hand[rest], share)
        for at in np.flatnonzero(fold == number):
            known = expanded(np.clip((cues[at] - mean) / scale, -4, 4))
            told = stroke_of(float(1 / (1 + np.exp(-known @ weights)))) == "hand"
            wrong.setdefault((sources[at], bool(by_hand[at])), []).append(told != by_hand[at])
    for (source, hand), errors in sorted(wrong.items()):
        print(f"{source:14} {'hand' if hand else 'print':6} {len(errors):6} wrong {np.mean(errors):.3f}")


def main() -> None:
    """Collect examples, print the errors on unseen hands and fonts, write the weights of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dataset", type=Path, action="append", required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--fonts", type=Path, nargs="+", required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = random.Random(3)
    _write(
        (np.zeros(CUES), np.ones(CUES), np.zeros(len(expanded(np.zeros(CUES)))))
    )  # undecided: rows stay whole
    examples: list[Example] = []
    for dataset in options.dataset:
        examples += from_pages(dataset, 0.3 if dataset.name == "pages" else 1.0, rng)
    examples += from_lines(options.labels, 400, rng)
    examples += from_fonts(options.fonts, 300, rng)
    cues = np.array([stroke_cues(crop) for *_, crop in examples])
    by_hand = np.array([float(hand) for _, _, hand, _ in examples])
    held_out(examples, cues, by_hand, folds=8)
    _write(fitted(cues, by_hand, shares([source for source, *_ in examples], by_hand)))


def _write(found: tuple[Cues, Cues, Cues]) -> None:
    def row(name: str, values: Any) -> str:
        return f"{name} = [\n" + "".join(f"  {value:.5g},\n" for value in values) + "]\n"

    head = "# Written by models/hand_or_print/train.py; pipeline/image/stroke.py says what the cues are.\n"
    names = ("mean", "scale", "weights")
    table = head + "".join(row(name, values) for name, values in zip(names, found, strict=True))
    WEIGHTS.write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
