"""Prefect's own settings: at home in our data folder, silent towards the world."""

from __future__ import annotations

import socket

from pipeline.settings import Settings

# Loops of Prefect's server for what we do not use: work pools, automations, pauses, leases, late marks.
# What is pending stands in our own database, and the schedule needs the scheduler alone.
NOT_NEEDED = (
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "EVENT_PERSISTER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "TRIGGERS",
)


def prefect_environment(settings: Settings, *, port: int) -> dict[str, str]:
    """Return the variables that Prefect reads.

    Args:
        settings: ours.
        port: of the Prefect server that we run on 127.0.0.1; Prefect's own short-lived one gives up too
            early on a machine that is busy reading pages.
    """
    home = (settings.data_dir / "prefect").resolve()
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
        "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
        **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in NOT_NEEDED},
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_PROMPT": "false",
    }


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
