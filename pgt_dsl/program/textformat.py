"""How values read inside a text that is itself a value (the ``text`` op); questions have richer formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pgt_dsl.program.datatypes import NO_COLOR
from pgt_dsl.program.program import Program
from pgt_dsl.program.strings import string


def format_plain(
    value: Any,
    base: str,
    format: str | None = None,
    choices: Sequence[str] = (),
    color_names: Mapping[int, str] | None = None,
) -> str:
    """Format one value of base type ``base`` (texts and forms as interned codes, colours packed).

    ``format``: ``"upper"`` puts a text or the name of a colour in capitals, zeros such as ``"00"`` pad a whole number,
    ``".1"`` fixes the decimals; ``choices`` are (when 1 or true, otherwise) and replace the value. Raises
    ``ValueError`` on a format that is not known.
    """
    if choices:
        return choices[0 if value == 1 else min(1, len(choices) - 1)]
    if base in ("text", "form"):
        word = string(int(value))
        return word.upper() if format == "upper" else word
    if base == "color":
        packed = int(value)
        if packed == NO_COLOR:
            return "none"
        name = (color_names or {}).get(packed, f"#{packed:06x}")
        return name.upper() if format == "upper" else name
    if base == "bool":
        return "yes" if value else "no"
    if base in ("point", "vector"):
        return f"({_number(value.real)}, {_number(value.imag)})"
    if not format:
        return str(int(value)) if base in ("int", "shape") else _number(float(value))
    if set(format) == {"0"}:
        return f"{round(float(value)):0{len(format)}d}"
    if format.startswith(".") and format[1:].isdigit():
        return f"{float(value):.{int(format[1:])}f}"
    raise ValueError(f"no format {format!r} for a value of type {base}")


def _number(value: float) -> str:
    """At most six decimals, without trailing zeros."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def slot_name(program: Program, slot: int) -> str:
    """``a``, or ``figures[2]``, for the shape in a slot. Raises ``KeyError``."""
    group, item = program.owner(slot)
    return group.name if group.size == 1 and not group.axes else f"{group.name}[{item}]"
