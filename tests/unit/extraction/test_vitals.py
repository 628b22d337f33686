"""Vital signs in their normal form; a number that is something else, or not plausible, is none."""

import pytest

from pipeline.extraction.vitals import vitals_in


@pytest.mark.parametrize(
    ("text", "vitals"),
    [
        ("TA 13/8", ["130/80 mmHg"]),
        ("TA 13,5/8", ["135/80 mmHg"]),
        ("PA160/80", ["160/80 mmHg"]),
        ("TA 135 / 80", ["135/80 mmHg"]),
        ("TAS 130 TAD 80", ["130/80 mmHg"]),
        ("TAS 13, TAD 8", ["130/80 mmHg"]),
        ("TA couché 13/8, debout 11/7", ["130/80 mmHg", "110/70 mmHg"]),
        ("TA : 12/8 le 12/11", ["120/80 mmHg"]),
        ("13/8 cmHg", ["130/80 mmHg"]),
        ("TA 8/13", []),
        ("TA 1278", []),
        ("pas 2 cp", []),
        ("le 12/11", []),
        ("T 38,6", ["38.6 °C"]),
        ("38°5", ["38.5 °C"]),
        ("fébrile à 39", ["39 °C"]),
        ("T 386", []),
        ("revoir si fièvre > 48h", []),
        ("pouls à 72, FR 18/min", ["72 /min", "18 /min"]),
        ("84 bpm", ["84 /min"]),
        ("Pouls irrégulier à 95", ["95 /min"]),
        ("TA limite 14/9", ["140/90 mmHg"]),
        ("SpO2 97 % AA", ["97 %"]),
        ("sat 970", []),
        ("Poids 8 kg 200", ["8.2 kg"]),
        ("P : 103kg T38.4", ["103 kg", "38.4 °C"]),
        ("poids 3250 g", ["3.25 kg"]),
        ("a perdu 5 kg", []),
        ("10 mg/kg", []),
        ("1m72, 80 kg", ["172 cm", "80 kg"]),
        ("taille 1,72 m", ["172 cm"]),
        ("tour de taille 94 cm", ["94 cm"]),
        ("IMC 31,2", ["31.2 kg/m²"]),
        ("glycémie à jeun 1,26 g/L", ["1.26 g/L"]),
        ("dextro 2,5", ["2.5 g/L"]),
        ("dextro 180", ["180 None"]),
        ("glycémie 6,2 mmol/L", ["6.2 mmol/L"]),
        ("HbA1c 7,2", ["7.2 %"]),
        ("HbA1c dans 3 mois", []),
        ("DEP 350", ["350 L/min"]),
        ("DEP 80 %", ["80 %"]),
        ("EVA 6/10", ["6 /10"]),
        ("potassium 4,1", []),
    ],
)
def test_a_vital_sign_in_its_normal_form(text, vitals):
    assert [f"{mention.value} {mention.unit}" for mention, _, _ in vitals_in(text)] == vitals


def test_a_vital_sign_points_at_its_ink():
    ((mention, start, end),) = vitals_in("gorge rouge, TA 13/8 ce jour")
    assert mention.text == "TA 13/8" == "gorge rouge, TA 13/8 ce jour"[start:end]
