"""A handful of products in the raw format of the public drug database, written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

SOLD, UNSOLD = "Commercialisée", "Non commercialisée"
NATIONAL, HOMEOPATHIC = "Procédure nationale", "Enreg homéo (Proc. Nat.)"

# cis, denomination, form, routes, state, procedure, holder
PRODUCTS = [
    ("60000001", "LEVOTHYROX 75 microgrammes, comprimé sécable", "comprimé sécable", "orale", SOLD),
    (
        "60000002",
        "AUGMENTIN 500 mg/62,5 mg, comprimé pelliculé (rapport amoxicilline/acide clavulanique : 8/1)",
        "comprimé pelliculé",
        "orale",
        SOLD,
    ),
    ("60000003", "PREVISCAN 20 mg, comprimé quadrisécable", "comprimé quadrisécable", "orale", SOLD),
    ("60000004", "COVERSYL 5 mg, comprimé pelliculé sécable", "comprimé pelliculé sécable", "orale", SOLD),
    (
        "60000005",
        "KARDEGIC 75 mg, poudre pour solution buvable en sachet-dose",
        "poudre pour solution buvable",
        "orale",
        SOLD,
    ),
    (
        "60000014",
        "ASPIRINE ESSAI 500 mg, poudre pour solution buvable en sachet-dose",
        "poudre pour solution buvable",
        "orale",
        SOLD,
    ),
    ("60000006", "SPASFON, comprimé enrobé", "comprimé enrobé", "orale", SOLD),
    ("60000007", "ARNICALME, comprimé orodispersible", "comprimé orodispersible", "orale", SOLD, HOMEOPATHIC),
    ("60000008", "ANCIENOL 10 mg, comprimé", "comprimé", "orale", UNSOLD),
    ("60000009", "CLAMOXYL 500 mg, gélule", "gélule", "orale", SOLD),
    ("60000010", "AMOXICILLINE ESSAI 500 mg, gélule", "gélule", "orale", SOLD),
    ("60000011", "AMOXICILLINE HORSGROUPE 500 mg, gélule", "gélule", "orale", SOLD),
    (
        "60000012",
        'STEROGYL 15 "A" 600 000 UI/1,5 ml, solution buvable en ampoule',
        "solution buvable",
        "orale",
        SOLD,
    ),
    (
        "60000013",
        "NEUVOLINE LP 30 mg, comprimé à libération prolongée",
        "comprimé à libération prolongée",
        "orale",
        SOLD,
    ),
]
COMPOSITION = [
    ("60000001", "comprimé", "00382", "LÉVOTHYROXINE SODIQUE", "75 microgrammes", "un comprimé", "SA", "1"),
    ("60000001", "comprimé", "68783", "LÉVOTHYROXINE", "72,96 microgrammes", "un comprimé", "FT", "1"),
    ("60000002", "comprimé", "05248", "AMOXICILLINE ANHYDRE", "500,00 mg", "un comprimé", "FT", "1"),
    ("60000002", "comprimé", "28165", "AMOXICILLINE TRIHYDRATÉE", "", "", "SA", "1"),
    ("60000002", "comprimé", "29442", "CLAVULANATE DE POTASSIUM", "", "", "SA", "2"),
    ("60000002", "comprimé", "93286", "ACIDE CLAVULANIQUE", "62,5 mg", "un comprimé", "FT", "2"),
    ("60000003", "comprimé", "03459", "FLUINDIONE", "20 mg", "un comprimé", "SA", "1"),
    ("60000004", "comprimé", "52431", "PÉRINDOPRIL", "3,395 mg", "un comprimé", "FT", "1"),
    ("60000004", "comprimé", "69916", "PÉRINDOPRIL ARGININE", "5 mg", "un comprimé", "SA", "1"),
    ("60000005", "poudre", "00005", "ACIDE ACÉTYLSALICYLIQUE", "75 mg", "un sachet-dose", "FT", "1"),
    ("60000005", "poudre", "03107", "DL-LYSINE (ACÉTYLSALICYLATE DE)", "135 mg", "un sachet-dose", "SA", "1"),
    ("60000014", "poudre", "00005", "ACIDE ACÉTYLSALICYLIQUE", "500 mg", "un sachet-dose", "SA", "1"),
    ("60000006", "comprimé", "03969", "PHLOROGLUCINOL HYDRATÉ", "80,000 mg", "un comprimé", "SA", "1"),
    ("60000006", "comprimé", "40521", "PHLOROGLUCINOL ANHYDRE", "62,233 mg", "un comprimé", "FT", "1"),
    ("60000007", "comprimé", "36271", "ARNICA POUR PRÉPARATIONS HOMÉOPATHIQUES", "4CH", "", "SA", "1"),
    ("60000008", "comprimé", "90001", "ANCIENINE", "10 mg", "un comprimé", "SA", "1"),
    ("60000009", "gélule", "05248", "AMOXICILLINE", "500 mg", "une gélule", "SA", "1"),
    ("60000010", "gélule", "05248", "AMOXICILLINE", "500 mg", "une gélule", "SA", "1"),
    ("60000011", "gélule", "05248", "AMOXICILLINE", "500 mg", "une gélule", "SA", "1"),
    ("60000012", "solution", "00512", "ERGOCALCIFÉROL", "15 mg", "une ampoule", "SA", "1"),
    ("60000013", "comprimé", "90002", "NEUVINE (CHLORHYDRATE DE)", "30 mg", "un comprimé", "SA", "1"),
]
GROUPS = [
    ("148", "AMOXICILLINE 500 mg - CLAMOXYL 500 mg, gélule", "60000009", "0", "1"),
    ("148", "AMOXICILLINE 500 mg - CLAMOXYL 500 mg, gélule", "60000010", "1", "2"),
]
CONDITIONS = [
    ("60000003", "liste I"),
    ("60000003", "prescription initiale réservée à l’essai"),
    ("60000003", "liste I"),
]
ATC = [
    ("60000001", "H03AA01", "LEVOTHYROX", "http://example.org"),
    ("60000009", "J01CA04", "CLAMOXYL 500 mg, gélule", "http://example.org"),
]
PRESENTATIONS = [
    ("60000005", "3000001", "30 sachet(s)-dose(s) papier", "active", SOLD, "05/01/2026", "34009")
]
AVAILABILITY = [("60000009", "", "2", "Tension d'approvisionnement", "01/02/2026", "03/02/2026", "", "")]


def write_files(folder: Path, *, products: Sequence[Sequence[str]] = PRODUCTS, broken: bool = False) -> Path:
    """Write the raw files, cp1252 with CRLF, the presentations UTF-8 with LF; return the folder.

    Args:
        folder: made where it is absent.
        products: rows of `PRODUCTS`, or others like them.
        broken: also a truncated row, a row without a CIS code, and an unreadable byte.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {row[0] for row in products}
    tables = {
        "CIS_bdpm.txt": [_product(row) for row in products],
        "CIS_COMPO_bdpm.txt": [row for row in COMPOSITION if row[0] in kept],
        "CIS_GENER_bdpm.txt": [row for row in GROUPS if row[2] in kept],
        "CIS_CPD_bdpm.txt": [row for row in CONDITIONS if row[0] in kept],
        "CIS_MITM.txt": [row for row in ATC if row[0] in kept],
        "CIS_CIP_Dispo_Spec.txt": [row for row in AVAILABILITY if row[0] in kept],
    }
    for name, rows in tables.items():
        rows = rows or [tuple("60000003" if at in (0, 2) else "x" for at in range(8))]
        (folder / name).write_bytes(_text(rows, "\r\n").encode("cp1252"))
    presentations = [row for row in PRESENTATIONS if row[0] in kept] or [("60000003", *"xxxxxx")]
    (folder / "CIS_CIP_bdpm.txt").write_bytes(_text(presentations, "\n").encode("utf-8"))
    if broken:
        with (folder / "CIS_COMPO_bdpm.txt").open("ab") as file:
            file.write(b"60000003\tcomprim\xe9\t03459\r\n")
            file.write(b"not a code\t1\t2\t3\t4\t5\tSA\t1\r\n\r\n")
            file.write(b"60000003\tcomprim\x8f\t03459\tX\t1 mg\tun\tSA\t9\r\n")
    return folder


def _product(row: Sequence[str]) -> tuple[str, ...]:
    cis, name, form, routes, state = row[:5]
    procedure = row[5] if len(row) > 5 else NATIONAL
    maker = " LABO ESSAI"
    return (
        cis,
        name,
        form,
        routes,
        "Autorisation active",
        procedure,
        state,
        "02/01/2020",
        "",
        "",
        maker,
        "Non",
    )


def _text(rows: Iterable[Sequence[str]], end: str) -> str:
    return "".join("\t".join(row) + end for row in rows)
