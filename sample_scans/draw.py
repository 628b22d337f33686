"""Draw the sample day again: `python -m sample_scans.draw FONTS OUT` (see README.md for the fonts)."""

from __future__ import annotations

import csv
import io
import json
import random
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from sample_scans import paper, people, prescriptions, scanner
from sample_scans.hand import HANDS, Hand, Ink, strike

SEED = 20251110
QUALITY = 62
_DRAWN_AT = time.strptime("2025-11-14", "%Y-%m-%d")

Colour = NDArray[np.uint8]


@dataclass
class Sheet:
    """A written sheet before it is scanned: RGB (h, w, 3), and every line's text, role and ink points."""

    pixels: Colour
    lines: list[dict[str, Any]]


class Day:
    """The tables of the day, its people, and the pens."""

    def __init__(self, fonts: Path) -> None:
        """Read day.toml and invent the people."""
        self.table = tomllib.loads((Path(__file__).parent / "day.toml").read_text(encoding="utf-8"))
        self.rng = np.random.default_rng(SEED)
        chance = random.Random(SEED)
        entries = self.table["doctors"].values()
        names = [entry["name"] for entry in entries]
        self.doctors = people.doctors(chance, names)
        self.patients = people.patients(chance, names)
        visits = [
            {
                "patient_id": p["patient"],
                "doctor": self.table["doctors"][p["doctor"]]["name"],
                "day": p["day"],
            }
            for file in self.table["files"]
            for p in file["pages"]
            if "patient" in p
        ]
        ids = [patient["patient_id"] for patient in self.patients]
        self.appointments = people.appointments(chance, visits, ids, names)
        self.records = prescriptions.records(self.table, ids)
        self.hands = {
            key: Hand(fonts, entry["hand"], self.rng) for key, entry in self.table["doctors"].items()
        }
        self.print = paper.Print(fonts)
        self.sheets: dict[tuple[str, int], Sheet] = {}
        self.truth: dict[tuple[str, int], dict[str, Any]] = {}

    def doctor(self, key: str) -> dict[str, str]:
        """Return a doctor's row of doctors.csv."""
        return next(row for row in self.doctors if row["name"] == self.table["doctors"][key]["name"])


def write_sheet(day: Day, page: dict[str, Any]) -> Sheet:
    """Print and write one sheet."""
    image = paper.sheet(page["mm"], page.get("paper", "plain"), day.rng)
    if "printed" in page:
        paper.printout(image, page["printed"], day.print, page.get("qr"))
    if "doctor" not in page:
        return Sheet(np.array(image), [])
    top = paper.px(16)
    if page["paper"] == "letterhead":
        top = paper.letterhead(image, day.doctor(page["doctor"]), day.print)
    if page.get("stamp"):
        paper.stamp(image, day.doctor(page["doctor"]), day.print, day.rng)
    if page.get("label"):
        patient = next(row for row in day.patients if row["patient_id"] == page["patient"])
        paper.label(image, patient, day.print)
        top += paper.px(19)
    sheet = Sheet(np.array(image), [])
    _write_lines(day, page, sheet, top)
    return sheet


def _write_lines(day: Day, page: dict[str, Any], sheet: Sheet, top: int) -> None:
    hand, rng = day.hands[page["doctor"]], day.rng
    margin = paper.px(21 if page["paper"] == "ruled" else 13)
    step = paper.px(16 if page["paper"] == "ruled" else 10.5 if page["mm"][0] < 200 else 13)
    y = (top // step + 1) * step + paper.px(6) if page["paper"] == "ruled" else top + step
    for role, text, med in _expanded(page):
        kept, _, struck = text.partition("~")
        x = margin + int(rng.integers(-6, 10)) + (paper.px(10) if role in ("sig", "qsp") else 0)
        if role == "date":
            x = sheet.pixels.shape[1] - hand.width(kept) - paper.px(14)
        if struck:
            _put(sheet, strike(hand.write(struck), rng), x, y, hand.colour)
            x += hand.width(struck) + paper.px(3)
        fits = min(1.0, (sheet.pixels.shape[1] - x - paper.px(5)) / hand.width(kept))
        points = _put(sheet, hand.write(kept, fits), x, y, hand.colour)
        line = {"text": kept, "role": role, "medication": med, "points": points}
        sheet.lines.append({**line, "struck_out": struck} if struck else line)
        y += step + int(rng.integers(-4, 5)) * (page["paper"] != "ruled")
        if role in ("patient", "sig") and page["kind"] == "prescription":
            y += step // 3
    ink = hand.scribble(paper.px(38), paper.px(17))
    place = (sheet.pixels.shape[1] - paper.px(56), min(y, sheet.pixels.shape[0] - paper.px(26)) - paper.px(4))
    _put(sheet, Ink(ink, 0, 0), *place, hand.colour)


def _expanded(page: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    """Return (role, text, medication) of every line, medications spelt out."""
    out: list[tuple[str, str, int | None]] = []
    for entry in page["lines"]:
        role, _, text = entry.partition("|")
        if role != "med":
            out.append((role, text, None))
            continue
        med = page["meds"][int(text)]
        first, *rest = med["ink"]
        struck = "~" + med["struck"] if "struck" in med else ""
        out.append(("drug", first + struck, int(text)))
        out += [("sig", line, int(text)) for line in rest]
    return out


def _put(sheet: Sheet, ink: Ink, x: int, y: int, colour: tuple[int, int, int]) -> NDArray[np.float64]:
    """Lay ink on the sheet with its start at x and its base at y; return the hull of it, (n, 2)."""
    h, w = sheet.pixels.shape[:2]
    shift = np.array([[1, 0, x - ink.left], [0, 1, y - ink.base]], dtype=np.float32)
    alpha = (
        cv2.warpAffine(ink.mask, shift, (w, h), flags=cv2.INTER_NEAREST).astype(np.float32)[..., None] / 255
    )
    inked = sheet.pixels * (1 - alpha) + np.array(colour, dtype=np.float32) * alpha
    sheet.pixels[:] = np.clip(inked, 0, 255).astype(np.uint8)
    found = cv2.findNonZero((alpha[..., 0] > 0.3).astype(np.uint8))
    return np.asarray(cv2.convexHull(found)[:, 0, :], dtype=np.float64)


def page_truth(day: Day, page: dict[str, Any]) -> dict[str, Any]:
    """Return what is true of a page whatever the scanner does, in the schema of a dataset folder."""
    if "doctor" not in page:
        return {k: page[k] for k in ("kind", "other_kind") if k in page} | (
            {"printed_text": page["printed"].strip("\n")} if "printed" in page else {}
        )
    doctor = day.doctor(page["doctor"])
    date = f"2025-11-{page['day']}"
    texts = {line.partition("|")[0]: line.partition("|")[2] for line in page["lines"]}
    meds = [
        prescriptions.medication(med, day.table["drugs"], page.get("months"), page.get("renewals"))
        for med in page["meds"]
    ]
    known = any(
        (row["patient_id"], row["doctor"], row["start"][:10]) == (page["patient"], doctor["name"], date)
        for row in day.appointments
    )
    truth: dict[str, Any] = {
        "kind": page["kind"],
        "prescriber": {"name": doctor["name"], "rpps": doctor["rpps"]},
        "written_on": date,
        "date_as_written": texts["date"].removeprefix("Le "),
        "visit_date": date,
        "patient": {
            "patient_id": page["patient"],
            "text": texts["patient"],
            "registry_candidates": 1,
            "in_registry_candidates": True,
            "appointment": known,
        },
        "medications": meds,
        "expected_flags": prescriptions.flags(page, meds),
    }
    if "months" in page:
        truth["page_duration"] = {"value": page["months"], "unit": "mo"}
    if "renewals" in page:
        truth["page_renewals"] = page["renewals"]
    if page["kind"] == "note":
        body = [
            line.partition("|")[2].partition("~")[0] for line in page["lines"] if line.startswith("body|")
        ]
        truth |= {"allergies": page.get("allergies", []), "negations": page["negations"]}
        truth |= {"vitals": page["vitals"], "free_text": "\n".join(body)}
    number, count = page.get("sheet", (1, 1))
    on_page = page["paper"] == "letterhead" or bool(page.get("stamp")) or "prescriber" in texts
    truth |= {"scenario": page.get("scenario"), "sheet": number, "sheets": count, "paper_mm": page["mm"]}
    return truth | {
        "hand": day.table["doctors"][page["doctor"]]["hand"],
        "carbon": False,
        "prescriber_on_page": on_page,
    }


def deliver(day: Day, file: dict[str, Any], number: int, page: dict[str, Any]) -> Colour:
    """Scan or photograph one page; keep its truth. Returns gray (h, w) or RGB (h, w, 3)."""
    again = page.get("again")
    original = (again["file"], again["page"]) if again else None
    sheet = day.sheets[original] if original else write_sheet(day, page)
    day.sheets[file["name"], number] = sheet
    same = ("file", "page", "image_size", "rotation", "skew", "lines", "tier", "dpi", "medium", "mode")
    fixed = (
        {k: v for k, v in day.truth[original].items() if k not in same} if original else page_truth(day, page)
    )
    photo, skew, rotation = bool(file.get("photo")), page.get("skew", 0.3), page.get("rotation", 0)
    if photo:
        image, matrix = scanner.photograph(sheet.pixels, day.rng)
    else:
        image, matrix = scanner.scan(sheet.pixels, skew, day.rng)
    image, turned = scanner.turn(image, rotation)
    matrix = turned @ matrix
    size = (image.shape[1], image.shape[0])
    lines = [
        {k: v for k, v in line.items() if k != "points"}
        | {"box": scanner.followed(line["points"], matrix, size)}
        for line in sheet.lines
    ]
    mode = "bitonal" if file.get("bitonal") else "colour" if photo or page.get("colour") else "gray"
    medium = "photo" if photo else Path(file["name"]).suffix[1:].replace("tif", "tiff").replace("jpg", "jpeg")
    truth = {"file": file["name"], "page": number, **fixed, "tier": "ordinary", "rotation": rotation}
    truth |= {"skew": None if photo else skew, "dpi": None if photo else paper.DPI, "medium": medium}
    truth |= {"mode": mode, "image_size": list(size), "lines": lines}
    if original:
        truth["duplicate_of"] = {"file": original[0], "page": original[1]}
    day.truth[file["name"], number] = truth
    if mode == "colour":
        return image
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    return np.where(gray > 150, 255, 0).astype(np.uint8) if mode == "bitonal" else gray


def save(path: Path, pages: list[Colour]) -> None:
    """Write a PDF (JPEG inside), a CCITT G4 TIFF, a JPEG or a HEIC file."""
    images = [Image.fromarray(page) for page in pages]
    if path.suffix == ".pdf":
        images[0].save(
            path, save_all=True, append_images=images[1:], resolution=paper.DPI, quality=QUALITY,
            creationDate=_DRAWN_AT, modDate=_DRAWN_AT,
        )  # fmt: skip
    elif path.suffix == ".tif":
        bits = [image.convert("1", dither=Image.Dither.NONE) for image in images]
        dpi = (paper.DPI, paper.DPI)
        bits[0].save(path, save_all=True, append_images=bits[1:], compression="group4", dpi=dpi)
    elif path.suffix == ".heic":
        out = io.BytesIO()
        pillow_heif.from_pillow(images[0]).save(out, quality=55)
        path.write_bytes(out.getvalue())
    else:
        dpi = (72, 72) if path.name.startswith("IMG") else (paper.DPI, paper.DPI)
        images[0].save(path, quality=QUALITY, dpi=dpi)


def _table(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(fonts: Path, out: Path) -> None:
    """Draw everything into a dataset folder."""
    day = Day(fonts)
    (out / "scans").mkdir(parents=True, exist_ok=True)
    for file in day.table["files"]:
        pages = [deliver(day, file, number, page) for number, page in enumerate(file["pages"], 1)]
        save(out / "scans" / file["name"], pages)
    _table(out / "patients.csv", day.patients)
    _table(out / "doctors.csv", day.doctors)
    _table(out / "appointments.csv", day.appointments)
    hands = {entry["name"]: entry["hand"] for entry in day.table["doctors"].values()}
    assert set(hands.values()) == set(HANDS)
    meta = {"pool": "sample", "seed": SEED, "pages": len(day.truth), "hands": hands}
    truth = {"meta": meta, "pages": list(day.truth.values())}
    (out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    records = json.dumps(day.records, ensure_ascii=False, indent=1) + "\n"
    (out / "records.json").write_text(records, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
