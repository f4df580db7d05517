"""Functions that nothing calls: their bodies are never expanded, so at least their names are looked up."""

from __future__ import annotations

from contextlib import suppress

from pgt_dsl.syntax import tree
from pgt_dsl.types.calls import known_function
from pgt_dsl.types.context import Context
from pgt_dsl.types.expressions import unknown
from pgt_dsl.types.loops import is_binding
from pgt_dsl.types.scope import Lazy, Scope, Stop, Val


def check_uncalled(cx: Context) -> None:
    """Report unknown names in the functions of the file being compiled that no expression has called."""
    for name, decl in cx.defs.items():
        span = decl.tree.span
        if name not in cx.called and span is not None and span.source is cx.home:
            placeholder = Lazy("", None, _no_value, used=True)
            scope = Scope(decl.scope, {param.name: placeholder for param in decl.tree.params})
            for part in (decl.tree.body, *(p.default.expr for p in decl.tree.params if p.default)):
                _look(cx, part, scope)


def _no_value() -> Val:
    raise Stop


def _look(cx: Context, node: tree.Expr, scope: Scope) -> None:
    """Look up the names of an expression."""
    with suppress(Stop):
        if isinstance(node, tree.Name):
            found = scope.lookup(node.name)
            if found is None:
                unknown(cx, node.name, node.span, scope)
            if isinstance(found, Lazy):
                found.used = True
        elif isinstance(node, tree.Call):
            known_function(cx, node)
            _look_args(cx, node.args, scope)
        elif isinstance(node, tree.ListOf):
            _look_args(cx, node.args, scope)
        elif isinstance(node, tree.Dot):
            _look(cx, node.of, scope)
        elif isinstance(node, tree.Text):
            for part in node.parts:
                if isinstance(part, tree.Hole):
                    _look(cx, part.expr, scope)
        else:
            for inner in _parts(node):
                _look(cx, inner, scope)


def _parts(node: tree.Expr) -> tuple[tree.Expr, ...]:
    """The expressions directly within an expression."""
    if isinstance(node, tree.Index):
        return node.of, node.index
    if isinstance(node, tree.Pair):
        return node.x, node.y
    if isinstance(node, tree.Unary):
        return (node.of,)
    if isinstance(node, tree.Binary):
        return node.left, node.right
    if isinstance(node, tree.Choose):
        return node.condition, node.then, node.otherwise
    return ()


def _look_args(cx: Context, args: tree.Args, scope: Scope) -> None:
    """Look up the names of arguments; a loop's own names are known within it."""
    inner = scope
    if is_binding(args):
        bound = Lazy("", None, _no_value, used=True)
        inner = scope.child()
        for arg in args.items:
            node = arg.expr
            if isinstance(node, tree.Binary) and node.op == "in" and isinstance(node.left, tree.Name):
                _look(cx, node.right, scope)
                inner.names[node.left.name] = bound
            elif isinstance(node, tree.Name):
                inner.names[node.name] = bound
    else:
        for arg in args.items:
            _look(cx, arg.expr, scope)
    for part in (args.where, args.body):
        if part is not None:
            _look(cx, part, inner)
