"""Putting a finished data set into shared storage: any URL that fsspec knows (``s3://``, ``gs://``, ``file://``, ...).

Files are written whole and the manifest last, only if none is there (put-if-absent, where the store can do that): who
finds a manifest finds a whole data set, and of two who push to one place, one is told so. What has arrived is kept in a
journal in the data set's folder, so that the same command goes on where it was stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.dataset.storage import Store, digest_of, telling
from pgt_dsl.diagnostics import PgtError

JOURNAL = ".pgt-pushed.json"

Told = Callable[[int, int, str], None]
"""Told of every file: how many are there, of how many, and its name."""


def push(folder: Path, url: str, *, overwrite: bool = False, told: Told | None = None) -> int:
    """Copy a finished data set to a URL; returns how many files were written now.

    overwrite: replace the data set that is there; its manifest is removed first, so that nobody reads a mixture.
    Raises ``PgtError`` when ``folder`` is no finished data set, the URL cannot be used, another data set is there, or
    storage fails; what has arrived is not sent again.
    """
    manifest = read_manifest(folder)
    names = [path.relative_to(folder).as_posix() for path in _files(folder, manifest.contents)]
    with telling(url):
        store = Store(url)
        mine = (folder / MANIFEST).read_bytes()
        there = store.read(MANIFEST)
        if there == mine:
            return 0
        if there is not None:
            if not overwrite:
                raise PgtError(f"`{url}` already holds another data set; --overwrite replaces it")
            store.remove([MANIFEST])
        written = _send(store, folder, names, told)
        commit(store, mine)
    return written


def commit(store: Store, manifest: bytes) -> None:
    """Write the manifest if there is none. Raises ``PgtError`` when there is another one."""
    if not store.create(MANIFEST, manifest) and store.read(MANIFEST) != manifest:
        raise PgtError(f"somebody else has put another data set into `{store.url}` meanwhile")


def _send(store: Store, folder: Path, names: list[str], told: Told | None) -> int:
    journal = folder / JOURNAL
    arrived: dict[str, str] = _read(journal).get(store.url, {})
    written = 0
    for number, name in enumerate(names):
        digest, path = digest_of(folder / name), folder / name
        there = store.stored(name) if arrived.get(name) == digest else None
        if there is None or there.size != path.stat().st_size:
            store.put(path, name)
            arrived[name] = digest
            _write(journal, {**_read(journal), store.url: arrived})
            written += 1
        if told is not None:
            told(number + 1, len(names), name)
    return written


def _files(folder: Path, contents: tuple[str, ...]) -> Iterator[Path]:
    """What the build has put there, in a fixed order, the manifest left out."""
    for name in contents:
        path = folder / name
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def _read(journal: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(journal.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(journal: Path, entries: dict[str, dict[str, str]]) -> None:
    part = journal.with_suffix(".part")
    part.write_text(json.dumps(entries, indent=0), encoding="utf-8")
    part.replace(journal)
