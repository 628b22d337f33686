"""A small formulary for the tests: a real DrugIndex, exact and by OSA distance, over thirty names."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.writing import ReadLine
from pipeline.extraction.tables import fold

TABLET, CAPSULE = ("comprimé",), ("gélule",)
DRUGS = [
    Drug("Doliprane", "paracétamol", "N02BE01", ("comprimé", "sachet"), ("500 mg", "1 g"), "orale", True),
    Drug("Paracétamol", "paracétamol", "N02BE01", ("comprimé", "sachet"), ("500 mg", "1 g"), "orale"),
    Drug("Metformine", "metformine", "A10BA02", TABLET, ("500 mg", "850 mg", "1000 mg"), "orale"),
    Drug("Ramipril", "ramipril", "C09AA05", TABLET, ("2,5 mg", "5 mg", "10 mg"), "orale"),
    Drug("Lévothyrox", "lévothyroxine", "H03AA01", TABLET, ("25 µg", "50 µg", "75 µg"), "orale", True),
    Drug("Amoxicilline", "amoxicilline", "J01CA04", ("gélule", "sachet"), ("500 mg", "1 g"), "orale"),
    Drug("Clamoxyl", "amoxicilline", "J01CA04", ("gélule",), ("500 mg",), "orale", True),
    Drug("Laroxyl", "amitriptyline", "N06AA09", TABLET, ("25 mg", "50 mg"), "orale", True),
    Drug("Lamictal", "lamotrigine", "N03AX09", TABLET, ("25 mg", "100 mg"), "orale", True),
    Drug("Lamisil", "terbinafine", "D01BA02", TABLET, ("250 mg",), "orale", True),
    Drug("Tramadol LP", "tramadol", "N02AX02", TABLET, ("100 mg", "150 mg"), "orale"),
    Drug("Ixprim", "paracétamol/tramadol", "N02AJ13", TABLET, ("325 mg/37,5 mg",), "orale", True),
    Drug(
        "Coaprovel", "irbésartan/hydrochlorothiazide", "C09DA04", TABLET, ("150 mg/12,5 mg", "300 mg/12,5 mg")
    ),
    Drug("Insuline glargine", "insuline glargine", "A10AE04", ("injection",), ("100 UI/ml",), "sous-cutanée"),
    Drug("Vitamine D", "colécalciférol", "A11CC05", ("ampoule",), ("100000 UI",), "orale"),
    Drug("Kardégic", "acide acétylsalicylique", "B01AC06", ("sachet",), ("75 mg", "160 mg"), "orale", True),
    Drug("Oméprazole", "oméprazole", "A02BC01", CAPSULE, ("10 mg", "20 mg"), "orale"),
    Drug("Atorvastatine", "atorvastatine", "C10AA05", TABLET, ("10 mg", "20 mg", "40 mg"), "orale"),
    Drug("Furosémide", "furosémide", "C03CA01", TABLET, ("20 mg", "40 mg"), "orale"),
    Drug("Dexeryl", "glycérol", "D02AX", ("crème",), (), "cutanée", True),
    Drug("Tobrex", "tobramycine", "S01AA12", ("collyre",), ("0,3 %",), "ophtalmique", True),
    Drug("Ventoline", "salbutamol", "R03AC02", ("aérosol",), ("100 µg/dose",), "inhalée", True),
    Drug("Bisoprolol", "bisoprolol", "C07AB07", TABLET, ("2,5 mg", "5 mg", "10 mg"), "orale"),
    Drug("Warfarine", "warfarine", "B01AA03", TABLET, ("2 mg", "5 mg"), "orale"),
    Drug("Durogesic", "fentanyl", "N02AB03", ("patch",), ("12 µg/h", "25 µg/h"), "transdermique", True),
    Drug("Ibuprofène", "ibuprofène", "M01AE01", TABLET, ("200 mg", "400 mg"), "orale"),
    Drug("Prednisone", "prednisone", "H02AB07", TABLET, ("5 mg", "20 mg"), "orale"),
    Drug("Magné B6", "magnésium/pyridoxine", "A12CC", TABLET, (), "orale", True),
    Drug("Bromazépam", "bromazépam", "N05BA08", TABLET, ("6 mg",), "orale"),
    Drug("Chlorure de sodium", "chlorure de sodium", "R01AX10", ("spray nasal",), ("0,9 %",), "nasale"),
]


class SmallIndex:
    """Thirty drugs; the ink is not asked."""

    version = "thirty names"

    def find(self, text: str) -> Sequence[tuple[int, int, Drug]]:
        folded, found = fold(text), []
        for drug in DRUGS:
            name = fold(drug.name)
            at = folded.find(name)
            end = at + len(name)
            if at >= 0 and not (at and folded[at - 1].isalnum()) and not folded[end : end + 1].isalnum():
                found.append((at, end, drug))
        return sorted(found, key=lambda hit: (hit[0], -hit[1]))

    def rank(
        self, surface: str, *, read: ReadLine | None = None, start: int = 0, limit: int = 5
    ) -> tuple[DrugCandidate, ...]:
        word = fold(surface)
        near = [(OSA.distance(word, fold(drug.name)), drug) for drug in DRUGS]
        close = sorted(
            ((wrong, drug) for wrong, drug in near if wrong <= len(word) // 4), key=lambda hit: hit[0]
        )
        weights = [0.1**wrong for wrong, _ in close]
        total = sum(weights) + 0.02
        return tuple(
            DrugCandidate(drug, weight / total, weight / total)
            for weight, (_, drug) in zip(weights, close[:limit], strict=False)
        )
