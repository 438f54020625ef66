"""The generators, by what they ask about. Importing this registers all of them."""

from importlib import import_module
from pkgutil import iter_modules

LOADED = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
