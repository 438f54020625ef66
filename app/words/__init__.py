"""The one home of both languages: message id and parameters → text. Leans on nothing else of the house."""

from app.words.catalog import CatalogError, load
from app.words.words import LANGUAGES, Language, MissingWords, Words

__all__ = ["LANGUAGES", "CatalogError", "Language", "MissingWords", "Words", "load"]
