"""An agenda for the invented practice: some appointments have their paper, some do not."""

from __future__ import annotations

from datetime import datetime

from invented_practice import MARTIN, OKAFOR

from pipeline.domain.identity import Appointment
from pipeline.domain.reconciliation import Booking
from pipeline.wiring import House

AGENDA = (
    Appointment("P1", OKAFOR, datetime(2025, 11, 10, 9, 0), "Suivi"),
    Appointment("P1", MARTIN, datetime(2025, 11, 12, 9, 15), "Toux"),
    Appointment("P2", OKAFOR, datetime(2025, 11, 12, 10, 0), "Suivi"),
    Appointment("P3", MARTIN, datetime(2025, 11, 13, 11, 0), "Vaccin"),
    Appointment("P2", MARTIN, datetime(2025, 11, 14, 16, 0), "Suivi"),
)


def book(house: House) -> None:
    """Bring the agenda in."""
    house.store.registry.import_appointments(AGENDA)


def booking(house: House, patient_id: str, day: int) -> Booking:
    """Return one line of the agenda with its key."""
    bookings = house.store.visits.facts().bookings
    return next(each for each in bookings if (each.patient_id, each.day.day) == (patient_id, day))
