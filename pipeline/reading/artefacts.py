"""Models on disk: a folder each, with a manifest that says what its weights are and how to feed them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.errors import ToolMissing
from pipeline.reading.calibration import Calibration, load_calibration

DEFAULT_HANDWRITING = "line_reader"
"""Folder under models/ that reads handwriting unless a setting says otherwise."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A recogniser whose weights are those that its manifest names.

    Attributes:
        name, version: for provenance.
        weights: ONNX file, its sha256 checked.
        height: px that a crop is scaled to.
        mean, std: a pixel enters as (value / 255 - mean) / std.
        stretch: the width is multiplied by this after scaling.
        word_stretch: the same for short crops, of a word or two.
        stride: px of input width a time step.
        vocabulary: characters of the model's classes 1..., without the blank; None = in the ONNX
            file's metadata "character", one a line, followed by the space.
        keep: characters whose classes are kept, the others' probability is dropped; None = all.
        calibration: how often it is right when it is so sure; None = not fitted for these weights.
        language: folder of the language model that helps to read; None = the ink alone.
    """

    name: str
    version: str
    weights: Path
    height: int
    mean: float
    std: float
    stretch: float
    word_stretch: float
    stride: int
    vocabulary: tuple[str, ...] | None
    keep: str | None
    calibration: Calibration | None
    language: Path | None


def models_dir() -> Path:
    """Return the folder of models: the repository's models/, or the wheel's pipeline/_models.

    Raises:
        ToolMissing: neither is there.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_models", package.parent / "models"):
        if any(folder.glob("*/manifest.toml")):
            return folder
    raise ToolMissing("no models folder beside or inside the package")


def model_folder(name: str = "") -> Path:
    """Return where a model is: a folder under models/, or a path; empty = the built-in for handwriting."""
    given = Path(name or DEFAULT_HANDWRITING)
    return given if given.is_absolute() else models_dir() / given


def load_artefact(folder: Path) -> Artefact:
    """Read a model's manifest and check its weights.

    Raises:
        ToolMissing: no manifest or weights, a manifest that lacks something, or weights whose sha256
            is not the manifest's.
    """
    try:
        manifest = tomllib.loads((folder / "manifest.toml").read_text("utf-8"))
        return _artefact(folder, manifest)
    except OSError as error:
        raise ToolMissing(f"model {folder.name}: manifest, vocabulary or weights are missing") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ToolMissing(f"model {folder.name}: the manifest is not complete: {error}") from error


def _artefact(folder: Path, manifest: dict[str, Any]) -> Artefact:
    given, how, characters = manifest["weights"], manifest["input"], manifest["vocabulary"]
    weights = _root(folder, given.get("package")) / given["file"]
    helped = manifest.get("decoding", {}).get("language")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != given["sha256"]:
        raise ToolMissing(f"model {folder.name}: the weights are not those of the manifest")
    return Artefact(
        name=manifest["name"],
        version=manifest["version"],
        weights=weights,
        height=int(how["height"]),
        mean=float(how["mean"]),
        std=float(how["std"]),
        stretch=float(how["stretch"]),
        word_stretch=float(how.get("word_stretch", how["stretch"])),
        stride=int(how["stride"]),
        vocabulary=_vocabulary(folder, characters["source"]),
        keep=characters.get("keep"),
        calibration=load_calibration(folder, weights_sha256=found),
        language=folder.parent / helped if helped else None,
    )


def _root(folder: Path, package: str | None) -> Path:
    """Return where the weights' path starts: the model's folder, or an installed package."""
    if package is None:
        return folder
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ToolMissing(f"model {folder.name}: the package {package} is not installed")
    return Path(spec.origin).parent


def _vocabulary(folder: Path, source: str) -> tuple[str, ...] | None:
    if source == "metadata":
        return None
    blank, *characters = json.loads((folder / source).read_text("utf-8"))
    if blank != "" or not all(isinstance(c, str) and len(c) == 1 for c in characters):
        raise ToolMissing(f"model {folder.name}: the vocabulary is not a blank and single characters")
    return tuple(characters)
