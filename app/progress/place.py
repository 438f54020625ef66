"""Where progress is kept, as the environment says: `ACKADEMY_DATA`, `DATABASE_URL`, `ACKADEMY_KEY`."""

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.folders import data_folder
from app.progress.keys import Signer, signing_key
from app.progress.store import Store, address
from app.progress.trouble import Trouble

DATABASE = "progress.sqlite3"


class Place(BaseSettings):
    """The data folder, the database and the signing key of one installation."""

    model_config = SettingsConfigDict(env_prefix="ACKADEMY_", frozen=True)

    data: Path = Field(default_factory=data_folder)
    """Holds the SQLite database and the signing key."""
    database_url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    """`postgresql://user:password@host/name`; without it, SQLite in the data folder."""
    key: SecretStr = SecretStr("")
    """Signs the learners' cookies, for those who keep secrets elsewhere; without it, a file in the data folder."""

    @property
    def file(self) -> Path | None:
        """The SQLite database; None where progress is in PostgreSQL. Raises Trouble for a URL of anything else."""
        url = address(self.database_url) if self.database_url else None
        if url is None:
            return self.data / DATABASE
        if url.get_backend_name() != "sqlite":
            return None
        return Path((url.database or "").removeprefix("file:"))  # with uri=true in the URL, it is one itself

    def store(self) -> Store:
        """The database, not yet opened; the data folder is made if it is missing. Raises Trouble."""
        if self.database_url:
            return Store(self.database_url)
        self._make()
        return Store(f"sqlite:///{self.file}")

    def signer(self) -> Signer:
        """What signs cookies here; the key is made if it is missing. Raises BadKey."""
        given = self.key.get_secret_value()
        if not given:
            self._make()
        return Signer(signing_key(self.data, given))

    def _make(self) -> None:
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble("unreachable", f"{self.data} cannot be made: {error.strerror}") from error
