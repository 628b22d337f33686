"""Whether a JPEG stream is whole, told from its markers without decoding it."""

from __future__ import annotations

import re

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_ALONE = {0x01, 0xD8, *range(0xD0, 0xD8)}
_START_OF_SCAN, _END = 0xDA, 0xD9


def is_whole(data: bytes) -> bool:
    """Return whether the image's own end marker is there (ITU-T T.81, annex B).

    Decoders grey or repeat what is missing. Segments are walked, so that the end marker of an embedded
    thumbnail is not mistaken for the image's, and bytes that cameras append after it do not matter.
    """
    place = 0
    scanned = False
    while True:
        found = _MARKER.search(data, place)
        if found is None:
            return False
        marker, place = data[found.end() - 1], found.end()
        if marker == _END:
            return scanned
        if marker in _ALONE:
            continue
        place += int.from_bytes(data[place : place + 2], "big")
        scanned = scanned or marker == _START_OF_SCAN
