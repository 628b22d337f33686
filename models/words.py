"""Isolated words cut from labelled lines and pages, where the true text lies by forced alignment.

    python models/words.py --pages DATASET --lines labels.tsv --out FOLDER

Writes PNG images and labels.tsv (path, text, source, tier): the drug names of a dataset's medication lines
(source "drug") and the words of the development lines (source "word"). Whoever trains or tunes may use them;
the splits are those of the sources.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.labels import labelled
from pipeline import ink
from pipeline.domain.geometry import Quad
from pipeline.domain.writing import Reading
from pipeline.image.crops import cut
from pipeline.image.light import background, find_paper, flatten, shrink, to_gray
from pipeline.intake.limits import Limits
from pipeline.intake.sheets import open_scan
from pipeline.reading.artefacts import load_artefact, models_dir
from pipeline.reading.handwriting import OnnxReader
from pipeline.reading.rank import load_line

Gray = NDArray[np.uint8]
MEDIA = {".pdf": "application/pdf", ".tif": "image/tiff", ".tiff": "image/tiff", ".jpg": "image/jpeg"}
PUNCTUATION = ".,;:!?()«»\"'’"
PHOTO_TILTS = (0.0, -2.0, 2.0, -4.0, 4.0, -6.0, 6.0)
FITS = -2.5
"""Natural log a character: a line whose true text scores below is not cut, its label or its crop is wrong."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece of writing with what it says.

    Attributes:
        image: gray uint8 (h, w), 0 = ink.
        text: what stands there.
        source: "drug", "word", or the source of a line.
        tier: neat, ordinary, messy, or empty.
        group: what belongs together: a writer, a page.
        drug: the drug's name in a line of a medication; empty = none.
    """

    image: Gray
    text: str
    source: str
    tier: str
    group: str
    drug: str = ""


def line_crop(flat: Gray, box: Sequence[float], *, rotation: int, skew: float) -> Gray:
    """Cut a line out of a flattened page, upright and level, from the upright box around it.

    Args:
        flat: gray (h, w), as delivered.
        box: x0, y0, x1, y1 in pixels of the delivered image.
        rotation: degrees clockwise by which the delivered image is turned.
        skew: degrees by which the line rises to the right.
    """
    x0, y0, x1, y1 = box
    across, down = (x1 - x0, y1 - y0) if rotation % 180 == 0 else (y1 - y0, x1 - x0)
    sine, cosine = math.sin(math.radians(abs(skew))), math.cos(math.radians(skew))
    # The box holds a level line of length a and height b: across = a cos + b sin, down = a sin + b cos.
    height = max(0.4 * down, (down * cosine - across * sine) / (cosine**2 - sine**2))
    length = (across - height * sine) / cosine
    turn = math.radians(rotation - skew)
    along = np.array([math.cos(turn), math.sin(turn)]) * length / 2
    below = np.array([-math.sin(turn), math.cos(turn)]) * height / 2
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    corners = (middle - along - below, middle + along - below, middle + along + below, middle - along + below)
    return cut(flat, Quad(*((float(x), float(y)) for x, y in corners)))


def page_lines(reader: OnnxReader, dataset: Path, *, all_lines: bool = False) -> Iterator[Sample]:
    """Yield the handwritten lines of a dataset with truth: those that name a drug, or all.

    A photograph's truth has no skew: the tilt at which the true text is likeliest is taken.
    """
    pages = json.loads((dataset / "truth.json").read_text("utf-8"))["pages"]
    for page in pages:
        wanted = [
            (line, _drug_in(line, page["medications"]))
            for line in page.get("lines", [])
            if line["text"].strip()
        ]
        wanted = [(line, drug) for line, drug in wanted if drug or all_lines]
        if not wanted or page.get("duplicate_of"):
            continue
        flat = _flat_page(dataset / "scans" / page["file"], page["page"])
        tilts = PHOTO_TILTS if page["skew"] is None else (page["skew"],)
        for line, drug in wanted:
            crops = [line_crop(flat, line["box"], rotation=page["rotation"], skew=tilt) for tilt in tilts]
            scores = [
                float(ink.log_prob(reading.posteriors, [line["text"]])[0]) if reading.posteriors else 0.0
                for reading in (reader.read(crops) if len(crops) > 1 else [])
            ]
            crop = crops[int(np.argmax(scores))] if scores else crops[0]
            yield Sample(crop, line["text"], "page", page["tier"], page["file"] + str(page["page"]), drug)


def _drug_in(line: dict[str, Any], medications: list[dict[str, Any]]) -> str:
    """Return the drug's name as it stands in a line; empty where it does not."""
    if line["medication"] is None:
        return ""
    drug = str(medications[line["medication"]]["drug"] or "")
    return drug if drug in line["text"] else ""


def _flat_page(path: Path, number: int) -> Gray:
    limits = Limits()
    with open_scan(path.read_bytes(), media_type=MEDIA[path.suffix.lower()], limits=limits) as scan:
        gray = to_gray(scan.pixels(number))
        small = shrink(gray, max(1.0, max(gray.shape) / 1120))
    paper = find_paper(small)
    return flatten(gray, background(small, paper), paper)


def word_spans(reading: Reading, text: str) -> list[tuple[float, float, float, float]] | None:
    """Return for every word of a known text its first and last peak and the gaps' far ends, all 0-1.

    Each word: (where the ink before it ends, its first peak, its last peak, where the ink after it starts).
    None = the text does not fit the ink.
    """
    posteriors = reading.posteriors
    if posteriors is None or not text.strip():
        return None
    if float(ink.log_prob(posteriors, [text])[0]) < FITS * len(text):
        return None
    places = ink.align(posteriors, text)
    if places is None:
        return None
    spans, at = [], 0
    for word in text.split(" "):
        last = at + len(word) - 1
        if word:
            before = places[at - 2][1] if at > 1 else 0.0
            after = places[last + 2][0] if last + 2 < len(places) else 1.0
            spans.append((before, places[at][0], places[last][1], after))
        at += len(word) + 1
    return spans


def cut_between(image: Gray, start: tuple[float, float], end: tuple[float, float]) -> Gray:
    """Cut a line at the widest gap of ink that each border allows.

    Args:
        image: gray (h, w).
        start: 0-1, the left border lies between these.
        end: 0-1, the right border lies between these.
    """
    dark = (255 - image.astype(np.float32)).sum(axis=0)
    left = 0 if start[0] <= 0 else _gap(dark, start)
    right = len(dark) if end[1] >= 1 else _gap(dark, end)
    return image[:, left : max(right, left + 2)]


def _gap(dark: NDArray[np.float32], between: tuple[float, float]) -> int:
    """Return the middle of the widest run of columns with next to no ink, else the lightest column."""
    first, last = (
        int(between[0] * len(dark)),
        max(int(between[0] * len(dark)) + 1, int(between[1] * len(dark))),
    )
    piece = dark[first:last]
    light = piece <= piece.min() + 0.02 * float(dark.max())
    borders = np.flatnonzero(np.diff(np.concatenate([[0], light.view(np.int8), [0]])))
    runs = borders.reshape(-1, 2)
    start, end = runs[(runs[:, 1] - runs[:, 0]).argmax()]
    return first + int(start + end) // 2


def drug_word(line: Sample, reading: Reading) -> Sample:
    """Return the drug's name of a line as a single image.

    Where the true text does not fit the ink, the cut is made in proportion to the letters.
    """
    spans = word_spans(reading, line.text)
    at = line.text.index(line.drug)
    if spans is None:
        letter = 1 / len(line.text)
        start, end = at * letter, (at + len(line.drug)) * letter
        cuts = (max(0.0, start - letter), start + letter), (end - letter, min(1.0, end + letter))
    else:
        first = max(0, len(line.text[: at + 1].split()) - 1)
        last = len(line.text[: at + len(line.drug)].split()) - 1
        cuts = spans[first][:2], spans[last][2:]
    return Sample(cut_between(line.image, *cuts), line.drug, "drug", line.tier, line.group)


def line_samples(labels: Path, *, split: str | None = "dev") -> Iterator[Sample]:
    """Yield labelled lines with their images."""
    for row in labelled(labels, split=split, limit=None):
        text = " ".join(row["text"].split())
        yield Sample(load_line(labels.parent / row["path"]), text, row["source"], "", row.get("page", ""))


def words_of(line: Sample, reading: Reading) -> Iterator[Sample]:
    """Yield the words of two letters or more of a line as single images; none where its text does not fit."""
    for word, span in zip(line.text.split(), word_spans(reading, line.text) or [], strict=False):
        if len(word.strip(PUNCTUATION)) >= 2:
            yield Sample(cut_between(line.image, span[:2], span[2:]), word, "word", line.tier, line.group)


def write(samples: Sequence[Sample], folder: Path) -> None:
    """Write images and labels.tsv."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "labels.tsv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
        rows.writerow(["path", "text", "source", "tier"])
        for number, sample in enumerate(samples):
            name = f"{sample.source}_{number:05d}.png"
            cv2.imwrite(str(folder / name), sample.image)
            rows.writerow([name, sample.text, sample.source, sample.tier])


def reader_of(model: str) -> OnnxReader:
    """Return the reader of a folder under models/, or of a path."""
    folder = Path(model)
    return OnnxReader(load_artefact(folder if folder.is_dir() else models_dir() / model))


def main() -> None:
    """Cut and write the words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--model", default="line_reader", help="aligns the true text; folder under models/, or a path"
    )
    parser.add_argument("--pages", type=Path, help="dataset folder with truth.json and scans/")
    parser.add_argument("--lines", type=Path, help="labels.tsv of lines; its dev split is cut")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    reader = reader_of(options.model)
    samples: list[Sample] = []
    if options.pages:
        for line in page_lines(reader, options.pages):
            samples.append(drug_word(line, reader.read([line.image])[0]))
    if options.lines:
        for line in line_samples(options.lines):
            samples += words_of(line, reader.read([line.image])[0])
    write(samples, options.out)
    print(f"{len(samples)} words in {options.out}")


if __name__ == "__main__":
    main()
