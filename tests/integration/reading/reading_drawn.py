"""Lines of text drawn with DejaVu, as a scanner would deliver them."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = [Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")]


def draw(text, *, size=40):
    """Gray uint8 image of one line, dark on light."""
    font = ImageFont.truetype(str(FONTS[0]), size) if FONTS[0].exists() else ImageFont.load_default(size)
    left, _, right, _ = font.getbbox(text)
    ascent, descent = font.getmetrics()
    image = Image.new("L", (int(right - left) + size, ascent + descent + size // 4), 255)
    ImageDraw.Draw(image).text((size // 2, size // 8), text, fill=20, font=font)
    return np.array(image)
