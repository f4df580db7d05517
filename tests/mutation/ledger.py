"""What is known of the planted bugs: a verdict for each mutant, kept in the source tree, and what of it still counts.

``ledger.jsonl`` holds one line of JSON for each mutant, in the order of their names; what is empty is left out. A line
is written by the command as soon as a mutant is judged, so that it may be stopped at any time, and the file is put in
order when the command ends. A verdict counts while the text of the mutated function stays as it was, but for comments
and layout; one on a function that has changed is stale, and is made anew.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path

from tests.mutation.operators import Mutant, source_text

LEDGER = Path(__file__).with_name("ledger.jsonl")
SAID = 120  # characters of what was said of a mutant


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: ``by`` is the suite that noticed it, "" for a survivor and "-" where nothing was
    planted. ``how`` is what was said. ``source``: the hash of the function that was mutated. ``asked``: the stages that
    did not notice it. ``differs``: scenes came out otherwise, and no check minded."""

    name: str
    by: str = ""
    how: str = ""
    source: str = ""
    asked: tuple[str, ...] = ()
    differs: bool = False

    def judged(self, stages: Sequence[str]) -> bool:
        """Whether it is known what became of the mutant: it was noticed, or all stages were asked."""
        return bool(self.by) or set(stages) <= set(self.asked)

    def line(self) -> str:
        """It as a line of a ledger."""
        empty = {field.name: field.default for field in fields(self)}
        said = {**asdict(self), "how": self.how[:SAID]}
        return json.dumps({name: value for name, value in said.items() if value != empty[name]}, ensure_ascii=False)


class Ledger:
    """Verdicts by the names of mutants, a line each. Those of a mutant that come later take the earlier ones' place.

    path: where verdicts are written; None to keep none. also: ledgers that are only read.
    """

    def __init__(self, path: Path | None, also: Sequence[Path] = ()) -> None:
        self.path = path
        self.found: dict[str, Verdict] = {}
        for each in (*also, *([path] if path is not None else [])):
            self.found.update({verdict.name: verdict for verdict in _read(each)})

    def get(self, mutant: Mutant) -> Verdict | None:
        """The verdict on a mutant, if there is one on the function as it stands."""
        found = self.found.get(mutant.name)
        return found if found is not None and found.source == source_hash(mutant) else None

    def stale(self, mutant: Mutant) -> bool:
        """Whether there is a verdict on a mutant whose function has changed since."""
        return mutant.name in self.found and self.get(mutant) is None

    def add(self, verdict: Verdict) -> None:
        """Keep a verdict, at once."""
        self.found[verdict.name] = verdict
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as out:
                out.write(verdict.line() + "\n")

    def tidy(self, names: Sequence[str] | None = None) -> None:
        """Write the file anew: a line for each mutant, in the order of names. names: of the mutants that there are,
        the others are left out; None for all."""
        if self.path is None:
            return
        own = {verdict.name: verdict for verdict in _read(self.path)}
        kept = sorted(own if names is None else own.keys() & set(names))
        beside = self.path.with_suffix(".tidy")
        beside.write_text("".join(own[name].line() + "\n" for name in kept), encoding="utf-8")
        beside.replace(self.path)


def _read(path: Path) -> Iterator[Verdict]:
    if not path.exists():
        return
    known = {field.name for field in fields(Verdict)}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            said = json.loads(line)
            yield Verdict(**{**{k: v for k, v in said.items() if k in known}, "asked": tuple(said.get("asked", ()))})
        except (ValueError, TypeError, AttributeError):
            continue  # a line that was cut off


def source_hash(mutant: Mutant) -> str:
    """The hash by which a verdict is known to be on this source: of the function that is mutated, or of the statement
    of the module; comments and layout are no part of it."""
    if mutant.function:
        return _hashes(mutant.file)[mutant.function]
    return _hash([_statement(mutant.file, mutant.line)])


@lru_cache(maxsize=256)
def _tree(file: str) -> ast.Module:
    return ast.parse(source_text(file))


@lru_cache(maxsize=4096)
def _statement(file: str, line: int) -> ast.AST:
    return next(item for item in _tree(file).body if item.lineno <= line <= (item.end_lineno or item.lineno))


@lru_cache(maxsize=256)
def _hashes(file: str) -> dict[str, str]:
    """Of all functions and classes of a file, by qualified name; of those of one name together."""
    found: dict[str, list[ast.AST]] = {}

    def walk(node: ast.AST, within: str) -> None:
        for child in ast.iter_child_nodes(node):
            name = within
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                name = f"{within}.{child.name}" if within else child.name
                found.setdefault(name, []).append(child)
            walk(child, name)

    walk(_tree(file), "")
    return {name: _hash(nodes) for name, nodes in found.items()}


def _hash(nodes: Sequence[ast.AST]) -> str:
    return hashlib.blake2b("\n".join(map(ast.dump, nodes)).encode(), digest_size=6).hexdigest()
