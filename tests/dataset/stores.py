"""What lies in a store, and in a folder, to be compared."""

from __future__ import annotations

from pathlib import Path

from pgt_dsl.dataset.push import JOURNAL


def held(url: str) -> dict[str, bytes]:
    """The files below a URL that ends in ``bucket/set``."""
    import fsspec

    fs, root = fsspec.core.url_to_fs(url)
    fs.invalidate_cache()
    below = [str(path) for path in fs.find(root) if "bucket/set/" in str(path)]
    return {path.split("bucket/set/", 1)[1]: fs.cat_file(path) for path in below}


def local(folder: Path) -> dict[str, bytes]:
    """The files of a folder, but for the journal of what was pushed."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != JOURNAL)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
