"""The command line: every verb works without a Prefect server."""

from pipeline.cli.main import main

__all__ = ["main"]
