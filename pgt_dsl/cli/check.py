"""``pgt check``: what is wrong with specs, as text or JSON. Imports nothing heavy, so that editors may call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import Diagnostic, SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pgt_dsl.plugins.registry import Registry
    from pgt_dsl.program.program import Program
    from pgt_dsl.source import Source


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of diagnostics.")
@click.option("--solve", is_flag=True, help="Also draw scenes of each task (not of those about photos).")
def command(paths: tuple[Path, ...], as_json: bool, solve: bool) -> int:
    """Check specs (files, or folders of them) and say what is wrong with them.

    A task that is proved to have no scene, or none for a value that it promises, is an error; with --solve, a task of
    which no scene is found is a warning, and so is a draw that comes out far from what is declared. The exit status is
    1 if there is an error; warnings alone give 0.
    """
    files, found = check_paths(paths, solve)
    return say(found, summary(files, found), as_json)


def say(found: Sequence[Diagnostic], last: str, as_json: bool) -> int:
    """Print what was found, and ``last`` below it, or a JSON array of it; the exit status, 1 when there is an error."""
    from pgt_dsl.report import render_text, to_json

    if as_json:
        click.echo(json.dumps([to_json(d) for d in found], indent=2, ensure_ascii=False))
    else:
        for diagnostic in found:
            click.echo(render_text(diagnostic))
            click.echo()
        click.echo(last)
    return int(any(d.severity == "error" for d in found))


def check_paths(paths: tuple[Path, ...], solve: bool = False) -> tuple[int, list[Diagnostic]]:
    """How many files there were, and everything found in them, file by file; ``solve``: also look for scenes."""
    from pgt_dsl.compile import compile_source
    from pgt_dsl.plugins.registry import registry
    from pgt_dsl.spec_files import spec_files
    from pgt_dsl.syntax.limits import read_source

    plugins = registry()
    files, found = 0, list[Diagnostic]()
    for given in paths:
        try:
            for path in spec_files([given]):
                files += 1
                try:
                    source = read_source(path)
                    compiled = compile_source(source, plugins)
                    found.extend(compiled.warnings)
                    if compiled.program is not None:
                        found.extend(solved(compiled.program, source, plugins, solve))
                except SpecError as error:
                    found.extend(error.diagnostics)
        except SpecError as error:
            found.extend(error.diagnostics)
    return files, found


def solved(program: Program, source: Source, plugins: Registry, search: bool) -> list[Diagnostic]:
    """What is proved of a task's scenes (S501, S505), and with ``search`` whether any is found (S506) and what of its
    draws is bent (S512)."""
    from pgt_dsl.solve.canvas import SIZE, canvas_size
    from pgt_dsl.solve.explain import prove_at_any_size
    from pgt_dsl.solve.words import diagnostics, not_found

    if not search:
        return diagnostics(prove_at_any_size(program, plugins, canvas_size(program, SIZE)), source)
    from pgt_dsl.solve.verdict import verdict  # which draws, and is slower to import

    found = verdict(program, plugins)
    unfound = [not_found(found.report, source)] if found.what == "not found" and found.report is not None else []
    bent = drifting(program, plugins, source) if found.what == "feasible" else []
    return [*diagnostics(found.proof, source), *unfound, *bent]


def drifting(program: Program, plugins: Registry, source: Source) -> list[Diagnostic]:
    """The draws that the first scenes of a task show to be bent (S512); none where scenes cannot be found."""
    from pgt_dsl.solve.bent import warnings
    from pgt_dsl.solve.canvas import SIZE
    from pgt_dsl.solve.drift import drifts, survey
    from pgt_dsl.solve.reject import Sampler

    counts = survey(Sampler(program, plugins, 0, SIZE))
    return warnings(program, plugins, drifts(program, counts), source, SIZE)


def summary(files: int, found: list[Diagnostic]) -> str:
    """``2 specs: 1 error, no warnings``."""
    errors = sum(d.severity == "error" for d in found)
    return f"{_count(files, 'spec')}: {_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
