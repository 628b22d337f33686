"""One tree of errors. Each class owns its exit code and says what happened in the user's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class RepriseError(Exception):
    """Anything that Reprise says no to.

    `category` names it in the database; `french` and `english` tell the secretary what to do. They
    never hold a patient's name.
    """

    exit_code: ClassVar[int] = 1
    category: ClassVar[str] = "error"
    french: ClassVar[str] = "Une erreur est survenue."
    english: ClassVar[str] = "Something went wrong."


class UsageError(RepriseError):
    """The command line or a setting asks for something that cannot be."""

    exit_code = 2
    category = "usage"
    french = "La commande ou un réglage n'est pas valable."
    english = "The command or a setting is not valid."


class NotApproved(RepriseError):
    """Something was about to leave without a doctor's decision."""

    exit_code = 3
    category = "not_approved"
    french = "Rien ne sort sans la décision d'un médecin."
    english = "Nothing leaves without a doctor's decision."


class Conflict(RepriseError):
    """Somebody else decided meanwhile."""

    exit_code = 4
    category = "conflict"
    french = "Quelqu'un a déjà décidé entre-temps ; relisez la page."
    english = "Somebody decided meanwhile; look at the page again."


class AlreadyExported(Conflict):
    """A decision whose update has left the house cannot be taken back here."""

    category = "already_exported"
    french = "Cette ligne est déjà exportée : corrigez-la dans le logiciel du cabinet."
    english = "This line has been exported: correct it in the practice software."


class ToolMissing(RepriseError):
    """A program or a model that is needed is absent or is not the one that the manifest names."""

    exit_code = 5
    category = "tool_missing"
    french = "Un programme ou un modèle nécessaire manque ; lancez « make setup »."
    english = "A program or a model that is needed is missing; run `make setup`."


class BadScan(RepriseError):
    """A file that cannot become pages."""

    exit_code = 6
    category = "bad_scan"
    french = "Ce fichier n'a pas pu être lu."
    english = "This file could not be read."


class BadRegistry(RepriseError):
    """A registry, agenda or record file that cannot be imported."""

    exit_code = 7
    category = "bad_registry"
    french = "Le fichier du registre n'a pas pu être importé."
    english = "The registry file could not be imported."


class VisitsOpen(RepriseError):
    """Not an error: `reprise reconcile` found appointments without paper or papers without appointment."""

    exit_code = 8
    category = "visits_open"
    french = "Il reste des rendez-vous sans papier ou des papiers sans rendez-vous."
    english = "Some appointments have no paper, or some papers no appointment."


class BadFormulary(RepriseError):
    """A drug database, as distributed or as imported before, that cannot be used."""

    exit_code = 7
    category = "bad_formulary"
    french = "La base de médicaments n'a pas pu être lue."
    english = "The drug database could not be read."


class BadInteractions(RepriseError):
    """A thesaurus of interactions, as distributed or as imported before, that cannot be used."""

    exit_code = 7
    category = "bad_interactions"
    french = "Le thésaurus des interactions n'a pas pu être lu."
    english = "The thesaurus of interactions could not be read."


class BadRules(RepriseError):
    """A practice's switches of rules that cannot be used."""

    exit_code = 7
    category = "bad_rules"
    french = "Les règles du cabinet n'ont pas pu être lues."
    english = "The practice's rules could not be read."


class Unforeseen(RepriseError):
    """A page met an error that nobody thought of; its text may quote the page, so it is kept nowhere."""

    category = "unexpected"
    french = "Cette page n'a pas pu être lue automatiquement ; son image reste à saisir à la main."
    english = "This page could not be read by the machine; its image has to be typed in by hand."


@dataclass(frozen=True, slots=True)
class Failure:
    """An expected failure as data: it is stored, shown to a person, and the batch goes on.

    Attributes:
        stage: "intake", "image", "reading", "understanding", "matching", "proposing".
        category: the error's.
        message: what the secretary reads, French; `message_en` the same in English.
        name: the file's name as delivered.
        batch_id: the delivery.
        scan_sha256: None = the bytes could not be taken in.
        page_number: None = the whole file.
    """

    stage: str
    category: str
    message: str
    message_en: str
    name: str
    batch_id: str
    scan_sha256: str | None = None
    page_number: int | None = None

    @classmethod
    def of(
        cls,
        error: RepriseError,
        *,
        stage: str,
        name: str,
        batch_id: str,
        scan_sha256: str | None = None,
        page_number: int | None = None,
    ) -> Failure:
        """Turn an error into the row that a person will see; the words are the error's class's."""
        return cls(
            stage, error.category, error.french, error.english, name, batch_id, scan_sha256, page_number
        )
