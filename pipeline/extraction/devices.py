"""What a prescription hands out beside drugs: strips, needles, stockings; never an item, never a dose."""

from __future__ import annotations

import re
from functools import cache

from pipeline.extraction.tables import fold, rules

_BETWEEN = re.compile(r"\s*[+;]\s*|\s+et\s+|\s+/\s+")
_COUNT = r"\s*(?:\d+\s+|une?\s+)?(?:(?:boites?|bte|paires?|sets?)\s+(?:de\s+|d'))?"


def without_devices(text: str) -> str:
    """Return a typed item with its devices blanked, places kept ("Aiguilles 5 mm 1 boîte + Lantus 18 UI")."""
    starts = [0, *(found.end() for found in _BETWEEN.finditer(text))]
    ends = [*(found.start() for found in _BETWEEN.finditer(text)), len(text)]
    out = text
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if _device().match(fold(text[start:end])):
            first = k == 0
            cut_from = start if first else ends[k - 1]  # the sign before it goes too, or the one behind it
            cut_to = (starts[k + 1] if k + 1 < len(starts) else end) if first else end
            out = out[:cut_from] + " " * (cut_to - cut_from) + out[cut_to:]
    return out


@cache
def _device() -> re.Pattern[str]:
    words = sorted(map(fold, rules("page")["device"]["word"]), key=len, reverse=True)
    return re.compile(rf"{_COUNT}(?:{'|'.join(map(re.escape, words))})s?(?![a-z])")
