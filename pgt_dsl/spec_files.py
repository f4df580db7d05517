"""Which files the paths of a command mean: files as they are, and every spec below a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pgt_dsl.diagnostics import Collector
from pgt_dsl.source import Source, Span

SUFFIX = ".pgt"


def spec_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files given (whether they exist or not) and all ``.pgt`` files below the folders given, each once.

    Hidden folders are passed over. Raises ``SpecError`` for a folder without specs.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _below(path) if path.is_dir() else [path]:
            key = file.resolve()
            if key not in seen:
                seen.add(key)
                yield file


def _below(folder: Path) -> list[Path]:
    found = [p for p in folder.rglob(f"*{SUFFIX}") if p.is_file() and not _hidden(p.relative_to(folder))]
    if not found:
        errors = Collector()
        where = Span(Source(str(folder), ""), 0, 0)
        errors.error("P202", f"`{folder}` is a folder without a spec in it", where,
                     help=f"name a file that ends in `{SUFFIX}`, or a folder of such files")  # fmt: skip
        errors.raise_errors()
    return sorted(found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
