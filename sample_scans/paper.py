"""The sheets before anybody writes on them: letterheads, rulings, stamps, labels, printouts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

DPI = 200
Colour = NDArray[np.uint8]


def px(mm: float) -> int:
    """Return millimetres as pixels at 200 dpi."""
    return round(mm / 25.4 * DPI)


class Print:
    """Printed type: a sans serif for letterheads, a typewriter face for printouts. Both are SIL OFL 1.1."""

    def __init__(self, fonts: Path) -> None:
        """Remember where npm put the fonts."""
        self._folder = fonts / "node_modules" / "@fontsource"

    def font(self, name: str, points: float, weight: int = 400) -> ImageFont.FreeTypeFont:
        """Return `pt-sans` or `courier-prime` at a size in points."""
        path = self._folder / name / "files" / f"{name}-latin-{weight}-normal.woff"
        return ImageFont.truetype(str(path), round(points / 72 * DPI))


def sheet(mm: list[int], kind: str, rng: np.random.Generator) -> Image.Image:
    """Return empty paper, RGB: "plain", "letterhead" (still without its head), "ruled" or "squared"."""
    width, height = px(mm[0]), px(mm[1])
    tint = np.array([250, 249, 245] if kind in ("ruled", "squared") else [252, 252, 251], dtype=np.float32)
    fibres = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 1.5) * 4
    image = Image.fromarray(np.clip(tint + fibres[..., None], 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    if kind == "ruled":
        for y in range(px(22), height - px(8), px(8)):
            draw.line((0, y, width, y), fill=(176, 196, 222), width=2)
        draw.line((px(17), 0, px(17), height), fill=(226, 170, 176), width=2)
    if kind == "squared":
        for step in range(px(4), max(width, height), px(5)):
            draw.line((step, 0, step, height), fill=(206, 214, 228), width=1)
            draw.line((0, step, width, step), fill=(206, 214, 228), width=1)
    return image


def letterhead(image: Image.Image, doctor: dict[str, str], type_: Print) -> int:
    """Print a doctor's head and foot; return where writing may start, px from the top."""
    draw = ImageDraw.Draw(image)
    left, top, blue = px(11), px(10), (38, 62, 110)
    draw.text((left, top), doctor["name"], font=type_.font("pt-sans", 13, 700), fill=blue)
    small = type_.font("pt-sans", 8)
    lines = ("Médecine générale", f"RPPS {doctor['rpps']}", "Cabinet médical de la Vaive", "3 rue du Lavoir")
    for number, text in enumerate(lines):
        draw.text((left, top + px(6.5) + number * px(3.6)), text, font=small, fill=(60, 60, 66))
    right = image.width - px(11)
    for number, text in enumerate(("35997 Saint-Aubrin-sur-Vaive", "Tél. 02 61 91 40 00")):
        draw.text((right, top + px(6.5) + number * px(3.6)), text, font=small, fill=(60, 60, 66), anchor="ra")
    draw.line((left, top + px(23), right, top + px(23)), fill=blue, width=2)
    foot = "Membre d'une association de gestion agréée. Le règlement par chèque est accepté."
    draw.text(
        (image.width // 2, image.height - px(8)),
        foot,
        font=type_.font("pt-sans", 6),
        fill=(90, 90, 96),
        anchor="ms",
    )
    return top + px(28)


def stamp(image: Image.Image, doctor: dict[str, str], type_: Print, rng: np.random.Generator) -> None:
    """Stamp a doctor's name at the bottom right, slanted and unevenly inked."""
    width, height = px(52), px(22)
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    draw.rounded_rectangle((4, 4, width - 5, height - 5), 12, outline=220, width=3)
    lines = (doctor["name"], "Médecine générale", f"RPPS {doctor['rpps']}", "Saint-Aubrin-sur-Vaive")
    for number, text in enumerate(lines):
        font = type_.font("pt-sans", 9 if number == 0 else 7, 700 if number == 0 else 400)
        draw.text((width // 2, px(4.2) + number * px(4.5)), text, font=font, fill=235, anchor="mm")
    worn = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 9)
    alpha = np.asarray(mask, dtype=np.float32) * np.clip(0.8 + worn * 3, 0.25, 1)
    turned = Image.fromarray(alpha.astype(np.uint8)).rotate(
        rng.uniform(-6, 6), Image.Resampling.BICUBIC, expand=True
    )
    place = (image.width - turned.width - px(8), image.height - turned.height - px(12))
    image.paste(Image.new("RGB", turned.size, (70, 60, 140)), place, turned)


def label(image: Image.Image, patient: dict[str, str], type_: Print) -> None:
    """Stick an identity label with a DataMatrix at the top right, under the head."""
    text = "\n".join((patient["ins"], patient["birth_name"], patient["given_names"], patient["birth_date"]))
    width, height = px(50), px(19)
    sticker = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(sticker)
    draw.rectangle((0, 0, width - 1, height - 1), outline=(200, 200, 200))
    code = matrix(text, zxingcpp.BarcodeFormat.DataMatrix, 5)
    sticker.paste(code, (px(1.5), (height - code.height) // 2))
    printed = (
        f"{patient['family_name']} (née {patient['birth_name']})",
        f"{patient['given_names']}  {patient['sex']}",
        "Né(e) le " + "/".join(reversed(patient["birth_date"].split("-"))),
        f"INS {patient['ins']}",
    )
    for number, line in enumerate(printed):
        draw.text(
            (code.width + px(3), px(2.2) + number * px(3.9)), line, font=type_.font("pt-sans", 5), fill=0
        )
    image.paste(
        sticker.rotate(0.8, Image.Resampling.BICUBIC, fillcolor=(236, 236, 236)),
        (image.width - width - px(7), px(34)),
    )


def matrix(text: str, kind: Any, module: int) -> Image.Image:
    """Return a DataMatrix or QR code with its quiet zone, `module` px a module."""
    bits = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=1, add_quiet_zones=True))
    return Image.fromarray(bits).resize(
        (bits.shape[1] * module, bits.shape[0] * module), Image.Resampling.NEAREST
    )


def printout(image: Image.Image, text: str, type_: Print, qr: str | None) -> None:
    """Print a laboratory's or a pharmacy's page."""
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(text.strip("\n").split("\n")):
        weight = 700 if number == 0 else 400
        font = type_.font("courier-prime", 13 if number == 0 else 10, weight)
        draw.text((px(18), px(24) + number * px(6.5)), line, font=font, fill=(20, 20, 20))
    if qr:
        image.paste(matrix(qr, zxingcpp.BarcodeFormat.QRCode, 6), (px(150), px(20)))
