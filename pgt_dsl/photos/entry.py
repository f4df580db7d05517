"""One photo of a catalogue: its file, its size, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose photo it is and by what right it may be used; all empty where nothing was said."""

    title: str = ""
    author: str = ""
    source: str = ""
    licence: str = ""
    url: str = ""
    statement: str = ""
    changes: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PhotoEntry:
    """One photo: ``name`` within its folder (with ``/``), upright size in px, EXIF orientation."""

    name: str
    path: Path
    width: int
    height: int
    orientation: int = 1
    credit: Credit = Credit()
