"""What specs can use beyond the tables of the registry: list functions, laws, values, and what modules declare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.syntax import tree

if TYPE_CHECKING:
    from pgt_dsl.plugins.registry import Registry

PRELUDE = "pgt/prelude"
GIVEN = (
    ("canvas", "canvas: shape", "the whole picture: `canvas.width`, `canvas.height`, `canvas.at`"),
    ("shapes", "shapes: shape[]", "all shapes that are not scenery; a composite counts once"),
    ("coin", "coin: bool[]", "false, true"),
    ("none", "none: color", "no colour: `fill = none` leaves a shape open"),
    ("index", "index: int", "in the block of a list of shapes: the item's place, from 0"),
    ("answer", "answer", "in `wrong`, `say` and `because`: the answer"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A name with what is shown of it; ``home`` is the module that declares it, or ""."""

    name: str
    section: str
    shown: str
    doc: str
    home: str = ""


def words(plugins: Registry) -> Iterator[Word]:
    """Everything but the registry's own tables, section by section."""
    from pgt_dsl.types.laws import LAWS
    from pgt_dsl.types.loops import LIST_DOCS

    for name, (signature, doc, _) in LIST_DOCS.items():
        yield Word(name, "functions over lists: f(x in xs where P: v)", signature, doc)
    for name, text in LAWS.items():
        signature, _, doc = text.rpartition(": ")
        yield Word(name, "laws, after ~", signature, doc)
    for name, given, doc in GIVEN:
        yield Word(name, "values that every task has", given, doc)
    for module in plugins.modules:
        title = f'use "{module}"' + (" (every task does)" if module == PRELUDE else "")
        for item in _declared(plugins, module):
            yield Word(item.name, title, declaration(item), item.doc, module)


def _declared(plugins: Registry, module: str) -> Iterator[tree.Def | tree.Kind | tree.Let | tree.Shape]:
    from pgt_dsl.source import Source
    from pgt_dsl.syntax.parse import parse

    try:
        items = parse(Source(f"{module}.pgt", plugins.module_text(module))).items
    except PgtError:  # said to those who use it; the list of everything else should not suffer
        return
    for item in items:
        if isinstance(item, tree.Def | tree.Kind | tree.Let | tree.Shape):
            yield item


def declaration(item: tree.Def | tree.Kind | tree.Let | tree.Shape) -> str:
    """A declaration without its body: ``left_of(a: shape, b: shape): bool``, ``kind die(at: point, ...)``."""
    if isinstance(item, tree.Let):
        return f"let {item.name} {bind_text(item.bind)}"
    if isinstance(item, tree.Shape):
        return f"shape {item.name}: {item.kind}" + ("[...]" if item.count else "")
    listed = f"{item.name}({params_text(item.params)})"
    if isinstance(item, tree.Kind):
        return f"kind {listed}"
    return listed + (f": {type_text(item.result)}" if item.result else "")


def params_text(params: tuple[tree.Param, ...]) -> str:
    """``at: point, size: length = 25vmin``."""
    return ", ".join(f"{p.name}: {type_text(p.type)}" + (f" {bind_text(p.default)}" if p.default else "")
                     for p in params)  # fmt: skip


def bind_text(bind: tree.Bind) -> str:
    """``= 25vmin`` or ``~ 1 .. 6``, on one line."""
    from pgt_dsl.syntax.format import format_expr

    return f"{bind.mode} {' '.join(format_expr(bind.expr).split())}"


def type_text(name: tree.TypeName) -> str:
    """``shape[]``."""
    return name.name + "[]" * name.rank
