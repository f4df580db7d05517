"""Where the catalogues of a spec are: in the folder ``locale/LANGUAGE`` beside it, or beside a folder that it is in.

A spec has the file of its family only, ``spatial.po`` for ``spatial/left_of``: words of one family, such as the "right"
of an angle, mean other things in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pgt_dsl.catalog.po import SUFFIX, Entry, read_po
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import Color, Language, Noun, language, vocabulary
from pgt_dsl.source import Source

LOCALE = "locale"
WORDS = "words.toml"
_TASK = re.compile(r'^[ \t]*task[ \t]+"([^"\n]+)"', re.M)
UPWARDS = 3  # folders above that of the spec


@dataclass(frozen=True)
class Catalog:
    """What is known of a language for some spec. ``entries``: by context and text, the nearest first."""

    language: Language
    entries: dict[tuple[str, str], Entry]
    nouns: dict[str, Noun]
    colors: dict[str, Color]
    folders: tuple[Path, ...] = ()

    def entry(self, task: str, text: str) -> Entry | None:
        """The message of a text: that with the task's name as its context, else that without a context."""
        return self.entries.get((task, text)) or self.entries.get(("", text))


def locale_folders(spec: Path, code: str) -> Iterator[Path]:
    """The folders of a language that a spec may use, the nearest first."""
    folder = spec.resolve().parent
    for place in (folder, *list(folder.parents)[:UPWARDS]):
        found = place / LOCALE / code
        if found.is_dir():
            yield found


def task_name(source: Source, otherwise: str) -> str:
    """The name that a spec gives its task: a recipe may have given it another."""
    found = _TASK.search(source.text)
    return found[1] if found else otherwise


def family(name: str) -> str:
    """The first part of the name of a task: what its catalogue is called."""
    return name.split("/")[0]


def open_catalog(spec: Path, code: str, name: str) -> Catalog:
    """The catalogues of a language for a spec, whose task has this name, the nearest first. Raises ``SpecError`` with
    what is wrong in them."""
    lang = language(code)
    folders = tuple(locale_folders(spec, code))
    entries: dict[tuple[str, str], Entry] = {}
    nouns: dict[str, Noun] = {}
    colors: dict[str, Color] = {}
    for folder in folders:
        path = folder / f"{family(name)}{SUFFIX}"
        for entry in read_po(path) if path.is_file() else ():
            entries.setdefault((entry.context, entry.text), entry)
        more = _words(folder / WORDS, lang)
        nouns, colors = {**more[0], **nouns}, {**more[1], **colors}
    return Catalog(lang, entries, nouns, colors, folders)


def _words(path: Path, lang: Language) -> tuple[dict[str, Noun], dict[str, Color]]:
    if not path.is_file():
        return {}, {}
    try:
        return vocabulary(Source(str(path), path.read_text(encoding="utf-8")), lang)
    except (OSError, UnicodeDecodeError) as error:
        raise PgtError(f"cannot read the words `{path}`: {error}") from error
