"""Appointments that the agenda calls cancelled, on the reconciling screen, in both languages."""

import re
from dataclasses import replace

import pytest
from invented_agenda import AGENDA, book

PATH = "/reconciliation"


def visits(text):
    """The rows of a screen, as texts without tags."""
    rows = re.findall(r'<li class="visit.*?</li>\s*(?=<li class="visit|</ol>)', text, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


@pytest.mark.parametrize(
    ("language", "chip", "note", "line"),
    [
        ("fr", "Annulé à l’agenda", "mais un papier est là", "rendez-vous annulés à l’agenda, pas comptés"),
        (
            "en",
            "Cancelled in the agenda",
            "but a paper is there",
            "appointments cancelled in the agenda, not",
        ),
    ],
)
def test_cancelled_appointments_are_shown_with_what_agrees_and_not_counted(
    practice, visitor, language, chip, note, line
):
    house, _ = practice
    book(house)
    house.store.people.set_language("secretaire", language)
    past = [one for one in AGENDA if one.start.day < 14]
    house.store.registry.import_appointments(replace(one, cancelled=True) for one in past)
    someone = visitor("secretaire")
    text = someone.get(f"{PATH}?doctor=all").text
    assert f"{len(past) - 1} {line}" in text
    # That a paper speaks against the agenda is seen at once.
    (at_once,) = [row for row in visits(text) if chip in row]
    assert "VAUQUELOR Odile" in at_once and note in at_once
    everything = visits(someone.get(f"{PATH}?doctor=all&show=all").text)
    shown = [row for row in everything if chip in row and note not in row]
    assert len(shown) == len(past) - 1 and not any("Sans papier" in row for row in everything)
    assert "QUERMADEC" in shown[-1] and shown[-1].endswith(chip)  # nothing to sign
