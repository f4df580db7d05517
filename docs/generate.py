"""Writes the language reference, ``docs/language/*.md`` but for the guide, from the declarations of pgt-dsl itself.

    python docs/generate.py                 writes the pages and the pictures
    python docs/generate.py --text-only     leaves the pictures as they are
    python docs/generate.py --out FOLDER    writes somewhere else

Only what pgt-dsl gives itself is described; what plugins add is listed by ``pgt kinds``. A test compares the committed
pages with newly written ones, so that the reference cannot drift from the language.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pgt_dsl.builtin import extension
from pgt_dsl.builtin.kinds import COMMON
from pgt_dsl.cli.words import GIVEN, declaration, params_text
from pgt_dsl.plugins.extension import FieldSpec, Function, Kind
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.datatypes import DISCRETE
from pgt_dsl.program.formats import FORMATS
from pgt_dsl.source import Source
from pgt_dsl.syntax import tree
from pgt_dsl.syntax.format import format_expr
from pgt_dsl.syntax.parse import parse
from pgt_dsl.types.declare import HIDDEN
from pgt_dsl.types.laws import LAWS
from pgt_dsl.types.loops import LIST_DOCS
from pgt_dsl.types.operators import PRODUCTS, QUOTIENTS
from pgt_dsl.types.signature import parse_signature

DOCS = Path(__file__).parent
HEAD = "<!-- Written by docs/generate.py from the declarations. Do not edit: change those, and run it again. -->\n\n"
COMMON_NAMES = {spec.name: spec for spec in COMMON}


def own_registry() -> Registry:
    """What pgt-dsl itself offers, whatever else is installed."""
    return Registry.load([("pgt-dsl", extension)])


def pages() -> dict[str, str]:
    """The text of every generated page, by its path below ``docs/``."""
    from index_pages import errors, operators  # beside this file

    plugins = own_registry()
    made: Mapping[str, Callable[[Registry], str]] = {
        "language/kinds.md": kinds,
        "language/functions.md": functions,
        "language/operators.md": lambda _: operators(PRODUCTS, QUOTIENTS),
        "language/values.md": values,
        "language/formats.md": lambda _: formats(),
        "language/backgrounds.md": backgrounds,
        "language/modules.md": modules,
        "errors.md": lambda _: errors(),
    }
    return {path: HEAD + make(plugins).rstrip() + "\n" for path, make in made.items()}


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; bars within cells are escaped."""
    heads = list(header)
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Text as code, or nothing for nothing."""
    return f"`{text}`" if text else ""


# kinds ------------------------------------------------------------------------------------------

KINDS_HEAD = """\
# Kinds of shapes

A kind says which fields a shape has. Set a field with `=` or draw it with `~`. A field that you do not set takes the
default below: after `=` it is the same in every scene, after `~` it is drawn anew for every shape and scene.
`shape a: circle` alone is a legal shape.

`pgt kinds circle` shows the same in the terminal, with the kinds of plugins. The module pages tell of
[kinds written in the language](modules.md): clocks, gauges, rulers, bars, dice.
"""

EVERY_SHAPE = """\
## Fields of every shape

Kinds may have other defaults for some of these; they say so.

{common}
Further fields of every shape, to read:

{derived}
And one to set: `room` (a shape, default `canvas`). A shape that is not scenery lies wholly in its room.

`size` is the larger side of the upright box at turn 0. A square or a circle of size `s` fits an `s` by `s` box.
"""

DERIVED = (
    ("left, right, top, bottom", "length", "the edges of its upright bounding box, turn included"),
    ("width, height", "length", "the sides of that box, where the kind has no such field"),
    ("box", "shape", "that box as a shape; as an answer it is written as coordinates; `box_of(s)` is the same"),
    ("order", "int", "its rank in paint order, 0 first"),
)


def kinds(plugins: Registry) -> str:
    """The page of kinds."""
    text = KINDS_HEAD + "\n"
    shown = [kind for kind in plugins.kinds.values() if kind.name not in HIDDEN]
    cells = [f"[{k.name}](#{k.name})<br>![{k.name}](../images/kinds/{k.name}.png)" for k in shown]
    rows = [cells[k : k + 4] + [""] * (4 - len(cells[k : k + 4])) for k in range(0, len(cells), 4)]
    text += table([""] * 4, rows) + "\n"
    text += EVERY_SHAPE.format(
        common=_fields(COMMON), derived=table(("field", "type", "meaning"), ((code(n), t, m) for n, t, m in DERIVED))
    )
    for kind in shown:
        text += "\n" + _kind(kind)
    text += "\n## Given, not declared\n"
    for name in HIDDEN:
        kind = plugins.kinds[name]
        text += f"\n### {name}\n\n{kind.doc}\n\n" + _fields(_own(kind))
    return text


def _kind(kind: Kind) -> str:
    noun = f"Texts call it “{kind.noun}”." if kind.noun else ""
    text = f"## {kind.name}\n\n![{kind.name}](../images/kinds/{kind.name}.png)\n\n{f'{kind.doc} {noun}'.strip()}\n\n"
    own = _own(kind)
    text += _fields(own) if own else "It has the fields of every shape.\n"
    missing = [spec.name for spec in COMMON if spec.name not in {s.name for s in kind.fields}]
    missing = [name for name in missing if name not in ("x", "y")]
    if missing:
        text += f"\nIt has no {' and no '.join(code(n) for n in missing)}.\n"
    ways = [way for way in kind.ways if set(way.given) not in ({"at"}, {"x", "y"})]
    if len(ways) > 1:
        text += "\nIt is set in one of these ways; the rest follows:\n\n"
        for way in ways:
            derived = "; ".join(f"`{name} = {value}`" for name, value in way.derive.items())
            text += f"- {', '.join(code(n) for n in way.given)}: {derived}\n"
    elif ways:
        follows = "; ".join(f"`{name} = {value}`" for name, value in ways[0].derive.items())
        text += f"\nFrom {', '.join(code(n) for n in ways[0].given)} follow: {follows}\n"
    return text


def _own(kind: Kind) -> tuple[FieldSpec, ...]:
    """The fields that are not those of every shape."""
    return tuple(spec for spec in kind.fields if COMMON_NAMES.get(spec.name) != spec)


def _fields(specs: Iterable[FieldSpec]) -> str:
    return table(("field", "type", "default", "meaning"), ((code(s.name), s.type, code(s.default or ""), s.doc)
                                                           for s in specs))  # fmt: skip


# functions --------------------------------------------------------------------------------------

FUNCTIONS_HEAD = """\
# Functions

In signatures, `T` is any type, `Q` any quantity (int, number, length, area, angle), `T[]` a list. A shape may stand
where a point is wanted: its `at` is taken. A parameter with `=` may be left out.

*Margin* says what `clear` compares: an answer is clear when it stays the same although everything that it compares is
off by its margin. "value" means the number itself decides, against whatever it is compared with; "exact" means that
nothing can change it.

Everyday relations such as `left_of`, `largest` and `between` are written in the language itself, in the
[prelude](modules.md#pgtprelude), which every task sees.
"""

LOOPS = """\
## Over lists

Every list function takes a ready list, or runs over one with `in`, an optional `where`, and `:`.

- `count(s in shapes where s.color == red)`
- `all(a, b in xs: a.size != b.size)` runs over unordered pairs
- `some(a in xs, b in ys: overlap(a, b) > 0)` runs over all combinations
- `argmax(s in xs: area(s))` gives the *item*; `max(s in xs: area(s))` gives the value
- `[s in xs where s.x < 50vw: s.color]` is a list

"""

LAWS_HEAD = """\
## Laws: what may stand after `~`

A range `low .. high` is uniform (over whole numbers when both ends are). A list is one of its items. `coin` is
`[false, true]`. Other laws have names; they are no values and stand only after `~`.

"""


def functions(plugins: Registry) -> str:
    """The page of functions."""
    text = FUNCTIONS_HEAD + "\n" + LOOPS
    text += table(("function", "meaning", "margin"), ((code(s), doc, margin) for s, doc, margin in LIST_DOCS.values()))
    for section in dict.fromkeys(f.section for f in plugins.functions.values()):
        text += f"\n## {section.capitalize()}\n\n"
        rows = [(code(f.signature), f.doc, _margin(f)) for f in plugins.functions.values() if f.section == section]
        if section == "shapes":
            rows.append(("`box_of(s: shape): shape`", "its upright bounding box; the same as `s.box`", "value"))
        if section == "lines":
            rows.append(("`segments(p: shape): shape[]`", "the straight pieces of a `path`, as lines", "value"))
        text += table(("function", "meaning", "margin"), rows)
        if section == "shapes":
            text += (
                "\n`apart`, `overlap` and `iou` also take one list, `apart(xs)`, or two, `apart(xs, ys)`: the least"
                "\ngap, or the greatest overlap, of any pair.\n"
            )
    text += "\n" + LAWS_HEAD
    rows = [text.rpartition(": ") for text in LAWS.values()]
    return text + table(("law", "meaning"), ((code(signature), meaning) for signature, _, meaning in rows))


def _margin(function: Function) -> str:
    if function.slack is not None:
        return f"its own, {function.slack_unit}"
    signature = parse_signature(function.signature)
    return "exact" if signature.result in DISCRETE and signature.result != "color" else "value"


# values, formats, backgrounds -------------------------------------------------------------------


def values(plugins: Registry) -> str:
    """The page of values with names."""
    text = "# Values\n\nNames that every task sees. A task may not declare a name that is already a value.\n\n"
    text += "## Colours\n\n![the colours](../images/colours.png)\n\n"
    text += table(("colour", "value"), ((code(name), code(value)) for name, value in plugins.colors.items()))
    text += "\n## Forms\n\n![the forms](../images/forms.png)\n\n"
    text += ", ".join(code(name) for name in plugins.forms) + "\n"
    text += "\n## Lists\n\nTo draw from with `~`, or to run over.\n\n"
    rows = []
    for name, (base, items) in plugins.lists.items():
        rows.append((code(name), f"{base}[]", ", ".join(code(item) for item in items)))
    text += table(("list", "type", "items"), rows)
    text += "\n## Others\n\n"
    given = [(*shown.partition(": "), doc) for _, shown, doc in GIVEN]
    rows = [(code(name), base or "the answer's", doc) for name, _, base, doc in given]
    return text + table(("value", "type", "meaning"), [("`true`, `false`", "bool", "yes and no"), *rows])


def formats() -> str:
    """The page of formats in holes."""
    text = "# Formats in texts\n\nA hole of a text is `{value}`, `{value:format}` or `{value|choices}`. "
    text += "This is the whole list of formats.\n\n"
    rows = []
    for name, found in FORMATS.items():
        kinds = "any" if len(found.bases) > 11 else ", ".join(found.bases)
        hole, _, result = found.example.partition(": ")
        rows.append((code(name), ("lists of " if found.listed else "") + kinds, found.doc, code(hole), result))
    text += table(("format", "of", "meaning", "example", "gives"), rows)
    text += """
A format of single values may also stand with a list: it is applied to every item.

## Without a format

| value | written as |
|---|---|
| shape | its phrase: "the red circle", "A" |
| bool | "yes" or "no" |
| color, form, text | the word |
| int | digits |
| number | at most two decimals |
| length | a whole share "of the shorter side" |
| angle | whole degrees |
| area | a share "of the picture" |
| point | x and y as shares of width and height |
| list | its items with commas |

A value at the start of a sentence gets a capital letter.

## Choices

| hole | meaning |
|---|---|
| `{n|circle|circles}` | the first for 1, the last for other numbers |
| `{n|no circle|one circle|several circles}` | for 0, 1 and other numbers |
| `{truth|left|right}` | the first when true |
| `{t|with text|without}` | the first when the text is not empty |
"""
    return text


def backgrounds(plugins: Registry) -> str:
    """The page of backgrounds."""
    text = (
        "# Backgrounds\n\n`background NAME: KIND { ... }` says what lies behind the shapes. Without it, each scene gets"
        "\na plain, gradient or noise background. `any` says the same in words.\n"
    )
    for background in plugins.backgrounds.values():
        name = background.name
        text += f"\n## {name}\n\n![{name}](../images/backgrounds/{name}.png)\n\n{background.doc}\n\n"
        text += _fields(background.fields)
        if name == "photo":
            text += "\n`img.objects` is a list of shapes of the kind [object](kinds.md#object), one for each thing"
            text += "\nannotated in the photo. A photo that lacks what a task draws from them is passed over.\n"
    return text


# modules ----------------------------------------------------------------------------------------


def modules(plugins: Registry) -> str:
    """The page of modules in the language."""
    text = (
        '# Modules\n\n`use "pgt/dials"` adds what a module declares to a task. `use "pgt/panels" { cut = true }`'
        "\nsets some of its `let`s. The prelude is in every task without `use`.\n\n"
        "`pgt kinds pgt/dials` prints the text of a module.\n"
    )
    for name in plugins.modules:
        spec = parse(Source(f"{name}.pgt", plugins.module_text(name)))
        text += f"\n## {name}\n\n{spec.doc}\n\n" + "".join(_declared(spec))
    return text


def _declared(spec: tree.Spec) -> Iterator[str]:
    kinds = [item for item in spec.items if isinstance(item, tree.Kind)]
    for kind in kinds:
        yield f"### kind {kind.name}\n\n![{kind.name}](../images/kinds/{kind.name}.png)\n\n"
        yield f"`{kind.name}({params_text(kind.params)})`\n\n"
        yield kind.doc + "\n\n" if kind.doc else ""
        parts = [i.name + ("[]" if i.count else "") for i in kind.items if isinstance(i, tree.Shape)]
        lets = [i.name for i in kind.items if isinstance(i, tree.Let)]
        yield f"Parts: {', '.join(map(code, parts))}."
        yield (f" Lets: {', '.join(map(code, lets))}." if lets else "") + "\n\n"
    rows = []
    for item in spec.items:
        if isinstance(item, tree.Let | tree.Shape):
            rows.append((code(declaration(item)), item.doc))
        elif isinstance(item, tree.Def):
            rows.append((code(declaration(item)), item.doc or _one_line(item)))
    if rows:
        yield table(("declaration", "meaning"), rows)


def _one_line(item: tree.Def) -> str:
    """A function without words is told by its body, where that is short."""
    text = " ".join(format_expr(item.body).split())
    return code(text) if len(text) <= 60 else ""


def write(out: Path, pictures: bool) -> list[Path]:
    """Write all pages, and the pictures if wanted, below ``out``; returns what was written."""
    written = []
    for path, text in pages().items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        written.append(target)
    if pictures:
        from pictures import write_pictures  # beside this file

        written += write_pictures(out / "images", own_registry())
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the language reference.")
    parser.add_argument("--out", type=Path, default=DOCS)
    parser.add_argument("--text-only", action="store_true")
    options = parser.parse_args()
    for written_path in write(options.out, not options.text_only):
        print(written_path)
