"""Warnings that need no pictures: unused names, and answers that do not look at the picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pgt_dsl.program.program import Node, NodeId
from pgt_dsl.syntax import tree
from pgt_dsl.types.contrast import known_ground
from pgt_dsl.types.on_photo import photo_named
from pgt_dsl.types.scope import Stop

if TYPE_CHECKING:
    from pgt_dsl.types.context import Context
    from pgt_dsl.types.task import Task


def lint(task: Task, spec: tree.Spec) -> None:
    """Add warnings about a task to its collector."""
    cx = task.cx
    if spec.what != "task":
        return
    if not any(isinstance(item, tree.Ask) for item in spec.items):
        cx.error("N313", "this task asks nothing", spec.name_span or spec.span, "no `ask`",
                 help='add a question: `ask "..." answer ...`')  # fmt: skip
    known_ground(cx, task.model)
    photo_named(cx, task.model)
    if cx.collector.has_errors:
        return
    for lazy in task.lazies:
        if not lazy.used and lazy.span is not None and lazy.span.source is (spec.span.source if spec.span else None):
            note = ", but still splits the samples into equal shares" if lazy.what == "pick" else ""
            cx.collector.warning("W701", f"`{lazy.name}` is never used", lazy.span, f"changes no picture{note}",
                                 help="use it, or take it out")  # fmt: skip
    for question in task.model.questions:
        record = cx.builder.nodes[question.answer.node]
        if record.op == "var" and cx.builder.vars[record.attrs["var"]].role in ("let", "pick"):
            name = cx.builder.vars[record.attrs["var"]].name
            if not _shapes_geometry(task, name):
                cx.collector.warning("W702", "the answer does not look at the picture", question.answer.span,
                                     f"`{name}` is what was drawn by chance",
                                     help="measure the finished scene, as in `answer count(xs)`, "
                                     f"and add `expect {name}`")  # fmt: skip
    _lint_even(task)


def _lint_even(task: Task) -> None:
    """``even`` on an answer that the picks decide alone: it cannot change shares that they have fixed."""
    cx = task.cx
    for question in task.model.questions:
        if question.even and question.answer.span is not None and _picks_decide(cx, question.answer.node):
            cx.collector.warning("W704", "`even` has no say here: the picks decide this answer",
                                 question.even_span or question.span, "changes nothing",
                                 others=[(question.answer.span, "follows from picks alone")],
                                 help="leave `even` out, or draw with `let` what the answer follows from")  # fmt: skip


def _picks_decide(cx: Context, node: int) -> bool:
    """Whether a value reads picks, constants and the lengths of lists, and nothing that is drawn or measured."""
    b = cx.builder

    def beyond(record: Node) -> Iterator[NodeId]:
        if record.op == "group":
            counts = (b.axes[axis].count for axis in b.groups[record.attrs["group"]].axes)
            yield from (count for count in counts if count is not None)
        if record.op in ("loop", "elem"):
            yield from b.axes[record.attrs["axis"]].lists

    for at in b.reach([node], beyond):
        record = b.nodes[at]
        if record.op in ("field", "photo", "parts"):
            return False
        if record.op == "var" and b.vars[record.attrs["var"]].role != "pick":
            return False
        if record.op == "call" and any(b.nodes[arg].type.base == "shape" for arg in record.args):
            return False
    return True


def _shapes_geometry(task: Task, name: str) -> bool:
    """Whether a drawn number is the geometry itself: a count of shapes or a field of one."""
    builder = task.cx.builder
    ident = next(v.id for v in builder.vars if v.name == name)
    node = next(k for k, n in enumerate(builder.nodes) if n.op == "var" and n.attrs["var"] == ident)
    roots = [axis.count for axis in builder.axes if axis.count is not None]
    for info in task.cx.groups.values():
        for lazy in info.fields.values():
            try:
                roots.append(lazy.force(task.cx).node)
            except Stop:
                continue
    return node in builder.reach(roots)
