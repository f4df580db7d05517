"""Which shapes functions of lines take: kinds with a start and an end, and what to write for other shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgt_dsl.types.scope import Val

if TYPE_CHECKING:
    from pgt_dsl.types.context import Context
    from pgt_dsl.types.groups import GroupInfo

_ENDS = frozenset({"from", "to"})
_INSTEAD = {
    "angle": "which way one shape lies from another is `direction(a, b)`",
    "crosses": "whether outlines overlap is asked by `apart(a, b) < 0px`",
    "crossings": "whether outlines overlap is asked by `apart(a, b) < 0px`",
    "meeting": "the middle between two shapes is `mix(a.at, b.at, 0.5)`",
    "shared": "how much of one shape lies on another is `overlap(a, b)`",
    "reachable": "join shapes by lines: `shape links: line[3] { from = ..., to = ... }`",
}


def only_lines(cx: Context, shape: Val, what: str, name: str) -> None:
    """Refuse shapes without a start and an end for a parameter (``what``) of the function ``name``. Raises ``Stop``."""
    for info in (cx.groups[k] for k in shape.groups):
        if cx.builder.groups[info.id].composite:
            parts = [f"`.{part}`" for part, of in info.parts.items() if _is_line(cx, of)]
            cx.fail("T249", f"{what} takes lines, and `{info.name}` is made of parts", shape.span,
                    f"a `{info.kind}` is no line",
                    help=f"ask about a part that is one: it has {', '.join(parts)}" if parts
                    else f"no part of a `{info.kind}` is a line; {_lines(cx)}")  # fmt: skip
        if not _is_line(cx, info):
            cx.fail("T249", f"{what} takes lines, and `{info.name}` is none", shape.span,
                    f"a `{info.kind}` has no start and no end",
                    help=[_lines(cx), *([_INSTEAD[name]] if name in _INSTEAD else [])])  # fmt: skip


def _is_line(cx: Context, info: GroupInfo) -> bool:
    return info.fields.keys() >= _ENDS and not cx.builder.groups[info.id].composite


def _lines(cx: Context) -> str:
    kinds = [f"`{k.name}`" for k in cx.registry.kinds.values() if {f.name for f in k.fields} >= _ENDS]
    return f"lines are of the kinds {', '.join(kinds[:-1])} and {kinds[-1]}"
