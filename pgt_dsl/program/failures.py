"""Failures of plugins on the values of a task, named with the place in the spec that called for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.program import Group, Node, Origin

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator


class PluginError(PgtError):
    """A function or a kind of a plugin failed on the values that a task gave it."""


def failed(what: str, error: Exception, origin: Origin) -> PluginError:
    """The error for a person: what failed, where in the spec, and how."""
    place = f"{origin.file}:{origin.line}: " if origin.line else ""
    line = f"\n  {origin.text}" if origin.text else ""
    message = f"{place}{what} failed on values of this task: {type(error).__name__}: {error}{line}"
    return PluginError(f"{message}\n  this is a fault of the plugin that offers it, not of the spec")


def origin_of(ev: Evaluator, node: Node) -> Origin:
    """The narrowest thing of the spec that needs a node: a constraint, a question, a variable or a shape."""
    program, facts = ev.program, ev.facts
    step = ("node", next(k for k, other in enumerate(program.nodes) if other == node))
    starts: list[tuple[tuple[str, int], Origin]] = [(("node", c.node), c.origin) for c in program.constraints]
    starts += [(("node", ask.answer), ask.origin) for ask in program.asks]
    starts += [(("node", m.node), ask.origin) for ask in program.asks for m in ask.wrong]
    starts += [(("var", v.id), v.origin) for v in program.vars]
    starts += [(("group", g.id), g.origin) for g in program.groups]
    near = [(len(facts.reach(s)), k) for k, (s, origin) in enumerate(starts) if origin.line and step in facts.reach(s)]
    return starts[min(near)[1]][1] if near else Origin()


def outline_of(ev: Evaluator, group: Group, fields: Any) -> Any:
    """The outlines that a kind gives. Raises ``PluginError`` when it fails."""
    try:
        return ev.load(ev.registry.kinds[group.kind].outline)(fields)
    except PgtError:
        raise
    except Exception as error:
        raise failed(f"the kind `{group.kind}`", error, group.origin) from error
