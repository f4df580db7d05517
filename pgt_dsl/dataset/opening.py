"""The reader of a finished data set: by the format in its manifest, for all of its splits."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.reading import Holds
from pgt_dsl.dataset.manifest import Manifest
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.registry import Registry


def open_reader(folder: Path, manifest: Manifest, registry: Registry) -> Any:
    """The reader (``formats.reading.Reader``) of a data set. Raises ``PgtError`` when its format has none, or none that
    knows its splits."""
    spec = registry.formats.get(manifest.format)
    if spec is None:
        known = ", ".join(sorted(registry.formats))
        raise PgtError(f"the data set has the format `{manifest.format}`, which is not installed; there are: {known}")
    if spec.read is None:
        readable = ", ".join(sorted(name for name, one in registry.formats.items() if one.read))
        raise PgtError(
            f"the format `{manifest.format}` has a writer and no reader, so it cannot be read back; those that can: "
            f"{readable}. Whoever wrote the format can give it one (`read` of its FormatSpec)"
        )
    read = load_ref(spec.read)
    if not manifest.splits:
        return read(folder)
    if len(inspect.signature(read).parameters) < 2:
        raise PgtError(f"the reader of the format `{manifest.format}` knows no splits, so this data set cannot be read "
                       "back. Whoever wrote the format can let `read` take their names")  # fmt: skip
    return read(folder, tuple(split.name for split in manifest.splits))


def holds_of(reader: Any) -> Holds:
    """What a reader says that its format keeps, everything when it says nothing."""
    found = getattr(reader, "holds", None)
    return found if isinstance(found, Holds) else Holds()
