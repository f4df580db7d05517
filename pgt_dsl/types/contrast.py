"""Where `contrast` has a value: on a background that the task names, for a shape that has one colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pgt_dsl.source import Span
from pgt_dsl.types.model import Model
from pgt_dsl.types.scope import Val

if TYPE_CHECKING:
    from pgt_dsl.types.context import Context

NAME = "contrast"


def one_colour(cx: Context, shape: Val, span: Span | None) -> None:
    """Refuse the contrast of a composite, and remember that contrast is asked for. Raises ``Stop``."""
    made = next((g for k in shape.groups if (g := cx.builder.groups[k]).composite), None)
    if made is not None:
        parts = ", ".join(f"`.{name}`" for name in made.parts)
        cx.fail("T247", f"`{made.name}` is made of parts, which have colours of their own", shape.span or span,
                f"a `{made.kind}` has no contrast", help=f"ask for that of a part: it has {parts}")  # fmt: skip
    cx.contrasts.append(span)


def known_ground(cx: Context, model: Model) -> None:
    """Report contrast in a task whose background is chosen when its shapes are already placed."""
    if model.background.kind == "any" and cx.contrasts:
        cx.error("T247", "how light the ground is must be known, and this task names no background", cx.contrasts[0],
                 "against what?", help="name one, as in `background behind: plain`")  # fmt: skip
