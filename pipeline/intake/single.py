"""What files of one or more decoded images have in common: closing, and pixels in two shapes only."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LARGEST_SHEET_INCHES = 17.0
"""The long side of A3, rounded up: a resolution that implies a larger sheet is a camera's default."""


class Closing:
    """A file that closes when its `with` block ends."""

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()


def check_number(number: int, page_count: int) -> None:
    """Refuse a page number that the file does not have.

    Raises:
        IndexError: not within 1 to `page_count`.
    """
    if not 1 <= number <= page_count:
        raise IndexError(number)


def believable_dpi(dpi: object, width: int, height: int) -> int:
    """Return a file's resolution in dots per inch, 0 where it says none or a camera's default."""
    try:
        value = round(float(max(dpi)))  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return 0
    if value < 50 or max(width, height) / value > LARGEST_SHEET_INCHES:
        return 0
    return int(value)


def as_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """Return a decoded image as gray (h, w) or RGB (h, w, 3), uint8; transparency lies on white."""
    if image.mode.startswith("I;16"):
        return np.asarray(np.asarray(image) >> 8, dtype=np.uint8)
    if image.mode in ("I", "F"):
        return _to_8_bits(np.asarray(image, dtype=np.float32))
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"), dtype=np.uint8)
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    pixels = np.array(image.convert("RGB"), dtype=np.uint8)
    return gray_if_colourless(pixels)


def gray_if_colourless(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return RGB (h, w, 3) as gray (h, w) where the three channels are the same everywhere."""
    red = pixels[..., 0]
    if np.array_equal(red, pixels[..., 1]) and np.array_equal(red, pixels[..., 2]):
        return np.ascontiguousarray(red)
    return pixels


def _to_8_bits(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Scale 32-bit samples: 0-1, 0-255 or 0-65535, whichever the largest value fits in."""
    values = np.nan_to_num(values)
    top = float(values.max(initial=0.0))
    full = 1.0 if top <= 1 else 255.0 if top <= 255 else 65535.0 if top <= 65535 else top
    return np.asarray(np.clip(values, 0, full) * np.float32(255.0 / full), dtype=np.uint8)
