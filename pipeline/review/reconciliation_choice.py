"""What of the reconciling screen is looked at, as its address says: a day and a doctor, never a patient."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from pipeline.domain.reconciled import Group

ALL, NONE = "all", "-"


@dataclass(frozen=True, slots=True)
class Choice:
    """What of it is looked at, as the address says: never anything of a patient.

    Attributes:
        day: ISO date, "-" = papers without a date, "" = all days.
        doctor: `doctor_key`, "-" = papers without a prescriber, "all", "" = the own ones of a doctor.
        everything: rows that agree as well.
        start: first row shown, from 0.
    """

    day: str = ""
    doctor: str = ""
    everything: bool = False
    start: int = 0

    @classmethod
    def of(cls, day: str, doctor: str, show: str, start: int = 0) -> Choice:
        """Take an address or a form at its word where it makes sense."""
        day = day if day == NONE or re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) else ""
        doctor = doctor if doctor == NONE or re.fullmatch(r"[\w-]{1,120}", doctor) else ""
        return cls(day, doctor, show == ALL, max(0, start))

    def address(self, **changes: str | int) -> str:
        """Return the address of this choice, with changes."""
        values: dict[str, str | int] = {"day": self.day, "doctor": self.doctor, "start": self.start}
        values["show"] = ALL if self.everything else ""
        chosen = {key: value for key, value in (values | changes).items() if value}
        return "/reconciliation" + (f"?{urlencode(chosen)}" if chosen else "")

    def holds(self, group: Group) -> bool:
        """Whether a doctor's day is looked at."""
        day = group.day.isoformat() if group.day else NONE
        return self.day in ("", day) and self.doctor in ("", ALL, group.key or NONE)
