"""Catalogues to be filled in: the texts of specs as PO, and what has been translated of them before."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.catalog.find import LOCALE, UPWARDS, family
from pgt_dsl.catalog.messages import messages, words
from pgt_dsl.catalog.po import SUFFIX, parsed
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import Language
from pgt_dsl.languages.plurals import babel, examples
from pgt_dsl.program.program import Program
from pgt_dsl.source import Source

TEMPLATE = ".pot"
WIDTH = 110
Tasks = Sequence[tuple[Program, Source]]


def catalog_path(program: Program, source: Source, code: str | None) -> Path:
    """Where the catalogue of a task is, or would be: ``locale/de/FAMILY.po``, without a language ``locale/FAMILY.pot``.
    The folder ``locale`` is the nearest one that is there, else beside the spec."""
    folder = Path(source.name).parent
    places = [folder, *list(folder.resolve().parents)[: UPWARDS - 1]] if folder.is_dir() else [folder]
    locale = next((place / LOCALE for place in places if (place / LOCALE).is_dir()), folder / LOCALE)
    name = family(program.name)
    return locale / f"{name}{TEMPLATE}" if code is None else locale / code / f"{name}{SUFFIX}"


def extracted(tasks: Tasks, path: Path, lang: Language | None) -> tuple[str, int]:
    """The text of a catalogue of some tasks for a language (None: a template), and how many messages in it are not
    translated. What ``path`` has translated stays; what no task says any longer is marked as obsolete.

    Raises ``SpecError`` or ``PgtError`` when the file that is there cannot be read.
    """
    babel()
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po

    before = None
    contexts: set[tuple[str, str]] = set()
    if lang is not None and path.is_file():
        source = Source(str(path), path.read_text(encoding="utf-8"))
        contexts = {(entry.context, entry.text) for entry in parsed(source) if entry.context}
        before = read_po(io.StringIO(source.text), locale=lang.code)
    template = Catalog(locale=None if lang is None else lang.code)
    for program, source in tasks:
        _add(template, program, source, path, contexts, lang)
    if before is not None:
        _keep_others(template, before, {program.name for program, _ in tasks})
        before.update(template, no_fuzzy_matching=False, keep_user_comments=True)
    made = before or template
    for message in made:
        message.flags -= {"python-format", "python-brace-format"}  # holes are ours
    file = io.BytesIO()
    write_po(file, made, width=WIDTH, omit_header=True, include_lineno=False)
    empty = sum(1 for message in made if message.id and (not message.string or message.fuzzy))
    return _head(lang) + file.getvalue().decode("utf-8"), empty


def _add(
    template: Any, program: Program, source: Source, path: Path, contexts: set[tuple[str, str]], lang: Language | None
) -> None:
    """The messages of a task; nouns that the language knows need none."""
    known = () if lang is None else lang.nouns
    where = _relative(source.name, path)
    told: dict[str, str] = {}
    for message in messages(program):
        told.setdefault(message.text, f"{program.name}: {message.what}")
    for word in sorted(words(program).said):
        if word.removeprefix("the ") in known and (program.name, word) not in contexts:
            continue
        told.setdefault(word, f"{program.name}: a word of its answers")
    for text, comment in told.items():
        context = program.name if (program.name, text) in contexts else None
        template.add(text, locations=[(where, 1)], auto_comments=[comment], context=context)


def _keep_others(template: Any, before: Any, asked: set[str]) -> None:
    """Messages of tasks of the file that are not asked for stay as they are, and so do those that someone has added."""
    for message in before:
        others = [comment for comment in message.auto_comments if comment.split(":")[0] not in asked]
        if message.id and (others or not message.auto_comments):
            template.add(message.id, locations=message.locations, context=message.context, auto_comments=others)


def _relative(name: str, path: Path) -> str:
    """The name of a spec as seen from the folder that the catalogues lie in."""
    whole = path.resolve()
    folder = next((place.parent for place in whole.parents if place.name == LOCALE), whole.parent)
    try:
        return Path(os.path.relpath(Path(name).resolve(), folder)).as_posix()
    except ValueError:  # on another drive
        return Path(name).name


def _head(lang: Language | None) -> str:
    lines = [
        "# A catalogue of pgt-dsl. A hole in braces stays as it is; it may take words of grammar, as in {a:dative}."
    ]
    headers: Mapping[str, str] = {"Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}
    if lang is not None:
        lines.append(f"# Plural forms of {lang.name}, in this order: {examples(lang.code)}.")
        headers = {"Language": lang.code, **headers}
    lines += ['msgid ""', 'msgstr ""', *(f'"{name}: {value}\\n"' for name, value in headers.items()), "", ""]
    return "\n".join(lines)


def write(path: Path, text: str) -> None:
    """Write a catalogue. Raises ``PgtError``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PgtError(f"cannot write the catalogue `{path}`: {error.strerror or error}") from error
