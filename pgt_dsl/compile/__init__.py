"""Text to ``Program``: parse, resolve, lower, verify; every diagnostic of the way gathered."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pgt_dsl.compile.lint_options import lint_options
from pgt_dsl.compile.lower import lower
from pgt_dsl.diagnostics import Collector, Diagnostic, SpecError
from pgt_dsl.passage import UNCHANGED, Changes
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Program, Stage
from pgt_dsl.program.verify import verify
from pgt_dsl.source import Source
from pgt_dsl.syntax import tree
from pgt_dsl.syntax.parse import parse, parse_expr_source
from pgt_dsl.types.base import base_scope, task_scope
from pgt_dsl.types.context import Context
from pgt_dsl.types.deciding import deciding_units
from pgt_dsl.types.expressions import expr
from pgt_dsl.types.fields import store
from pgt_dsl.types.lints import lint
from pgt_dsl.types.model import Model
from pgt_dsl.types.ranges import check_ranges
from pgt_dsl.types.settings import Setting
from pgt_dsl.types.stepping import Steps
from pgt_dsl.types.task import Task
from pgt_dsl.types.uncalled import check_uncalled

if TYPE_CHECKING:
    from pgt_dsl.plugins.registry import Registry

PRELUDE = "pgt/prelude"
RECURSION = 12_000


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled spec: ``program`` is None for a module, which is only checked."""

    spec: tree.Spec
    program: Program | None
    warnings: tuple[Diagnostic, ...]


def compile_source(source: Source, registry: Registry, changes: Changes = UNCHANGED) -> Compiled:
    """Compile a task, or check a module. ``changes``: what a recipe changes in it. Raises ``SpecError`` with everything
    that is wrong."""
    with _deep():
        spec = parse(source)
        name = changes.name or spec.name
        if changes.stage is not None:
            name = f"{name}/{changes.stage.name}"
        return _compile(source, replace(spec, name=name), registry, changes)


def _compile(source: Source, spec: tree.Spec, registry: Registry, changes: Changes) -> Compiled:
    collector = Collector()
    cx = Context(registry, Builder(), collector, expr, source)
    task = Task(cx, lambda name: _module(registry, name), task_scope(cx), Model(spec.name, spec.doc))
    base_scope(cx)
    prelude = _module(registry, PRELUDE)
    if prelude is not None and spec.name != PRELUDE:
        task.declare(prelude, cx.base, {})
        task.used[PRELUDE] = None
    task.settings = {
        name: Setting(name, parse_expr_source(text), text.span) for name, text in changes.set.items()
    }  # fmt: skip
    task.steps = {
        name: Steps(name, said.place.span, None if said.values is None else parse_expr_source(said.values),
                    said.count, said.group)
        for name, said in changes.steps.items()
    }  # fmt: skip
    task.declare(spec, task.scope, {})
    task.hold(parse_expr_source(text) for text in changes.only)
    task.hold(tree.Unary("not", parse_expr_source(text), span=text.span) for text in changes.without)
    task.elaborate(spec)
    task.check_settings()
    check_uncalled(cx)
    if not collector.has_errors:
        for info in list(cx.groups.values()):
            check_ranges(cx, info)
    lint(task, spec)
    program: Program | None = None
    if spec.what == "task" and not collector.has_errors:
        for info in list(cx.groups.values()):
            for name in list(info.fields):
                if not name.endswith(" ") and name != "room":
                    store(cx, [info], name)
            settle(cx, info.id)
        task.model.clearer = changes.clearer
        if changes.clear is not None and not any(q.clear for q in task.model.questions):
            cx.error("R812", f"no question of `{spec.name}` says what is `clear`", changes.clear.span, "of nothing",
                     help="take it out, or write `clear` in the spec; `within` is no margin")  # fmt: skip
        _stage(cx, task.model, changes)
        program = lower(task.model, cx)
        lint_options(cx, task.model, program)
    if collector.has_errors:
        raise SpecError(_sorted(collector.found, source))
    if program is not None:
        verify(program)
    return Compiled(spec, program, tuple(_sorted(collector.found, source)))


def _stage(cx: Context, model: Model, changes: Changes) -> None:
    """Enter the stage of a curriculum; one with bounds is of answers that can be more or less clear."""
    said = changes.stage
    if said is None:
        return
    stage = Stage(said.name, said.low, said.high)
    slacks = {name: f.slack_unit for name, f in cx.registry.functions.items() if f.slack_unit}
    if stage.bounded and not any(deciding_units(cx.builder, q.answer.node, slacks)
                                 for q in model.questions if q.within is None):  # fmt: skip
        cx.error("R814", f"no answer of `{model.name}` hangs on a measure, so none is clearer than another",
                 said.place.span, "bounds of margins",
                 help="its answers are exact, or have a tolerance: give the spec a recipe of its own")  # fmt: skip
    model.stage = stage


def settle(cx: Context, ident: int) -> None:
    """Write what a group's table says of scenery and room into the group itself."""
    info = cx.groups[ident]
    scenery = False
    if "scenery" in info.fields:
        val = info.fields["scenery"].force(cx)
        record = cx.builder.nodes[val.node]
        if record.op != "const":
            cx.error("T245", "`scenery` is decided once for all pictures", val.span,
                     "this varies", help="write `scenery = true` or `scenery = false`")  # fmt: skip
        else:
            scenery = bool(record.attrs["value"])
    room = info.fields["room"].force(cx).node if "room" in info.fields else None
    cx.builder.update_group(ident, scenery=scenery, room=room)


def _module(registry: Registry, name: str) -> tree.Spec | None:
    """The tree of a module of the registry, or None when there is none of that name."""
    if name not in registry.modules:
        return None
    return _parsed(f"{name}.pgt", registry.module_text(name))


@lru_cache(maxsize=64)
def _parsed(name: str, text: str) -> tree.Spec:
    """The tree of a module, read once for the process."""
    return parse(Source(name, text))


@contextmanager
def _deep() -> Iterator[None]:
    """Room for long chains of definitions: each link takes some frames of Python's stack, which has plenty."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _sorted(found: list[Diagnostic], source: Source) -> list[Diagnostic]:
    def place(d: Diagnostic) -> tuple[int, int]:
        if d.label is None:
            return 2, 0
        return int(d.label.span.source is not source), d.label.span.start

    return sorted(found, key=place)
