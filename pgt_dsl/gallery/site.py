"""The site: an index of families and tasks, a page a family, the credits of photos, a style sheet and two scripts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pgt_dsl import __version__
from pgt_dsl.gallery.entry import ANSWERS, Entry, Sample
from pgt_dsl.gallery.place import mark
from pgt_dsl.gallery.spec_html import spec_html
from pgt_dsl.html.document import base_style, environment, theme_button
from pgt_dsl.photos.catalog import PhotoCatalog

HUES = 12  # colours of families, which come round again
HERO = 18  # pictures of the strip
PAGES = ("index", "credits", "gallery", "assets", "pictures")  # names that no family may have


class Slugs:
    """Names as they stand in addresses and names of files: short, plain letters, no two alike in any file system."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.lower() for name in taken}

    def __call__(self, name: str) -> str:
        """The name's slug; asked again, another one."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", ".", name).strip(".")[:80] or "task"
        number, slug = 1, plain
        while slug.lower() in self._taken:
            number += 1
            slug = f"{plain}-{number}"
        self._taken.add(slug.lower())
        return slug


@dataclass(frozen=True, slots=True)
class Family:
    """A family and its page: ``hue`` is the number of its colour."""

    name: str
    page: str
    hue: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Credited:
    """Whose photo it is; ``link`` is an address of the web or nothing."""

    name: str
    title: str
    author: str
    licence: str
    source: str
    link: str


@dataclass(frozen=True, slots=True)
class Made:
    """How the site was made: by which painter (which draws the pictures), of which size and seed."""

    title: str
    size: int
    seed: int
    painter: str
    version: str = __version__


def write_site(folder: Path, entries: Sequence[Entry], made: Made, photos: PhotoCatalog) -> None:
    """Write all pages into a folder that has the pictures already, and last its marker."""
    families = grouped(entries)
    credits = _credits(entries, photos)
    templates = environment("pgt_dsl.gallery")
    templates.filters["spec"] = spec_html
    templates.filters["percent"] = percent
    templates.filters["rate"] = rate
    templates.globals |= {"made": made, "families": families, "answers": ANSWERS, "credits": credits}
    index = templates.get_template("index.html.jinja")
    pages = {"index.html": index.render(hero=hero(families), entries=entries, **_choices(entries))}
    one = templates.get_template("family.html.jinja")
    for number, family in enumerate(families):
        before, after = families[number - 1], families[(number + 1) % len(families)]
        pages[family.page] = one.render(
            family=family, before=before, after=after, entries=family.entries, **_choices(family.entries)
        )
    if credits:
        pages["credits.html"] = templates.get_template("credits.html.jinja").render()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    _assets(folder)
    mark(
        folder, {"pgt": __version__, "seed": made.seed, "size": made.size, "tasks": [facts(entry) for entry in entries]}
    )


def _choices(entries: Sequence[Entry]) -> dict[str, Any]:
    """What there is to choose from in the filters of a page."""
    whole = [entry for entry in entries if not entry.error]
    forms = {form for entry in whole for form in entry.forms}
    return {
        "forms": [form for form in ANSWERS if form in forms],
        "by_photos": len({entry.photos for entry in whole}) > 1,
        "by_images": len({entry.several for entry in whole}) > 1,
    }


def grouped(entries: Sequence[Entry]) -> list[Family]:
    """The families in the order of their names, each with its tasks in that of theirs."""
    slugs, found = Slugs(PAGES), []
    for hue, name in enumerate(sorted({entry.family for entry in entries})):
        mine = sorted((e for e in entries if e.family == name), key=lambda e: e.name)
        found.append(Family(name, f"{slugs(name)}.html", hue % HUES, tuple(mine)))
    return found


def hero(families: Sequence[Family]) -> list[tuple[Family, Entry, Sample]]:
    """Samples for the strip at the top: of each family its liveliest task, then its next, until there are enough."""
    columns = []
    for family in families:
        fit = [(family, entry, entry.cover) for entry in family.entries if entry.samples and not entry.several]
        columns.append(sorted(fit, key=lambda one: -one[2].lively))
    return [one for row in zip_longest(*columns) for one in row if one is not None][:HERO]


def facts(entry: Entry) -> dict[str, object]:
    """What programs may want to know of a task that is shown."""
    measured = entry.measured
    return {
        "name": entry.name, "family": entry.family, "file": entry.file, "program": entry.program,
        "answers": list(entry.forms), "samples": len(entry.samples), "error": entry.error,
        "accepted": measured.accepted if measured else None,
        "rate": round(measured.rate, 1) if measured else None,
        "leaks": len(entry.audited.leaks) if entry.audited and not entry.changed else None,
    }  # fmt: skip


def percent(share: float) -> str:
    """A share in percent with as many digits as say something."""
    value = 100 * share
    if value in (0, 100):
        return f"{value:.0f} %"
    if value >= 99.5 or value < 0.1:
        return f"{value:.2g} %" if value < 1 else f"{min(value, 99.9):.1f} %"
    return f"{value:.0f} %" if value >= 10 else f"{value:.1f} %"


def rate(value: float) -> str:
    """A rate in two digits: what a clock measured is no better than that."""
    if value < 10:
        return f"{value:.1f}"
    digits = len(str(int(value))) - 2
    return f"{round(value / 10**digits) * 10**digits:,}"


def _credits(entries: Sequence[Entry], photos: PhotoCatalog) -> list[Credited]:
    used = Counter(sample.photo for entry in entries for sample in entry.samples if sample.photo)
    found = []
    for name in sorted(used):
        credit = photos.credit(photos.number(name))
        link = next((a for a in (credit.url, credit.source) if re.match(r"https?://[^\s]+\Z", a)), "")
        found.append(Credited(name, credit.title, credit.author, credit.licence, credit.source, link))
    return found


def _assets(folder: Path) -> None:
    static = files("pgt_dsl.gallery") / "static"
    assets = folder / "assets"
    assets.mkdir(exist_ok=True)
    begins = {"gallery.css": base_style(), "theme.js": "", "gallery.js": theme_button()}
    for name, first in begins.items():
        text = first + (static / name).read_text(encoding="utf-8")
        (assets / name).write_text(text, encoding="utf-8", newline="\n")
