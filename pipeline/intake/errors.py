"""What can be wrong with a file, in words that say what happened and what to do."""

from __future__ import annotations

from pipeline.domain.errors import BadScan


class EmptyFile(BadScan):
    """No bytes at all."""

    category = "empty_file"
    french = "Le fichier est vide (0 octet). Numérisez la feuille à nouveau, puis déposez le nouveau fichier."
    english = "The file is empty (0 bytes). Scan the sheet again, then drop the new file."


class CannotOpen(BadScan):
    """The disk does not give us the file."""

    category = "cannot_open"
    french = "Ce fichier n'a pas pu être ouvert ; vérifiez qu'il est accessible, puis déposez-le à nouveau."
    english = "This file could not be opened; check that it may be read, then drop it again."


class Truncated(BadScan):
    """The end of the file is missing."""

    category = "truncated"
    french = (
        "La fin du fichier manque : la numérisation ou la copie a été interrompue. "
        "Copiez-le à nouveau ; si cela ne suffit pas, numérisez les feuilles à nouveau."
    )
    english = (
        "The end of the file is missing: the scan or the copy was cut short. "
        "Copy it again; if that does not help, scan the sheets again."
    )


class Encrypted(BadScan):
    """A PDF that asks for a password."""

    category = "encrypted"
    french = (
        "Ce PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe et déposez-le à nouveau."
    )
    english = "This PDF is protected by a password. Save it without a password and drop it again."


class NotAnImage(BadScan):
    """Not a PDF, TIFF, JPEG, PNG or HEIC file, or one that holds no page."""

    category = "not_an_image"
    french = (
        "Ce fichier ne contient pas de page numérisée lisible "
        "(formats acceptés : PDF, TIFF, JPEG, PNG, HEIC). "
        "Numérisez la feuille à nouveau dans l'un de ces formats."
    )
    english = (
        "This file holds no scanned page that can be read (accepted: PDF, TIFF, JPEG, PNG, HEIC). "
        "Scan the sheet again in one of these formats."
    )


class TooLarge(BadScan):
    """More bytes, pixels or PDF points than the limits allow."""

    category = "too_large"
    french = (
        "Le fichier ou l'une de ses pages est beaucoup trop grand pour une feuille de papier. "
        "Numérisez la feuille à nouveau en 300 points par pouce (dpi), format A4."
    )
    english = (
        "The file or one of its pages is far too large for a sheet of paper. "
        "Scan the sheet again at 300 dots per inch (dpi), A4."
    )


class TooManyPages(BadScan):
    """More pages than the limits allow."""

    category = "too_many_pages"
    french = "Ce fichier contient trop de pages. Numérisez la pile en plusieurs fichiers plus petits."
    english = "This file holds too many pages. Scan the pile into several smaller files."


class DamagedPage(BadScan):
    """One page cannot be decoded; the file's other pages may be fine."""

    category = "damaged_page"
    french = (
        "Cette page est abîmée dans le fichier. Numérisez cette feuille à nouveau ; les autres sont gardées."
    )
    english = "This page is damaged in the file. Scan this sheet again; the others are kept."
