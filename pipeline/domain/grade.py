"""What people see instead of a score."""

from __future__ import annotations

from enum import StrEnum


class Grade(StrEnum):
    """How far something that was read may be trusted; each grade's promise is measured, not meant."""

    CERTAIN = "certain"
    TO_CHECK = "to_check"
    ILLEGIBLE = "illegible"
