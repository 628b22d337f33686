"""Every setting, in one frozen class; only `pipeline.wiring` reads it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import quote

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings from the environment, prefix REPRISE_, or a file `.env` beside the command."""

    model_config = SettingsConfigDict(env_prefix="REPRISE_", env_file=".env", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("reprise-data"), description="Where scans, database, inbox and outbox live.")
    database_url: str = Field("", description="SQLAlchemy URL; empty = SQLite in the data folder.")
    inbox: Path | None = Field(None, description="Watched folder; default: inbox/ in the data folder.")
    outbox: Path | None = Field(None, description="Where exports go; default: outbox/ in the data folder.")
    workers: int = Field(2, ge=1, le=64, description="Processes that read pages.")
    chunk_pages: int = Field(12, ge=1, le=64, description="Pages a Prefect task takes at once.")
    lease_minutes: float = Field(15, gt=0, description="After this a claimed page is free again.")
    max_file_mb: int = Field(200, ge=1, description="Largest file taken in, MB.")
    max_upload_mb: int = Field(
        500, ge=1, description="Most that one upload may bring, all files together, MB."
    )
    max_pages: int = Field(600, ge=1, description="Most pages a file may have.")
    max_megapixels: float = Field(50, gt=0, description="Largest page, in megapixels.")
    outage_from: date | None = Field(None, description="First day of the outage (clinical dates lie inside).")
    outage_to: date | None = Field(None, description="Last day of the outage.")
    handwriting_model: str = Field(
        "", description="Folder under models/, or a path; empty = the built-in choice."
    )
    formulary: Path | None = Field(
        None, description="The imported drug database; default: formulary.zip in the data folder."
    )
    interactions: Path | None = Field(
        None,
        description="The imported thesaurus of interactions; default: interactions.zip in the data folder.",
    )
    rules: Path | None = Field(
        None, description="The practice's switches of warnings; default: rules.toml in the data folder."
    )
    review_host: str = Field("127.0.0.1", description="Address that the review page listens on.")
    review_port: int = Field(8765, ge=1, le=65535, description="Port of the review page.")
    review_https: bool = Field(False, description="Served behind HTTPS: cookies are marked Secure.")
    session_hours: float = Field(10, gt=0, description="A log-in ends after so many hours.")
    prefect_port: int = Field(4200, ge=1, le=65535, description="Port of the Prefect server, on 127.0.0.1.")
    night_cron: str = Field("0 3 * * *", description="When the night run starts, Europe/Paris.")
    smtp_host: str = Field("", description="Mail server for the morning's counts; empty = no mail.")
    smtp_port: int = Field(25, ge=1, le=65535, description="Port of the mail server.")
    smtp_from: str = Field("", description="Sender of that mail.")
    smtp_to: str = Field("", description="Who gets it, comma separated.")

    @property
    def url(self) -> str:
        """The database's URL."""
        # "%", "?" and "#" in a folder's name would be taken for parts of the URL.
        return self.database_url or f"sqlite:///{quote(str(self.data_dir / 'reprise.db'))}"

    @property
    def formulary_file(self) -> Path:
        """What `reprise formulary import` writes; where it is absent, the built-in tables serve."""
        return self.formulary or self.data_dir / "formulary.zip"

    @property
    def interactions_file(self) -> Path:
        """What `reprise interactions import` writes; where it is absent, the built-in pairs serve."""
        return self.interactions or self.data_dir / "interactions.zip"

    @property
    def rules_file(self) -> Path:
        """What `reprise rules off` writes; where it is absent, the rules are on as rules.toml says."""
        return self.rules or self.data_dir / "rules.toml"

    @property
    def inbox_dir(self) -> Path:
        """The watched folder."""
        return self.inbox or self.data_dir / "inbox"

    @property
    def outbox_dir(self) -> Path:
        """The folder that exports go to."""
        return self.outbox or self.data_dir / "outbox"
