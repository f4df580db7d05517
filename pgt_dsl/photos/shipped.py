"""The photographs that travel with the package; author, source and licence of each in ``shipped/credits.toml``."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path

from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.photos.folder import open_folder


@lru_cache(maxsize=1)
def shipped_photos() -> PhotoCatalog:
    """The catalogue of the shipped photographs (names, sizes and credits; pixels are read when needed)."""
    return open_folder(Path(str(resources.files("pgt_dsl.photos") / "shipped")))
