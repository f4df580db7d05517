"""Where the catalogues of a spec are: in the folder ``locale/LANGUAGE`` beside it, or beside a folder that it is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pgt_dsl.catalog.po import SUFFIX, Entry, read_po
from pgt_dsl.diagnostics import Collector, PgtError
from pgt_dsl.languages.language import Color, Language, Noun, language, vocabulary
from pgt_dsl.source import Source

LOCALE = "locale"
WORDS = "words.toml"
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


def open_catalog(spec: Path, code: str) -> Catalog:
    """All catalogues of a language for a spec. Raises ``SpecError`` with what is wrong in them."""
    lang = language(code)
    folders = tuple(locale_folders(spec, code))
    entries: dict[tuple[str, str], Entry] = {}
    nouns: dict[str, Noun] = {}
    colors: dict[str, Color] = {}
    errors = Collector()
    for folder in folders:
        mine: dict[tuple[str, str], Entry] = {}
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            for entry in read_po(path):
                key = entry.context, entry.text
                other = mine.setdefault(key, entry)
                if other.translated != entry.translated:
                    errors.error(
                        "C908", "this text has two translations", entry.whole, "another one",
                        others=[(other.whole, "the first")],
                        help='make them one, or give one `msgctxt "TASK"`, the task that it is for',
                    )  # fmt: skip
        for key, entry in mine.items():
            entries.setdefault(key, entry)
        for name, noun in _words(folder / WORDS, lang)[0].items():
            nouns.setdefault(name, noun)
        for name, color in _words(folder / WORDS, lang)[1].items():
            colors.setdefault(name, color)
    errors.raise_errors()
    return Catalog(lang, entries, nouns, colors, folders)


def _words(path: Path, lang: Language) -> tuple[dict[str, Noun], dict[str, Color]]:
    if not path.is_file():
        return {}, {}
    try:
        return vocabulary(Source(str(path), path.read_text(encoding="utf-8")), lang)
    except (OSError, UnicodeDecodeError) as error:
        raise PgtError(f"cannot read the words `{path}`: {error}") from error
