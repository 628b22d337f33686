"""The morning's counts: what the night did and what waits for whom; counts alone, no names."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

from pipeline.storage.store import Store

log = logging.getLogger(__name__)

SUBJECT = "Reprise : le point du matin"
WORDS = {
    "night_read": "Pages lues cette nuit",
    "night_failed": "Pages illisibles cette nuit",
    "pages": "Pages en tout",
    "pending": "Pages encore en attente de lecture",
    "failures": "Fichiers ou pages en échec",
    "ask": "Identités à confirmer (secrétariat)",
    "open": "Lignes à décider (médecins)",
    "accepted": "Lignes acceptées",
    "amended": "Lignes corrigées",
    "rejected": "Lignes rejetées",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """Where the morning's counts go: server, port, sender and recipients."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]


def morning_counts(store: Store, worked: Mapping[str, int]) -> dict[str, int]:
    """Return the report: what this run did, and what waits now."""
    counts = {"night_read": worked.get("read", 0), "night_failed": worked.get("failed", 0)}
    return {**counts, **store.papers.counts()}


def mail_text(counts: Mapping[str, int]) -> str:
    """Return the mail's body: figures in words, nothing of any patient."""
    return "\n".join(f"{word} : {counts[name]}" for name, word in WORDS.items() if name in counts) + "\n"


def mail_counts(counts: Mapping[str, int], mail: Mail | None) -> bool:
    """Mail the counts; a mail server that does not answer is logged and never stops the night.

    Returns:
        Whether a mail went out.
    """
    if mail is None:
        return False
    message = EmailMessage()
    message["Subject"] = SUBJECT
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    message.set_content(mail_text(counts))
    try:
        with smtplib.SMTP(mail.host, mail.port, timeout=20) as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        log.error("the morning mail did not go out: %s", type(error).__name__)
        return False
    return True
