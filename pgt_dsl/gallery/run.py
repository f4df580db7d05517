"""From specs to a site, one spec after the other; what is wrong with one does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.gallery.collect import Order, collect
from pgt_dsl.gallery.entry import Audited, Entry
from pgt_dsl.gallery.place import check, placed
from pgt_dsl.gallery.site import Made, Slugs, write_site
from pgt_dsl.spec_files import spec_files


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a site: its tasks, and the names of audited tasks that it does not show."""

    entries: tuple[Entry, ...]
    unknown: tuple[str, ...]

    @property
    def broken(self) -> tuple[Entry, ...]:
        """The tasks of which nothing can be shown."""
        return tuple(entry for entry in self.entries if entry.error)


def named(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """The specs of files and folders, each with what to call it: its path below the folder given.

    Raises ``SpecError`` for a folder without specs.
    """
    found: dict[Path, str] = {}
    for path in paths:
        for file in spec_files([path]):
            shown = file.relative_to(path) if path.is_dir() else Path(file.parent.name) / file.name
            found.setdefault(file.resolve(), shown.as_posix())
    return [(file, shown) for file, shown in found.items()]


def make_gallery(
    paths: Sequence[Path], out: Path, order: Order, title: str = "", audits: Mapping[str, Audited] | None = None,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> Done:  # fmt: skip
    """Make the site of some specs in the folder ``out``.

    tell: is called before each spec, with its name, how many are done and how many there are.
    Raises ``PgtError`` when there is no task among the specs, or ``out`` cannot be used.
    """
    check(out)
    files, slugs, seen = named(paths), Slugs(), dict[str, str]()
    audits = audits or {}
    entries: list[Entry] = []
    with placed(out) as folder:
        for number, (path, shown) in enumerate(files):
            tell(shown, number, len(files))
            entry = collect(path, shown, slugs, folder, order)
            if entry is None:
                continue
            if not entry.error and entry.name in seen:
                for sample in entry.samples:
                    for picture in sample.pictures:
                        (folder / picture.file).unlink()
                entry = replace(entry, samples=(), measured=None, error=f"two specs name their task `{entry.name}`: "
                                f"{seen[entry.name]} and {shown}; they cannot be built together")  # fmt: skip
            seen.setdefault(entry.name, shown)
            entries.append(replace(entry, audited=audits.get(entry.name)))
        if not entries:
            raise PgtError("there is no task among these files, only modules")
        painter = str(order.plugins.make_renderer(None).name)
        write_site(folder, entries, Made(title or "A gallery of tasks", order.size, order.seed, painter), order.photos)
    return Done(tuple(entries), tuple(sorted(set(audits) - {entry.name for entry in entries})))
