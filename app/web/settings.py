"""What can be set from outside, each as `ACKADEMY_<NAME>` in the environment."""

from pathlib import Path
from typing import Literal

from limits import parse
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.folders import folder


class Settings(BaseSettings):
    """Where the material is, and how the site is known to the world."""

    model_config = SettingsConfigDict(env_prefix="ACKADEMY_", frozen=True)

    templates: Path = Field(default_factory=lambda: folder("templates"))
    static: Path = Field(default_factory=lambda: folder("static"))
    content: Path = Field(default_factory=lambda: folder("content"))
    origin: str = ""
    """`https://…` as visitors type it, for canonical links; without it they are paths. Never taken from `Host`."""
    trusted_proxies: str = ""
    """Addresses of the proxies in front, with commas: their `X-Forwarded-For` and `-Proto` are believed. `*`: all."""
    limit: str = "600/minute"
    """What one address may ask for of that which costs the processor; empty for no limit."""
    new_links: str = "60/hour"
    """How many short links one address may make that were not there yet; empty for no limit."""
    metrics: bool = False
    """Whether `/metrics` is there, for Prometheus."""
    log: Literal["", "json"] = ""
    """`json`: one JSON object a line on standard error, one line for each answer."""
    remembered_pages: int = 1024
    """How many rendered pages are kept, compressed (some 15 KB each)."""

    @field_validator("limit", "new_links")
    @classmethod
    def _sensible(cls, limit: str) -> str:
        if limit:
            parse(limit)
        return limit

    @field_validator("origin")
    @classmethod
    def _without_slash(cls, origin: str) -> str:
        return origin.rstrip("/")
