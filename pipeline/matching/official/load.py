"""Imports an edition: raw files in, the one file out, and an account of what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.domain.errors import BadFormulary
from pipeline.matching import drug_table
from pipeline.matching.official import archive
from pipeline.matching.official import raw as files
from pipeline.matching.official.build import build, steps_of
from pipeline.matching.official.editions import Changes, changes, edition_of, merged
from pipeline.matching.official.product import Product
from pipeline.matching.official.raw import Problem, Raw, read_raw
from pipeline.matching.official.rows import rows_of

SOURCE = (
    "Base de données publique des médicaments (ANSM, HAS, UNCAM), licence ouverte / "
    "public drug database of France, open licence"
)
MOST_VANISHED = 0.1
"""Share of the products known before; one edition drops far fewer, a file that was cut off more."""
ORIGINS = ("direct", "group", "substance", "edsnlp", "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did.

    Attributes:
        edition: as it stands in the file now.
        changes: against what was known.
        problems: rows left out.
        written: False = all of this was known; the file was left alone.
    """

    edition: archive.Edition
    changes: Changes
    problems: tuple[Problem, ...]
    written: bool


def read(folder: Path, *, force: bool = False, step: Callable[[], None] = lambda: None) -> Raw:
    """Read the raw files of a folder; see `read_raw`."""
    return read_raw(folder, force=force, step=step)


def steps(raw: Raw) -> int:
    """Return how often `import_raw` calls `step`."""
    return steps_of(len(raw.rows[files.PRODUCTS])) + 2


def import_raw(
    raw: Raw,
    path: Path,
    *,
    today: date,
    edition: date | None = None,
    force: bool = False,
    step: Callable[[], None] = lambda: None,
) -> Outcome:
    """Bring an edition into the file; once more is the same as once.

    Args:
        raw: the files.
        path: of the file; made where there is none.
        today: for the account, and to refuse an edition of tomorrow.
        edition: day of the database's last update; None = the newest day written in it.
        force: import it although many products would vanish.
        step: called now and then.

    Raises:
        BadFormulary: no day or one of the future, an edition older than the one in use, a damaged file, or
            more of the products known before than `MOST_VANISHED` are not in it.
    """
    known = archive.load(path)
    day = _checked(edition or edition_of(raw, today=today), today, known.editions)
    before = dict(known.products or {})
    imported, problems = build(raw, drug_table.atc_of_names(), step=step)
    products = merged(before, imported, day.isoformat())
    made = _edition(day, edition is not None, today, products, problems)
    account = changes(before, products)
    if not force:
        _refuse_a_remnant(account.vanished, sum(one.present for one in before.values()))
    step()
    editions, same = _editions(known.editions, made)
    written = not same or products != [before[cis] for cis in sorted(before)]
    if written:
        archive.save(path, editions, products, rows_of(products))
    step()
    return Outcome(editions[-1], account, problems, written)


def _checked(day: date | None, today: date, editions: Sequence[archive.Edition]) -> date:
    if day is None:
        raise BadFormulary(
            "aucune date dans les fichiers : donnez --edition / no date in the files: give --edition"
        )
    if day > today:
        raise BadFormulary(f"{day} : cette édition est dans le futur / this edition lies in the future")
    if editions and day.isoformat() < editions[-1].day:
        raise BadFormulary(
            f"{day} : une édition plus récente ({editions[-1].day}) est déjà importée / "
            f"a newer edition ({editions[-1].day}) has been imported"
        )
    return day


def _refuse_a_remnant(vanished: int, known: int) -> None:
    if vanished > MOST_VANISHED * known:
        raise BadFormulary(
            f"{vanished} des {known} produits connus disparaîtraient : les fichiers semblent incomplets "
            "(--force : importer quand même) / "
            f"{vanished} of the {known} known products would vanish: the files seem incomplete "
            "(--force: import all the same)"
        )


def _edition(
    day: date, given: bool, today: date, products: Sequence[Product], problems: Sequence[Problem]
) -> archive.Edition:
    sold = [one for one in products if one.offered]
    origins = Counter(one.atc_origin for one in sold)
    return archive.Edition(
        day=day.isoformat(),
        day_from="option" if given else "files",
        imported_on=today.isoformat(),
        source=SOURCE,
        products=sum(one.present for one in products),
        sold=len(sold),
        atc={origin: origins[origin] for origin in ORIGINS},
        left_out=len(problems),
    )


def _editions(
    known: Sequence[archive.Edition], made: archive.Edition
) -> tuple[tuple[archive.Edition, ...], bool]:
    """Return the editions with the new one, and whether it says what the last one said."""
    if known and known[-1].day == made.day:
        last = known[-1]
        same = replace(made, imported_on=last.imported_on, day_from=last.day_from) == last
        return ((*known[:-1], last if same else made), same)
    return (*known, made), False
