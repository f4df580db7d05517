"""Plants a mutant in the running process, wherever its function is referred to.

The code of a function is exchanged in place, so names imported elsewhere, tables of operations, closures, methods and
memoised references all run the mutant. A constant or table of a module is computed anew and put where the old one was.
There is no way back: plant in a forked process.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper
from importlib import import_module
from types import CodeType, FunctionType
from typing import Any

from tests.mutation.operators import ROOT, Mutant, planted

KEPT = ("pgt_dsl.compile", "pgt_dsl.plugins", "pgt_dsl.syntax", "pgt_dsl.types", "pgt_dsl.testing", "pgt_dsl.photos")
"""Rooms whose memoised results do not depend on what is mutated, and are dear."""


class NotPlanted(Exception):
    """The mutant changes nothing in this process: Python itself folds it away, or nothing refers to it."""


def module_of(file: str) -> Any:
    """The module of a source file, imported."""
    return import_module(file.removesuffix(".py").replace("/", "."))


def plant(mutant: Mutant) -> None:
    """Make this process run the mutant. Raises ``NotPlanted``, or ``LookupError`` when there is no such mutant."""
    module = module_of(mutant.file)
    path = str(ROOT / mutant.file)
    tree, statement = planted(mutant)
    new = compile(tree, path, "exec")
    old = compile((ROOT / mutant.file).read_text(encoding="utf-8"), path, "exec")
    changed = dict(_differing(old, new))
    functions = {key: code for key, code in changed.items() if not key[1].endswith("<module>")}
    top = tree.body[statement]
    count = _exchange(path, functions)
    if not mutant.function or (not count and _names(top)):
        count += _redo(module, tree, statement, path)
    _defaults(module, tree, statement, mutant, path)
    if not count and not changed:
        raise NotPlanted(mutant.name)
    forget()


def forget() -> None:
    """Empty what the engine has memoised."""
    for thing in _STOCK.memos or _memos():
        thing.cache_clear()


@dataclass
class _Stock:
    """What there is to exchange and to empty; looking for it takes longer than most mutants live."""

    functions: list[FunctionType] = field(default_factory=list)
    memos: list[Any] = field(default_factory=list)


_STOCK = _Stock()


def take_stock() -> None:
    """Find all functions and memos of the engine, once for all processes that are forked from now on; the collector
    of garbage leaves alone what is there, so that these share its memory."""
    gc.unfreeze()
    gc.collect()
    _STOCK.functions, _STOCK.memos = _functions(), _memos()
    gc.freeze()


def objects() -> list[Any]:
    """All that the collector of garbage knows, that which it leaves alone too."""
    gc.unfreeze()
    return gc.get_objects()


def _functions() -> list[FunctionType]:
    found = (thing for thing in objects() if isinstance(thing, FunctionType))
    return [function for function in found if function.__code__.co_filename.startswith(f"{ROOT}/pgt_dsl")]


def _memos() -> list[Any]:
    found = []
    for thing in objects():
        if isinstance(thing, _lru_cache_wrapper):
            home = getattr(thing, "__module__", "") or ""
            if home.startswith("pgt_dsl.") and not home.startswith(KEPT):
                found.append(thing)
    return found


Key = tuple[int, str]


def _codes(code: CodeType, found: list[tuple[Key, CodeType]]) -> list[tuple[Key, CodeType]]:
    found.append(((code.co_firstlineno, code.co_qualname), code))
    for const in code.co_consts:
        if isinstance(const, CodeType):
            _codes(const, found)
    return found


def _differing(old: CodeType, new: CodeType) -> list[tuple[Key, CodeType]]:
    """The codes of the new module that differ from the old one's, by where they start and what they are called."""
    before, after = _codes(old, []), _codes(new, [])
    olds: dict[Key, list[CodeType]] = {}
    for key, code in before:
        olds.setdefault(key, []).append(code)
    found = []
    for key, code in after:
        alike = olds.get(key, [])
        if code not in alike or code.co_consts not in [c.co_consts for c in alike]:
            found.append((key, code))
    return found


def _exchange(path: str, changed: dict[Key, CodeType]) -> int:
    """Give every function of the file whose code changed its new code; how many there were."""
    count = 0
    for thing in _STOCK.functions or _functions():
        if thing.__code__.co_filename == path:
            new = changed.get((thing.__code__.co_firstlineno, thing.__code__.co_qualname))
            if new is not None and new.co_freevars == thing.__code__.co_freevars:
                thing.__code__ = new
                count += 1
    return count


def _names(statement: Any) -> bool:
    return statement.__class__.__name__ in ("Assign", "AnnAssign")


def _redo(module: Any, tree: Any, statement: int, path: str) -> int:
    """Run the changed statement of the module anew, and put what it names wherever the old values are named."""
    import ast

    body = tree.body[statement]
    if not isinstance(body, ast.Assign | ast.AnnAssign):
        return 0
    before = dict(vars(module))
    exec(compile(ast.Module([body], []), path, "exec"), vars(module))
    count = 0
    for name, value in list(vars(module).items()):
        old = before.get(name)
        if name not in before or old is value:
            continue
        count += 1
        if isinstance(old, dict) and isinstance(value, dict):
            fresh = dict(value)
            old.clear()
            old.update(fresh)
            setattr(module, name, old)
            continue
        for other in list(sys.modules.values()):
            file = str(getattr(other, "__file__", None))
            if file.startswith((f"{ROOT}/pgt_dsl", f"{ROOT}/tests")) and vars(other).get(name) is old:
                setattr(other, name, value)
    return count


def _defaults(module: Any, tree: Any, statement: int, mutant: Mutant, path: str) -> None:
    """The defaults of arguments of a top-level function, where the mutant may stand."""
    import ast

    body = tree.body[statement]
    if not isinstance(body, ast.FunctionDef) or not (body.args.defaults or body.args.kw_defaults):
        return
    space = dict(vars(module))
    stripped = ast.FunctionDef(
        name=body.name, args=body.args, body=[ast.Pass()], decorator_list=[], returns=None, type_comment=None
    )
    holder = ast.fix_missing_locations(ast.Module([ast.copy_location(stripped, body)], []))
    exec(compile(holder, path, "exec", flags=_annotations()), space)
    made, real = space[body.name], vars(module).get(body.name)
    while real is not None and not isinstance(real, FunctionType):
        real = getattr(real, "__wrapped__", None) or getattr(real, "py_func", None)
    if real is not None:
        real.__defaults__, real.__kwdefaults__ = made.__defaults__, made.__kwdefaults__


def _annotations() -> int:
    import __future__

    return __future__.annotations.compiler_flag
