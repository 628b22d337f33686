"""Verbs about drugs: import the official database, look a drug up, say what is imported, check our table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.screen import bar, results, say, table
from pipeline.domain.errors import UsageError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.matching.official.load import Outcome

formulary_app = typer.Typer(
    help="Import the public drug database (BDPM), look a drug up in it.", no_args_is_help=True
)
SHOWN_PROBLEMS = 20
ORIGIN_WORDS = {
    "direct": "ATC publié / published",
    "group": "ATC par groupe générique / by generic group",
    "substance": "ATC déduit : même substance, même voie / inferred: same substance and route",
    "edsnlp": "ATC déduit : noms d'edsnlp / inferred: edsnlp's names",
    "": "sans ATC / without ATC",
}

DIFFERENCE_WORDS = {
    "strengths": "dosages / strengths",
    "substance unknown": "substance inconnue de la base / substance unknown there",
    "atc": "code ATC / ATC code",
    "brand: other substance": "marque : autre substance / brand: other substance",
    "brand not sold": "marque plus commercialisée / brand no longer sold",
    "brand unknown": "marque inconnue de la base / brand unknown there",
}
DIFFERENCE_HEADINGS = (
    "sujet / subject",
    "écart / difference",
    "notre table / our table",
    "base officielle / official database",
)


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.add_typer(formulary_app, name="formulary", epilog="Example: `reprise formulary import ~/bdpm`")


@formulary_app.command("import", epilog="Example: `reprise formulary import ~/bdpm --edition 2026-05-19`")
def import_database(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The raw files: CIS_bdpm.txt, CIS_COMPO_bdpm.txt, ...")
    ],
    edition: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Day of the database's last update; default: the newest day in the files.",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Import files that look incomplete: a last row cut off, many products gone."
        ),
    ] = False,
) -> None:
    """Import an edition of the public drug database; again = update, what earlier editions knew is kept."""
    from pipeline.matching.official import load
    from pipeline.matching.official.raw import file_count

    clock = perf_counter()
    with bar("lecture / reading", file_count(folder)) as step:
        raw = load.read(folder, force=force, step=step)
    with bar("import", load.steps(raw)) as step:
        done = load.import_raw(
            raw,
            Settings().formulary_file,
            today=datetime.now(UTC).date(),
            edition=edition.date() if edition else None,
            force=force,
            step=step,
        )
    for problem in done.problems[:SHOWN_PROBLEMS]:
        say(f"  {problem.file}, ligne / line {problem.line}: {problem.message} / {problem.message_en}")
    if len(done.problems) > SHOWN_PROBLEMS:
        say(f"  ... {len(done.problems) - SHOWN_PROBLEMS} de plus / more")
    if not done.written:
        say("déjà importée, rien n'a changé / imported before, nothing changed")
    _account(done, perf_counter() - clock)


def _account(done: Outcome, seconds: float) -> None:
    made, counted = done.edition, done.changes
    rows: dict[str, object] = {
        "édition / edition": made.day + _how(made.day_from),
        "produits / products": made.products,
        "commercialisés, ni homéopathie ni phytothérapie / sold, ordinary": made.sold,
        "nouveaux / new": counted.new,
        "modifiés / changed": counted.changed,
        "inchangés / unchanged": counted.unchanged,
        "disparus depuis l'édition précédente / vanished": counted.vanished,
        "arrêtés depuis l'édition précédente / no longer sold": counted.no_longer_sold,
        "gardés d'éditions plus anciennes / kept from earlier editions": counted.gone,
        "lignes illisibles / unreadable rows": made.left_out,
    }
    rows |= {ORIGIN_WORDS[origin]: count for origin, count in made.atc.items()}
    table(f"BDPM ({seconds:.1f} s)", rows)


def _how(day_from: str) -> str:
    return "" if day_from == "option" else " (d'après les fichiers / from the files)"


@formulary_app.command(epilog="Example: `reprise formulary show augmentin`")
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A brand, a substance, a short form or a CIS code.")
    ],
) -> None:
    """Say what is known of a drug: substance, ATC and origin, forms, strengths, groups, conditions."""
    from pipeline.cli.drug_sheet import sheet

    lines = sheet(name, Settings().formulary_file)
    if not lines:
        raise UsageError(f"{name} : médicament inconnu / unknown drug")
    for line in lines:
        results.print(line, markup=False, soft_wrap=True)


@formulary_app.command(epilog="Example: `reprise formulary status`")
def status() -> None:
    """Say which edition is in use, and what is in it."""
    from pipeline.matching import drug_table
    from pipeline.matching.official.archive import load_editions

    rows = drug_table.gp_rows()
    own: dict[str, object] = {
        "table du programme / built-in table": f"gp_drugs {drug_table.EDITION}",
        "substances": len(rows),
        "noms / names": sum(len(row.drugs) for row in rows),
    }
    table("Reprise", own)
    editions = load_editions(Settings().formulary_file)
    if not editions:
        say("aucune base officielle importée / no official database imported (reprise formulary import DIR)")
        return
    newest = editions[-1]
    table(
        "BDPM",
        {
            "édition / edition": newest.day + _how(newest.day_from),
            "importée le / imported on": newest.imported_on,
            "source": newest.source,
            "produits / products": newest.products,
            "commercialisés / sold": newest.sold,
            **{ORIGIN_WORDS[origin]: count for origin, count in newest.atc.items()},
            "éditions plus anciennes / earlier editions": ", ".join(one.day for one in editions[:-1]) or "-",
        },
    )


@formulary_app.command(epilog="Example: `reprise formulary check > differences.tsv`")
def check() -> None:
    """Compare our own table with the imported database: strengths of counted forms, brands, substances."""
    from pipeline.matching import drug_table
    from pipeline.matching.official.archive import load_rows
    from pipeline.matching.official.check import differences

    path = Settings().formulary_file
    if not path.is_file():
        raise UsageError("aucune base officielle importée / no official database imported")
    _, official = load_rows(path)
    typer.echo("\t".join(DIFFERENCE_HEADINGS))
    for found in differences(drug_table.gp_rows(), official):
        typer.echo("\t".join((found.subject, DIFFERENCE_WORDS[found.kind], found.ours, found.official)))
