"""One build that writes every format: its samples are made once and given to the writers of all, side by side.

``folder(top, "llava")`` has the files that `pgt build --format llava` would have given there, but for `manifest.json`,
`programs/` and the text of the card; a test compares them. It is resumable as any build is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pgt_dsl.builtin.outputs import FORMATS
from pgt_dsl.dataset.formats.base import BuildInfo, Resumable
from pgt_dsl.dataset.given import Row
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.extension import FormatSpec
from pgt_dsl.plugins.registry import Registry

EVERY = FormatSpec("every", "All formats, side by side.", "benchmarks.every_format:make")


def with_every(plugins: Registry) -> Registry:
    """A registry that has the format ``every`` besides."""
    return replace(plugins, formats={**plugins.formats, EVERY.name: EVERY})


class EveryWriter:
    """The writers of all formats, each below a folder of its name."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._folders = {spec.name: folder / spec.name for spec in FORMATS}
        self._writers: dict[str, Resumable] = {}
        for spec in FORMATS:
            work = info.work / spec.name
            for place in (work, self._folders[spec.name]):
                place.mkdir(exist_ok=True)
            inner = replace(info, name=spec.name, work=work, mark=info.mark.get(spec.name, {}))
            self._writers[spec.name] = load_ref(spec.make)(self._folders[spec.name], inner)

    def write(self, samples: Sequence[Row]) -> None:
        for writer in self._writers.values():
            writer.write(samples)

    def mark(self) -> Mapping[str, Any]:
        return {name: dict(writer.mark()) for name, writer in self._writers.items()}

    def leave(self) -> None:
        for writer in self._writers.values():
            writer.leave()

    def close(self) -> None:
        """Close all, and write the head of each card, which readers go by."""
        for name, writer in self._writers.items():
            writer.close()
            text = f"---\n{writer.front_matter()}---\n"
            (self._folders[name] / "README.md").write_text(text, encoding="utf-8", newline="\n")

    def front_matter(self) -> str:
        return ""

    def usage(self, folder: Path) -> str:
        return f"# a folder for each format below {folder.as_posix()}"


def make(folder: Path, info: BuildInfo) -> EveryWriter:
    """The writer of the format ``every``."""
    return EveryWriter(folder, info)
