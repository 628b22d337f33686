"""Verbs about interactions: import the public thesaurus, say what is imported, ask about two drugs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.screen import say, table
from pipeline.domain.errors import UsageError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.proposing.thesaurus import Thesaurus

interactions_app = typer.Typer(
    help="Import the public thesaurus of drug interactions (ANSM), say what is imported.",
    no_args_is_help=True,
)
_LEVELS = {
    "contre-indication": "contre-indication / contra-indicated",
    "deconseillee": "association déconseillée / not recommended",
    "precaution": "précaution d'emploi / precaution",
    "prendre-en-compte": "à prendre en compte / to be taken into account",
}


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.add_typer(
        interactions_app, name="interactions", epilog="Example: `reprise interactions import ~/ansm`"
    )


@interactions_app.command(
    "import", epilog="Example: `reprise interactions import ~/ansm --edition 2020-10-20`"
)
def import_thesaurus(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Holds index-des-substances-*.json and thesaurus-*.json."),
    ],
    edition: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the edition; default: the day in the files' names."),
    ] = None,
) -> None:
    """Import an edition of the thesaurus; it replaces the one imported before. Flags use it from then on."""
    from pipeline.proposing.thesaurus_files import read_public, save

    clock = perf_counter()
    thesaurus = read_public(folder, edition=edition.date() if edition else None)
    save(thesaurus, Settings().interactions_file)
    _account(thesaurus, f"thésaurus ({perf_counter() - clock:.1f} s)")
    say(
        "les pages déjà lues gardent leurs alertes jusqu'à ce que leur patient change"
        " / pages read before keep their warnings until their patient changes"
    )


@interactions_app.command(epilog="Example: `reprise interactions status`")
def status() -> None:
    """Say which source of interactions is in use, its edition, and what is in it."""
    from pipeline.proposing.rules import table as rules
    from pipeline.proposing.thesaurus_files import load

    own = rules("interactions")
    table("Reprise", {"source": own["own_source"], "associations / pairs": len(own["pair"])})
    thesaurus = load(Settings().interactions_file)
    if thesaurus is None:
        say("aucun thésaurus importé / no thesaurus imported (reprise interactions import DIR)")
        return
    _account(thesaurus, "thésaurus")


@interactions_app.command(epilog="Example: `reprise interactions show ramipril spironolactone`")
def show(
    one: Annotated[str, typer.Argument(metavar="DCI", help="A substance as the formulary writes it.")],
    other: Annotated[str, typer.Argument(metavar="DCI", help="The other one.")],
) -> None:
    """Say what the imported thesaurus holds about two substances; what it does not know is "non évalué"."""
    from pipeline.proposing.thesaurus_files import load

    thesaurus = load(Settings().interactions_file)
    if thesaurus is None:
        raise UsageError("aucun thésaurus importé / no thesaurus imported")
    for name in (one, other):
        if not thesaurus.names_of(name):
            raise UsageError(
                f"{name} : non évalué, absent de / not evaluated, absent from {thesaurus.source}"
            )
    entries = thesaurus.of(one, other)
    for entry in entries:
        levels = ", ".join(_LEVELS[level] for level in entry.levels)
        typer.echo(f"{levels}\t{entry.one} + {entry.other}\t{entry.why}")
    if not entries:
        say(f"rien dans / nothing in {thesaurus.source}")


def _account(thesaurus: Thesaurus, title: str) -> None:
    worst = Counter(entry.levels[0].value for entry in thesaurus.entries)
    groups = {group for groups in thesaurus.classes.values() for group in groups}
    rows: dict[str, object] = {
        "source": thesaurus.source,
        "substances": len(thesaurus.classes),
        "classes": len(groups),
        "associations / pairs": len(thesaurus.entries),
    }
    table(title, rows | {words: worst[level] for level, words in _LEVELS.items()})
