"""Reliability diagrams as SVG, and the same as a table for a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.fitting import Bin

_SIDE = 220
_GAP = 50


def svg(panels: Mapping[str, Sequence[Bin]]) -> str:
    """Return diagrams side by side: what was said, along; what was true, up; a dot's area is its count."""
    width = len(panels) * (_SIDE + _GAP) + _GAP
    height = _SIDE + 2 * _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif"'
        ' font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, (title, found) in enumerate(panels.items()):
        left, bottom = _GAP + number * (_SIDE + _GAP), _GAP + _SIDE
        total = max(1, sum(one.count for one in found))
        parts += [
            f'<text x="{left}" y="{_GAP - 14}" font-weight="bold">{title}</text>',
            f'<rect x="{left}" y="{_GAP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>',
            f'<path d="M{left} {bottom}L{left + _SIDE} {_GAP}" stroke="#bbb" stroke-dasharray="4 3"/>',
            f'<text x="{left}" y="{bottom + 16}">said, 0 to 1</text>',
            f'<text x="{left - 8}" y="{bottom}" transform="rotate(-90 {left - 8} {bottom})">was right</text>',
        ]
        parts += [
            f'<circle cx="{left + one.said * _SIDE:.1f}" cy="{bottom - one.was * _SIDE:.1f}"'
            f' r="{3 + 22 * (one.count / total) ** 0.5:.1f}" fill="#1f6f8b" fill-opacity="0.55"/>'
            for one in found
        ]
    return "\n".join([*parts, "</svg>", ""])


def table(panels: Mapping[str, Sequence[Bin]]) -> str:
    """Return said and true shares of every bin as a Markdown table."""
    rows = ["| | " + " | ".join(f"{n / 10:.1f}-{(n + 1) / 10:.1f}" for n in range(10)) + " |"]
    rows.append("|---" * 11 + "|")
    for title, found in panels.items():
        of_bin = {min(int(one.said * 10), 9): one for one in found}
        cells = (f"{of_bin[n].was:.2f} ({of_bin[n].count})" if n in of_bin else "" for n in range(10))
        rows.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(rows)
