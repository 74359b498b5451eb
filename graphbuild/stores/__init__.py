"""Places where a graph can live or go, one file each: ``gb.stores.neo4j``, and so on."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

__all__: list[str] = []


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what a module's attributes are
    """Import a store when it is asked for, because each brings a library of its own."""
    if any(module.name == name for module in pkgutil.iter_modules(__path__)):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
