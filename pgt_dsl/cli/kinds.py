"""``pgt kinds``: what the installed plugins offer: kinds, functions, values, backgrounds, formats, painters."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from pgt_dsl.cli.words import words
from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from pgt_dsl.plugins.extension import FieldSpec
    from pgt_dsl.plugins.registry import Registry


@click.command("kinds")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List what specs can use, or tell all about one NAME."""
    from pgt_dsl.plugins.registry import registry

    plugins = registry()
    lines = list(_all(plugins) if name is None else _one(plugins, name))
    if not lines:
        raise PgtError(f"nothing is named `{name}`; {_advice(plugins, str(name))}`pgt kinds` lists what there is")
    click.echo("\n".join(lines))


def _all(plugins: Registry) -> Iterator[str]:
    yield "kinds of shapes"
    for kind in plugins.kinds.values():
        yield _line(kind.name, kind.doc)
    for section in dict.fromkeys(f.section for f in plugins.functions.values()):
        yield f"\nfunctions: {section}"
        for function in plugins.functions.values():
            if function.section == section:
                yield _line(function.signature, function.doc, 44)
    rest = list(words(plugins))
    for section in dict.fromkeys(word.section for word in rest if not word.home):
        yield f"\n{section}"
        yield from (_line(word.shown, word.doc, 44) for word in rest if word.section == section)
    yield "\nvalues"
    yield _line("colors", ", ".join(plugins.colors))
    yield _line("forms", ", ".join(plugins.forms))
    for name, (base, items) in plugins.lists.items():
        yield _line(f"{name}: {base}[]", ", ".join(items))
    sections = [
        ("backgrounds", plugins.backgrounds), ("formats of data sets", plugins.formats), ("painters", plugins.renderers)
    ]  # fmt: skip
    for title, table in sections:
        yield f"\n{title}"
        for item in table.values():  # type: ignore[attr-defined]
            yield _line(item.name, item.doc)
    for section in dict.fromkeys(word.section for word in rest if word.home):
        yield f"\n{section}"
        yield from (_line(word.shown, word.doc, 44) for word in rest if word.section == section)


def _one(plugins: Registry, name: str) -> Iterator[str]:
    """Every meaning of the name: a kind and a form may share one."""
    if kind := plugins.kinds.get(name):
        yield from _head(plugins, "kinds", f"kind {name}", kind.doc)
        yield from _fields(kind.fields)
        for way in kind.ways:
            yield "  or set by " + ", ".join(way.given)
    if function := plugins.functions.get(name):
        yield from _head(plugins, "functions", function.signature, function.doc)
    if background := plugins.backgrounds.get(name):
        yield from _head(plugins, "backgrounds", f"background {name}", background.doc)
        yield from _fields(background.fields)
    if format := plugins.formats.get(name):
        yield from _head(plugins, "formats", f"format {name}", format.doc)
    if renderer := plugins.renderers.get(name):
        yield from _head(plugins, "renderers", f"painter {name}", renderer.doc)
    if color := plugins.colors.get(name):
        yield from _head(plugins, "colors", f"color {name}", color)
    if name in plugins.forms:
        yield from _head(plugins, "forms", f"form {name}", "")
    if name in plugins.lists:
        base, items = plugins.lists[name]
        yield from _head(plugins, "lists", f"{name}: {base}[]", ", ".join(items))
    if name in plugins.modules:
        yield from _head(plugins, "modules", f'use "{name}"', "")
        yield textwrap.indent(plugins.module_text(name).rstrip(), "  ")
    for word in words(plugins):
        if word.name == name:
            given = f'"{word.home}", from {plugins.owner("modules", word.home)}' if word.home else "built in"
            yield f"{word.shown}  ({given})"
            if word.doc:
                yield textwrap.indent(word.doc, "  ")


def _advice(plugins: Registry, name: str) -> str:
    """``did you mean ...? `` or nothing."""
    from pgt_dsl.types.context import did_you_mean

    tables = (plugins.kinds, plugins.functions, plugins.backgrounds, plugins.formats, plugins.colors, plugins.forms,
              plugins.lists, plugins.modules)  # fmt: skip
    found = did_you_mean(name, [*(n for table in tables for n in table), *(word.name for word in words(plugins))])
    return f"{found} " if found else ""


def _head(plugins: Registry, table: str, title: str, doc: str) -> Iterator[str]:
    yield f"{title}  (from {plugins.owner(table, name_of(title, table))})"
    if doc:
        yield textwrap.fill(" ".join(doc.split()), 100, initial_indent="  ", subsequent_indent="  ")


def name_of(title: str, table: str) -> str:
    """The name in a title such as ``kind dot``, ``area(s: shape): area`` or ``use "ground"``."""
    cut: dict[str, Callable[[], str]] = {
        "functions": lambda: title.partition("(")[0],
        "lists": lambda: title.partition(":")[0],
        "modules": lambda: title.split('"')[1],
    }
    return cut.get(table, lambda: title.split()[-1])()


def _fields(fields: tuple[FieldSpec, ...]) -> Iterator[str]:
    for field in fields:
        default = f" {field.default}" if field.default else ""
        yield _line(f"{field.name}: {field.type}{default}", field.doc, 40)


def _line(left: str, text: str, width: int = 14) -> str:
    """Two columns; the right one wraps under itself."""
    words = textwrap.wrap(" ".join(text.split()), 118 - width) or [""]
    first = f"  {left:<{width}}  {words[0]}" if len(left) <= width else f"  {left}\n  {'':<{width}}  {words[0]}"
    return "\n".join([first.rstrip(), *(f"  {'':<{width}}  {line}" for line in words[1:])])
