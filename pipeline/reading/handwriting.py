"""Handwriting: a CTC line recogniser in ONNX, driven so that its doubt is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import ink
from pipeline.domain.errors import ToolMissing
from pipeline.domain.writing import Reading
from pipeline.reading.artefacts import Artefact
from pipeline.reading.beam import decode
from pipeline.reading.calibration import graded
from pipeline.reading.framing import WORD
from pipeline.reading.greedy import best_text
from pipeline.reading.language import Language

_LONGEST = 3200  # px of input; longer crops are cut at gaps (attention costs the square of the length)
_GRID = 32  # widths are padded with paper to a multiple, so that crops share a batch
_BATCH_WIDTH = 4096  # px of input read together, at most


class OnnxReader:
    """Reads lines of handwriting; what it reads of a crop does not depend on the crops beside it."""

    def __init__(self, artefact: Artefact, *, threads: int = 1) -> None:
        """Load the network.

        Args:
            artefact: weights and how to feed them.
            threads: used inside one reading.

        Raises:
            ToolMissing: the weights or the language model cannot be loaded, or do not fit the manifest.
        """
        self._artefact = artefact
        self._session = _session(artefact, threads)
        self._language = Language(artefact.language) if artefact.language else None
        characters = artefact.vocabulary or _characters_of(self._session, artefact)
        kept = [n for n, c in enumerate(characters, 1) if artefact.keep is None or c in artefact.keep]
        self._classes = np.array([0, *kept], np.intp)
        self._vocabulary = "".join(characters[n - 1] for n in kept)
        self._all_kept = len(kept) == len(characters)
        self._input = self._session.get_inputs()[0].name
        classes = self._session.get_outputs()[0].shape[-1]
        if classes != len(characters) + 1:
            raise ToolMissing(f"model {artefact.name}: {classes} classes, {len(characters)} characters")

    @property
    def name(self) -> str:
        """Names and versions, for provenance."""
        alone = f"{self._artefact.name} {self._artefact.version}"
        return f"{alone} + {self._language.name}" if self._language else alone

    @property
    def vocabulary(self) -> str:
        """Characters of the classes 1... of the posteriors; class 0 is the blank."""
        return self._vocabulary

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> list[Reading]:
        """Return one reading, with posteriors, for each crop.

        Args:
            crops: gray uint8 (h, w), upright, 0 = ink; any size, an empty one reads as no text.
        """
        pieces = [self._pieces(crop) for crop in crops]
        flat = [piece for of_crop in pieces for piece in of_crop]
        read = iter(self._probabilities(flat))
        return [self._reading([next(read) for _ in of_crop]) for of_crop in pieces]

    def _pieces(self, crop: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        """Scale a crop to the network's height, aspect kept but for the stretch; cut it if very long."""
        if crop.ndim != 2 or min(crop.shape) < 2:
            return []
        height, proportion = self._artefact.height, crop.shape[1] / crop.shape[0]
        stretch = self._artefact.word_stretch if proportion <= WORD else self._artefact.stretch
        width = max(8, round(proportion * height * stretch))
        shrinks = crop.shape[0] > height
        scaled = cv2.resize(
            crop, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        )
        return _cut_at_gaps(np.asarray(scaled, np.uint8), longest=_LONGEST, step=self._artefact.stride)

    def _probabilities(self, pieces: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """Run the network; return the kept classes' probabilities, (steps, kept + 1), of each piece."""
        by_width: dict[int, list[int]] = defaultdict(list)
        for number, piece in enumerate(pieces):
            by_width[-(-piece.shape[1] // _GRID) * _GRID].append(number)
        found: dict[int, NDArray[np.float32]] = {}
        for width, numbers in by_width.items():
            together = max(1, _BATCH_WIDTH // width)
            for first in range(0, len(numbers), together):
                batch = numbers[first : first + together]
                output = self._run([pieces[number] for number in batch], width)
                for number, probabilities in zip(batch, output, strict=True):
                    steps = -(-pieces[number].shape[1] // self._artefact.stride)
                    found[number] = self._reduced(probabilities[:steps])
        return [found[number] for number in range(len(pieces))]

    def _run(self, pieces: Sequence[NDArray[np.uint8]], width: int) -> NDArray[np.float32]:
        batch = np.full((len(pieces), self._artefact.height, width), 255, np.float32)
        for row, piece in enumerate(pieces):
            batch[row, :, : piece.shape[1]] = piece
        batch = (batch / np.float32(255) - np.float32(self._artefact.mean)) / np.float32(self._artefact.std)
        three = np.repeat(batch[:, None], 3, axis=1)
        return np.asarray(self._session.run(None, {self._input: three})[0], np.float32)

    def _reduced(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Drop the classes of other scripts and let the kept ones share what they had."""
        if self._all_kept:
            return probabilities
        kept = np.maximum(probabilities[:, self._classes], 1e-12)
        return np.asarray(kept / kept.sum(axis=1, keepdims=True), np.float32)

    def _spaced(self, pieces: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Let each cut of a very long line read as a space: it was made where there is least ink."""
        joined = [piece.copy() for piece in pieces]
        space = self._vocabulary.find(" ") + 1
        for piece in joined[:-1]:
            piece[-1] *= 0.1
            piece[-1, space] += 0.9
        return joined

    def _reading(self, pieces: Sequence[NDArray[np.float32]]) -> Reading:
        empty = np.empty((0, len(self._classes)), np.float32)
        probabilities = np.concatenate(self._spaced(pieces)) if pieces else empty
        if self._language:
            text, confidence, places = decode(probabilities, self._vocabulary, self._language)
        else:
            text, confidence, places = best_text(probabilities, self._vocabulary)
        reading = Reading(
            text=text,
            confidence=confidence,
            reader=self.name,
            places=places,
            posteriors=ink.pack(probabilities, self._vocabulary),
        )
        calibration = self._artefact.calibration
        return graded(reading, calibration) if calibration else reading


def _session(artefact: Artefact, threads: int) -> Any:
    import onnxruntime  # heavy: only where a reader is made

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(artefact.weights), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own errors share no base class
        raise ToolMissing(f"model {artefact.name}: the weights cannot be loaded") from error


def _characters_of(session: Any, artefact: Artefact) -> tuple[str, ...]:
    listed = session.get_modelmeta().custom_metadata_map.get("character")
    if not listed:
        raise ToolMissing(f"model {artefact.name}: no characters in the weights' metadata")
    return (*listed.split("\n"), " ")


def _cut_at_gaps(line: NDArray[np.uint8], *, longest: int, step: int) -> list[NDArray[np.uint8]]:
    """Cut a long line where there is least ink, at multiples of `step` px, into pieces <= `longest` px."""
    pieces = []
    while line.shape[1] > longest:
        lightness = cv2.blur(line.mean(axis=0, dtype=np.float32)[None], (25, 1))[0]
        first = longest // 2
        at = (first + int(lightness[first:longest].argmax())) // step * step
        pieces.append(line[:, :at])
        line = line[:, at:]
    return [*pieces, line]
