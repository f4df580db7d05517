"""The way in from Python: ``load`` a spec, then ``sample`` and ``batch``.

import pgt_dsl

task = pgt_dsl.load("task_specs/spatial/left_of.pgt")
example = task.sample(seed=0, index=7)
example.image.show()
print(example.question, example.answer)
pixels = task.batch(count=64, size=224).pixels  # uint8[64, H, W, 3]
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pgt_dsl.compile import compile_source
from pgt_dsl.dataset.task import Batch, Example, Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.translation import Translation
from pgt_dsl.passage import UNCHANGED, Changes
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.program.program import Program
from pgt_dsl.source import Source
from pgt_dsl.spec_files import spec_files
from pgt_dsl.syntax.limits import read_source

__all__ = ["Batch", "Example", "Task", "load", "load_all"]


def load(spec: str | Path, plugins: Registry | None = None) -> Task:
    """Compile a spec.

    spec: the path of a ``.pgt`` file, or the text of a spec (a ``str`` of several lines).
    plugins: what the language offers; None for everything installed.
    Raises ``SpecError`` with all diagnostics when the spec is wrong or the file cannot be read.
    """
    is_text = isinstance(spec, str) and "\n" in spec
    source = Source("<text>", str(spec)) if is_text else read_source(spec)
    task = _compile(source, plugins or registry())
    if task is None:
        raise PgtError(f"`{source.name}` is a module, not a task")
    return task


def load_all(paths: Iterable[str | Path], plugins: Registry | None = None) -> list[Task]:
    """Compile files, and all ``.pgt`` files below folders, in the order given and by name. Modules are only checked.

    Raises as ``load``, for the first spec that is wrong; and ``PgtError`` when two tasks have one name.
    """
    offered = plugins or registry()
    tasks: list[Task] = []
    files: dict[str, str] = {}
    for path in spec_files(Path(p) for p in paths):
        task = _compile(read_source(path), offered)
        if task is None:
            continue
        if task.name in files:
            raise PgtError(f"two specs name their task `{task.name}`: {files[task.name]} and {path}")
        files[task.name] = str(path)
        tasks.append(task)
    if not tasks:
        raise PgtError("there is no task among these files, only modules")
    return tasks


def load_changed(files: Iterable[tuple[str | Path, Changes]], plugins: Registry | None = None) -> list[Task]:
    """Compile spec files, each with what a recipe changes in it, in the order given.

    Raises as ``load``, for the first spec that is wrong; a change is wrong where the recipe says it.
    """
    offered = plugins or registry()
    tasks = [_compile(read_source(path), offered, changes) for path, changes in files]
    if None in tasks:
        raise PgtError("a recipe names tasks, and one of its files is a module")
    return [task for task in tasks if task is not None]


def _compile(source: Source, plugins: Registry, changes: Changes = UNCHANGED) -> Task | None:
    """The task of a source; None for a module."""
    compiled = compile_source(source, plugins, changes)
    if compiled.program is None:
        return None
    translated = partial(_translated, compiled.program, source)
    return Task(compiled.program, source, plugins, tuple(compiled.warnings), translated)


def _translated(program: Program, source: Source, language: str) -> Translation | None:
    """The translation of a task, from the catalogues beside its spec."""
    from pgt_dsl.catalog.translate import translation_of  # and with it Babel: for who asks for languages

    return translation_of(program, source, language)
