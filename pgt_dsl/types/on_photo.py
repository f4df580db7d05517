"""What is measured on the photo itself: only in tasks with a photo, and of a shape all that lies in its outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgt_dsl.syntax import tree
from pgt_dsl.types.loops import is_binding
from pgt_dsl.types.model import Model
from pgt_dsl.types.scope import Scope

if TYPE_CHECKING:
    from pgt_dsl.types.context import Context

NAMES = ("depth", "depth_of", "depth_spread", "texture")
OF_SHAPES = {"depth": "depth_of"}


def meant(cx: Context, node: tree.Call, scope: Scope) -> str:
    """The function that a call means: ``depth(o)`` of a shape is ``depth_of(o)``, not the depth at its middle."""
    other = OF_SHAPES.get(node.name)
    if other is None or is_binding(node.args) or not node.args.items:
        return node.name
    first = node.args.items[0]
    if first.name not in (None, "", "s"):
        return node.name
    return other if cx.expr(cx, first.expr, scope).type.base == "shape" else node.name


def photo_named(cx: Context, model: Model) -> None:
    """Report a measure of the photo in a task that has none."""
    if model.background.kind != "photo" and cx.photo_reads:
        name, span = cx.photo_reads[0]
        cx.error("T255", f"`{name}` is measured on a photo, and this task has none", span, "of what?",
                 help="put one behind the shapes: `background img: photo`")  # fmt: skip
