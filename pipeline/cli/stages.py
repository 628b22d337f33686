"""Each stage alone: read, rank, parse, match; the public contract by which the whole is measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.lines import BadLine, lines_in, question_in, typed_lines
from pipeline.cli.screen import bar, emit, say
from pipeline.domain.errors import BadScan, UsageError
from pipeline.domain.identity import MatchAnswer, PatientMatch
from pipeline.domain.writing import Reading

if TYPE_CHECKING:
    from pipeline.reading.reader import Reader


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.command("read", epilog="Example: `reprise read --lines lines.txt > read.jsonl`")(read)
    app.command("rank", epilog="Example: `reprise rank --lexicon names.txt words.txt`")(rank)
    app.command("parse", epilog='Example: `echo "Doliprane 1g 1 cp x3/j pdt 5j" | reprise parse`')(parse)
    app.command("match", epilog="Example: `reprise match --registry patients.csv < traits.jsonl`")(match)


@dataclass(slots=True)
class _Images:
    """Line images read one after another; what cannot be opened is said and counted, and the rest goes on.

    Attributes:
        reader: reads handwriting.
        unreadable: how many could not be opened so far.
    """

    reader: Reader
    unreadable: int = 0

    def read(self, path: Path) -> Reading:
        """Return what stands on an image; an empty reading without posteriors where it cannot be opened."""
        from pipeline.reading.rank import load_line

        try:
            return self.reader.read([load_line(path)])[0]
        except BadScan as error:
            self.unreadable += 1
            say(f"{path} : {error.french} / {error.english} ({error})")
            return Reading("", 0.0, "", ())

    def end(self) -> None:
        """End the program with an unreadable scan's exit code if there was one."""
        if self.unreadable:
            n = self.unreadable
            say(f"images illisibles : {n} / images that could not be read: {n}")
            raise typer.Exit(BadScan.exit_code)


def read(
    lines: Annotated[Path, typer.Option(help="Text file with one line-image path a line.")],
    model: Annotated[str, typer.Option(help="Folder under models/, or a path.")] = "",
) -> None:
    """Read line images by hand; one JSON object a line: path, text, confidence, reader, seconds.

    An image that cannot be opened is named, gets an empty text, and the exit code is 6 at the end.
    """
    from pipeline.wiring import make_readers

    paths = [Path(line) for line in lines_in(lines)]
    images = _Images(make_readers(model).handwriting)
    with bar("read", len(paths)) as step:
        for path in paths:
            clock = perf_counter()
            reading = images.read(path)
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
    images.end()


def rank(
    listing: Annotated[Path, typer.Argument(metavar="LIST", help="Text file with one image path a line.")],
    lexicon: Annotated[Path, typer.Option(help="Text file with one candidate a line.")],
    model: Annotated[str, typer.Option(help="Folder under models/, or a path.")] = "",
) -> None:
    """Score the candidates of a lexicon against the ink of word or line images.

    Where nothing is written there are no candidates. An image that cannot be opened is named, has none
    either, and the exit code is 6 at the end.
    """
    from pipeline.reading.artefacts import load_artefact, model_folder
    from pipeline.reading.rank import Lexicon
    from pipeline.reading.rank import rank as score
    from pipeline.wiring import make_readers

    names = Lexicon(lines_in(lexicon))
    if not names.names:
        raise UsageError(f"{lexicon.name} : aucun nom dans cette liste / there is no name in this list")
    paths = [Path(line) for line in lines_in(listing)]
    images = _Images(make_readers(model).handwriting)
    calibration = load_artefact(model_folder(model)).calibration
    with bar("rank", len(paths)) as step:
        for path in paths:
            ranked = score(images.read(path), names, limit=10, calibration=calibration)
            candidates = [{"text": text, "probability": round(chance, 6)} for text, chance in ranked]
            emit({"path": str(path), "candidates": candidates})
            step()
    images.end()


def parse() -> None:
    """Parse French prescription text from standard input, one item a line; " / " joins two lines.

    Every line has its answer, an empty line an empty one.
    """
    from pipeline.export.contract import medication_object, mention_object
    from pipeline.extraction.parse import parse_text
    from pipeline.matching.formulary import Formulary
    from pipeline.settings import Settings

    index = Formulary.with_official(Settings().formulary_file)
    for text in typed_lines():
        items, mentions = parse_text(text, index=index) if text else ((), ())
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
    """Match traits as written (JSON lines: text, written_on, prescriber) against a registry.

    Each candidate has its reasons trait by trait, and what each is worth in bits: one bit doubles the odds.

    A line that is no such object is named and answered with "none", and the exit code is 2 at the end.
    """
    from pipeline.extraction.identity import traits_of_text
    from pipeline.matching.patients import PatientIndex
    from pipeline.matching.registry import read_appointments, read_patients

    patients, problems = read_patients(registry)
    agenda, more = read_appointments(appointments) if appointments else ([], [])
    for problem in [*problems, *more]:
        say(f"line {problem.line}: {problem.message_en}")
    index = PatientIndex(patients, agenda)
    bad = 0
    for number, line in enumerate(typed_lines(), start=1):
        if not line:
            continue
        try:
            asked = question_in(line)
        except BadLine as reason:
            bad += 1
            say(f"ligne / line {number} : {reason}")
            emit({"decision": "none", "patient_id": None, "probability": 0.0, "candidates": []})
            continue
        traits = traits_of_text(asked.text)
        emit(_answer(index.match(traits, written_on=asked.written_on, prescriber=asked.prescriber)))
    if bad:
        say(f"lignes inutilisables : {bad} / lines that could not be used: {bad}")
        raise typer.Exit(UsageError.exit_code)


def _answer(found: PatientMatch) -> dict[str, Any]:
    """Return the contract's object of one match."""
    chosen = found.best if found.answer is not MatchAnswer.NONE else None
    return {
        "decision": found.answer.value,
        "patient_id": chosen.patient_id if chosen else None,
        "probability": round(chosen.probability, 4) if chosen else 0.0,
        "candidates": [
            {
                "patient_id": candidate.patient_id,
                "probability": round(candidate.probability, 4),
                "reasons": list(candidate.reasons),
                "bits": list(candidate.bits),
            }
            for candidate in found.candidates
        ],
    }
