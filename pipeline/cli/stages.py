"""Each stage alone: read, rank, parse, match; the public contract by which the whole is measured."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from pipeline.cli.screen import bar, emit
from pipeline.domain.errors import UsageError


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.command("read", epilog="Example: `reprise read --lines lines.txt > read.jsonl`")(read)
    app.command("rank", epilog="Example: `reprise rank --lexicon names.txt words.txt`")(rank)
    app.command("parse", epilog='Example: `echo "Doliprane 1g 1 cp x3/j pdt 5j" | reprise parse`')(parse)
    app.command("match", epilog="Example: `reprise match --registry patients.csv < traits.jsonl`")(match)


def paths_in(listing: Path) -> list[Path]:
    """Return the image paths that a text file lists, one a line.

    Raises:
        UsageError: there is no such file.
    """
    try:
        text = listing.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{listing.name}: {error.strerror}") from error
    return [Path(line.strip()) for line in text.splitlines() if line.strip()]


def read(
    lines: Annotated[Path, typer.Option(help="Text file with one line-image path a line.")],
    model: Annotated[str, typer.Option(help="Folder under models/, or a path.")] = "",
) -> None:
    """Read line images by hand; one JSON object a line: path, text, confidence, reader, seconds."""
    from pipeline.reading.rank import load_line
    from pipeline.wiring import make_readers

    paths = paths_in(lines)
    reader = make_readers(model).handwriting
    with bar("read", len(paths)) as step:
        for path in paths:
            clock = perf_counter()
            reading = reader.read([load_line(path)])[0]
            emit(
                {
                    "path": str(path),
                    "text": reading.text,
                    "confidence": round(reading.confidence, 4),
                    "reader": reading.reader,
                    "seconds": round(perf_counter() - clock, 4),
                }
            )
            step()


def rank(
    listing: Annotated[Path, typer.Argument(metavar="LIST", help="Text file with one image path a line.")],
    lexicon: Annotated[Path, typer.Option(help="Text file with one candidate a line.")],
    model: Annotated[str, typer.Option(help="Folder under models/, or a path.")] = "",
) -> None:
    """Score the candidates of a lexicon against the ink of word or line images."""
    from pipeline.reading.artefacts import load_artefact, model_folder
    from pipeline.reading.rank import Lexicon, load_line
    from pipeline.reading.rank import rank as score
    from pipeline.wiring import make_readers

    names = Lexicon([str(path) for path in paths_in(lexicon)])
    paths = paths_in(listing)
    reader = make_readers(model).handwriting
    calibration = load_artefact(model_folder(model)).calibration
    with bar("rank", len(paths)) as step:
        for path in paths:
            ranked = score(reader.read([load_line(path)])[0], names, limit=10, calibration=calibration)
            candidates = [{"text": text, "probability": round(chance, 6)} for text, chance in ranked]
            emit({"path": str(path), "candidates": candidates})
            step()


def parse() -> None:
    """Parse French prescription text from standard input, one item a line; " / " joins two lines."""
    from pipeline.export.contract import medication_object, mention_object
    from pipeline.extraction.parse import parse_text
    from pipeline.matching.formulary import Formulary
    from pipeline.settings import Settings

    index = Formulary.with_official(Settings().formulary_file)
    for line in sys.stdin:
        text = line.strip()
        if text:
            items, mentions = parse_text(text, index=index)
            emit(
                {
                    "medications": [
                        medication_object(item, action=item.action, needs_review=True, flags=item.doubts)
                        for item in items
                    ],
                    "mentions": [mention_object(mention) for mention in mentions],
                }
            )


def match(
    registry: Annotated[Path, typer.Option(help="patients.csv")],
    appointments: Annotated[Path | None, typer.Option(help="appointments.csv")] = None,
) -> None:
    """Match traits as written (JSON lines: text, written_on, prescriber) against a registry."""
    import json
    from datetime import date

    from pipeline.cli.screen import say
    from pipeline.domain.identity import MatchAnswer
    from pipeline.extraction.identity import traits_of_text
    from pipeline.matching.patients import PatientIndex
    from pipeline.matching.registry import read_appointments, read_patients

    patients, problems = read_patients(registry)
    agenda, more = read_appointments(appointments) if appointments else ([], [])
    for problem in [*problems, *more]:
        say(f"line {problem.line}: {problem.message_en}")
    index = PatientIndex(patients, agenda)
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            written_on = date.fromisoformat(row["written_on"]) if row.get("written_on") else None
            traits = traits_of_text(str(row["text"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"standard input, line {number}: {type(error).__name__}") from error
        found = index.match(traits, written_on=written_on, prescriber=row.get("prescriber"))
        best = found.best
        chosen = best if found.answer is not MatchAnswer.NONE else None
        emit(
            {
                "decision": found.answer.value,
                "patient_id": chosen.patient_id if chosen else None,
                "probability": round(chosen.probability, 4) if chosen else 0.0,
                "candidates": [
                    {
                        "patient_id": candidate.patient_id,
                        "probability": round(candidate.probability, 4),
                        "reasons": list(candidate.reasons),
                    }
                    for candidate in found.candidates
                ],
            }
        )
