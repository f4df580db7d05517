"""The LALR tables of the language, built by lark from ``grammar/pgt.lark`` and kept in a per-user cache.

Building takes some 0.2 s, loading 10 ms. The cache is only a convenience: every failure to read or write it is
ignored. It is read through an unpickler that can make plain data and nothing else, and only if no one but the user
could have written it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import stat
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef
from lark.utils import fzset

from pgt_dsl.resources import cache_folder, grammar_text

STARTS = ["start", "items", "expr"]


@lru_cache(maxsize=1)
def parser() -> lark.Lark:
    """The parser, with the starts ``start`` (a file), ``items`` (statements) and ``expr``."""
    grammar = grammar_text()
    key = hashlib.sha256(repr((grammar, lark.__version__, sys.version_info[:3], STARTS)).encode()).hexdigest()[:32]
    path = cache_folder()
    if path is not None:
        path = path / f"tables-{key}.bin"
        stored = _read(path)
        if stored is not None:
            with contextlib.suppress(Exception):  # a damaged cache is no reason to fail: build the tables instead
                loaded: lark.Lark = lark.Lark._load_from_dict(stored["data"], stored["memo"])  # type: ignore[no-untyped-call]
                return loaded
    built = build(grammar)
    if path is not None:
        _write(path, built)
    return built


def build(grammar: str, *, strict: bool = False) -> lark.Lark:
    """The parser built from the text of the grammar; ``strict`` raises on any conflict (needs interegular)."""
    return lark.Lark(grammar, parser="lalr", lexer="contextual", start=STARTS, propagate_positions=True, strict=strict)


@lru_cache(maxsize=8)
def terminal_pattern(name: str) -> str:
    """The regular expression of a terminal of the grammar."""
    return parser().get_terminal(name).pattern.to_regexp()


def _mine_alone(info: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True  # Windows: the folder lies in the user's profile
    return info.st_uid == os.getuid() and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


class _PlainData(pickle.Unpickler):
    """Loads dicts, lists, numbers and texts (and lark's frozen sets), and refuses every other class or function."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("lark.utils", "fzset"):
            return fzset
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a cache")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        if not _mine_alone(path.parent.lstat()):
            return None
        with path.open("rb") as file:
            if not _mine_alone(os.fstat(file.fileno())):
                return None
            stored = _PlainData(io.BytesIO(file.read())).load()
    except Exception:  # unreadable or damaged in whatever way: the tables are built anew
        return None
    return stored if isinstance(stored, dict) and {"data", "memo"} <= stored.keys() else None


def _write(path: Path, built: lark.Lark) -> None:
    temporary: str | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        data, memo = built.memo_serialize([TerminalDef, Rule])
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="tables-", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            pickle.dump({"data": data, "memo": memo}, file, protocol=pickle.HIGHEST_PROTOCOL)
        os.replace(temporary, path)
    except Exception:  # a read-only home or a full disk must not stop anyone
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
