"""The files that travel with the package: the grammar, the modules in the language, and the shipped task specs.

In a wheel they lie inside the package (``pgt_dsl/_data/...``); in a checkout they lie beside it, at the root. And the
user's folder for what can be made again.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path


def data_path(name: str) -> Path:
    """The folder ``name`` of shipped data (``"grammar"`` or ``"task_specs"``).

    Raises ``FileNotFoundError`` if the installation has no such folder.
    """
    package = Path(str(files("pgt_dsl")))
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"this installation of pgt-dsl has no folder {name!r}")


def grammar_text() -> str:
    """The text of ``pgt.lark``, the grammar of the language."""
    return module_text("pgt.lark")


def module_text(file_name: str) -> str:
    """The text of a file of the grammar folder, such as ``prelude.pgt``.

    ``file_name`` is a bare file name. Raises ``FileNotFoundError`` for anything else, paths among them.
    """
    if Path(file_name).name != file_name:
        raise FileNotFoundError(f"not the name of a shipped module: {file_name!r}")
    return (data_path("grammar") / file_name).read_text(encoding="utf-8")


def cache_folder() -> Path | None:
    """The user's folder for what pgt-dsl can make again at any time, whether it exists or not; None without a home."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "pgt-dsl"
    except RuntimeError:  # no home folder
        return None
