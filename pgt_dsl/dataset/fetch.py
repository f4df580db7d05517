"""A data set at a URL, brought into a folder of this machine for as long as somebody looks at it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.storage import Store, Stored, telling
from pgt_dsl.diagnostics import PgtError

AT_ONCE = 8  # files that are fetched at a time


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """A folder with all files below a URL, which is removed afterwards. It lies where temporary files do (``TMPDIR``)
    and takes as much room as the data set.

    Raises ``PgtError`` when the URL cannot be used, there is no data set, or not all of it can be fetched.
    """
    with telling(url, "", "read from"):
        store = Store(url)
        there = store.listing()
        if MANIFEST not in there:
            raise PgtError(f"`{url}` is not a data set of pgt-dsl: it has no {MANIFEST}")
        strange = next((name for name in there if not _plain(name)), None)
        if strange is not None:
            raise PgtError(f"`{url}` has a file named `{strange}`, which would not lie within a folder here")
    with tempfile.TemporaryDirectory(prefix="pgt-") as work:
        folder = Path(work) / (store.name or "set")
        with telling(url, "", "read from"), ThreadPoolExecutor(AT_ONCE, "pgt-fetch") as pool:
            for _ in pool.map(lambda item: _fetch(store, folder, *item), there.items()):
                pass
        yield folder


def _fetch(store: Store, folder: Path, name: str, known: Stored) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    store.fs.get_file(f"{store.root}/{name}", str(path))
    if path.stat().st_size != known.size:
        raise OSError(f"`{name}` has {known.size:,} bytes, and {path.stat().st_size:,} have arrived")


def _plain(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name
