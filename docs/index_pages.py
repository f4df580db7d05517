"""Two pages of the reference that are mostly words: operators and types, and the index of error codes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

FAMILIES = {
    "P": "Syntax: the text cannot be read",
    "N": "Names",
    "T": "Types and units",
    "S": "Scenes: a task that cannot be solved, or whose scenes contradict it",
    "L": "Limits",
    "R": "Recipes",
    "C": "Catalogues",
    "W": "Warnings",
}

OPERATORS = """\
# Types, units and operators

## Types

| type | written as | meaning |
|---|---|---|
| bool | `true`, `false` | yes or no |
| int | `7` | a whole number; stands wherever a number is wanted |
| number | `0.5`, `20%` | a plain number; `20%` is 0.2 |
| length | `3px`, `5vmin`, `50vw`, `50vh` | `vmin`: hundredths of the shorter side; `vw`, `vh`: of width and height |
| area | `2vmin * 3vmin` | the product of two lengths |
| angle | `90deg` | 0deg points right, 90deg down: clockwise |
| point | `(50vw, 30vh)` | from the top left corner, y downwards |
| vector | `(1, -2)` | two plain numbers |
| color | `red` | see [values](values.md) |
| form | `star` | see [values](values.md) |
| text | `"left"` | in straight double quotes |
| shape | a declared name | see [kinds](kinds.md) |
| T[] | `[a, b]`, `0 .. 5` | a list; a range of whole numbers is a list too |

A number and its unit are one word: `2vmin`. `%` is never a length. There are no other units.

## Precedence

From the loosest to the tightest: `if then else`, `or`, `and`, `not`, comparisons and `in`, `except`, `..`, `+ -`,
`* /`, unary `-`, `.field` and `[i]`. Comparisons do not chain: write `n in 2 .. 4`. So `1 .. 9 except k` leaves `k` out
of the range, and behind `except` a sum needs parentheses.

## Operators

*Margin* is what `clear` compares with its amount, in the unit given.

| operator | of | gives | margin |
|---|---|---|---|
| `p < q`, `<=`, `>`, `>=` | like quantities | bool | the difference, in that quantity |
| `p == q`, `p != q` | values of one type | bool | exact; of quantities the difference, of colours `color_gap` |
| `x in low .. high` | like quantities | bool | the distance to the nearer end |
| `x in xs` | an item and a list | bool | exact |
| `p and q`, `p or q`, `not p` | bool | bool | the weaker, the stronger, the same |
| `if c then a else b` | bool and two of one type | that type | that of the condition and of the branch taken |
| `low .. high` | like quantities | a range | |
| `p + q`, `p - q` | like quantities, points, vectors | the same | |
| `xs + ys` | lists of one type | a list | |
| `xs except y`, `xs except ys` | a list, and items to leave out | a list | |
| `xs[i]` | a list and a whole number | an item; `[0]` is the first, `[-1]` the last | |
| `xs.field` | a list of shapes | the list of that field | |
| `-x` | quantities, points, vectors | the same | |

Quantities of different units meet in one condition: each margin is divided by the amount for its unit, so that
`and` is the least and `or` the greatest of plain numbers. A unit that `clear` does not name has the amount 1vmin,
2deg or 5%.

## Products and quotients

Everything else is an error.

"""

ERRORS = """\
# Error codes

`pgt explain CODE` prints the page of a code. This is the index.

"""


def operators(products: Mapping[tuple[str, str], str], quotients: Mapping[tuple[str, str], str]) -> str:
    """The page of operators; the tables of products come from the type rules."""
    text = OPERATORS + "| operation | gives |\n|---|---|\n"
    for sign, rules in (("*", products), ("/", quotients)):
        for (left, right), result in rules.items():
            if "int" not in (left, right):
                text += f"| {left} {sign} {right} | {result} |\n"
    return text + "| int * int | int |\n| int / int | number |\n"


def errors() -> str:
    """The index of the codes that have a page."""
    folder = Path(str(files("pgt_dsl") / "pages"))
    titles = {path.stem: _title(path) for path in sorted(folder.glob("*.md"))}
    text = ERRORS
    for letter, heading in FAMILIES.items():
        codes = {name: title for name, title in titles.items() if name.startswith(letter)}
        if codes:
            text += f"## {heading}\n\n| code | meaning |\n|---|---|\n"
            text += "".join(f"| [{name}](../pgt_dsl/pages/{name}.md) | {title} |\n" for name, title in codes.items())
            text += "\n"
    return text


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        first = file.readline().lstrip("# ").strip()
    return first.removeprefix(path.stem).lstrip(" :.-\u2013\u2014").replace("|", "\\|")
