"""Verbs that take paper through: run a folder, predict and evaluate a dataset, show where things stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.dataset import predictions
from pipeline.cli.screen import messages, results, say
from pipeline.cli.work import scans_in, show_status, take_in, watching, work_through
from pipeline.domain.errors import BadScan, UsageError
from pipeline.wiring import House


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.command("run", epilog="Example: `reprise run ~/scans/monday --declared 42`")(run)
    app.command("retry", epilog="Example: `reprise retry --batch 3f2a9c0d11e4b7a5`")(retry)
    app.command("status", epilog="Example: `reprise status --json`")(status)
    app.command("predict", epilog="Example: `reprise predict sample_scans --out predicted.jsonl`")(predict)
    app.command("evaluate", epilog="Example: `reprise evaluate sample_scans --json scores.json`")(evaluate)


def run(
    places: Annotated[list[Path], typer.Argument(metavar="FOLDER", help="Folders or single files.")],
    declared: Annotated[int | None, typer.Option(help="How many sheets the delivery holds.")] = None,
    sender: Annotated[str, typer.Option(help="Who delivers.")] = "command line",
    flow: Annotated[
        bool, typer.Option("--flow", help="As a Prefect flow, on a server of its own that ends with it.")
    ] = False,
) -> None:
    """Take a folder in, read it, match it, propose. Needs no server; running it again changes nothing."""
    house = House.open()
    receipt = take_in(house, scans_in(places), sender=sender, declared=declared)
    if flow:
        run_flow(house, receipt.batch.id)
    else:
        work_through(house, receipt.batch.id)
    show_status(house)
    if len(receipt.failures) >= receipt.files and not receipt.pages:
        raise typer.Exit(BadScan.exit_code)


def retry(
    batch: Annotated[str | None, typer.Option(help="Only what failed in this batch (its id).")] = None,
    page: Annotated[
        str | None, typer.Option(help="Only this page (its id, as in the page's address).")
    ] = None,
) -> None:
    """Read again what failed: pages, and files that could not be opened. Again = nothing more happens.

    Exit code 6 where something still cannot be read.
    """
    house = House.open()
    papers = house.store.papers
    if batch is not None and all(known.id != batch for known in papers.batches()):
        raise UsageError(f"{batch}: no such batch")
    if page is not None and papers.page(page) is None:
        raise UsageError(f"{page}: no such page")
    done = house.retry("command line", batch_id=batch, page_id=page)
    say(f"{len(done.pages)} pages to read again, {len(done.still)} files or pages that cannot be opened")
    if done.pages:
        work_through(house, batch)
    again = [page_id for page_id in done.pages if papers.outcome(page_id) is None]
    for failure in done.still:
        say(f"  {failure.name}: {failure.message} / {failure.message_en}")
    if again or done.still:
        say(f"{len(again) + len(done.still)} still failing")
        raise typer.Exit(BadScan.exit_code)


def run_flow(house: House, batch_id: str) -> None:
    """Work through a batch as a Prefect flow, on a server that runs for as long as it takes."""
    from flows.launcher import prefect_server

    say("starting Prefect ...")
    with prefect_server(house.settings), watching(house, batch_id):
        from flows.batch import process_batch

        process_batch(batch_id)


def status(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Say where every page stands."""
    house = House.open()
    if as_json:
        typer.echo(json.dumps(house.store.papers.counts()))
    else:
        show_status(house)


def predict(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", help="A folder with patients.csv ... and scans/.")
    ],
    out: Annotated[Path, typer.Option(help="Where the predictions go, one JSON object a page.")],
    workers: Annotated[int, typer.Option(help="Processes that read.")] = 2,
) -> None:
    """Predict a dataset by the same road as the flow, in a throw-away database."""
    _check_writable(out)
    count = 0
    with out.open("w", encoding="utf-8") as stream:
        for row in predictions(dataset, workers=workers):
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    say(f"{count} pages -> {out}")


def evaluate(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="As for predict, with truth.json.")],
    predicted: Annotated[Path | None, typer.Option(help="Score these instead of predicting.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the scores here as well.")] = None,
    workers: Annotated[int, typer.Option(help="Processes that read.")] = 2,
) -> None:
    """Predict a dataset and score it against its truth."""
    from pipeline.evaluation.report import as_table
    from pipeline.evaluation.scores import score

    truth = dataset / "truth.json"
    if not truth.is_file():
        raise UsageError(f"{dataset.name} has no truth.json")
    if json_out:
        _check_writable(json_out)
    if predicted:
        rows = [json.loads(line) for line in predicted.read_text(encoding="utf-8").splitlines() if line]
    else:
        rows = list(predictions(dataset, workers=workers))
    scores = score(json.loads(truth.read_text(encoding="utf-8")), rows)
    results.print(as_table(scores))
    if json_out:
        json_out.write_text(json.dumps(scores, ensure_ascii=False, indent=1), encoding="utf-8")
        messages.print(f"-> {json_out}", markup=False)


def _check_writable(out: Path) -> None:
    """See that a file can be written before the long work whose result it is to hold.

    Raises:
        UsageError: it cannot.
    """
    try:
        out.open("a", encoding="utf-8").close()
    except OSError as error:
        raise UsageError(
            f"{out} : ce fichier ne peut pas être écrit / this file cannot be written ({error.strerror})"
        ) from error
