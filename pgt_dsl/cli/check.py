"""``pgt check``: what is wrong with specs, as text or JSON. Imports nothing heavy, so that editors may call it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pgt_dsl.diagnostics import Diagnostic, SpecError


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of diagnostics.")
def command(paths: tuple[Path, ...], as_json: bool) -> int:
    """Check specs (files, or folders of them) and say what is wrong with them.

    The exit status is 1 if there is an error; warnings alone give 0.
    """
    from pgt_dsl.report import render_text, to_json

    files, found = check_paths(paths)
    if as_json:
        click.echo(json.dumps([to_json(d) for d in found], indent=2, ensure_ascii=False))
    else:
        for diagnostic in found:
            click.echo(render_text(diagnostic))
            click.echo()
        click.echo(summary(files, found))
    return int(any(d.severity == "error" for d in found))


def check_paths(paths: tuple[Path, ...]) -> tuple[int, list[Diagnostic]]:
    """How many files there were, and everything found in them, file by file."""
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
                    found.extend(compile_source(read_source(path), plugins).warnings)
                except SpecError as error:
                    found.extend(error.diagnostics)
        except SpecError as error:
            found.extend(error.diagnostics)
    return files, found


def summary(files: int, found: list[Diagnostic]) -> str:
    """``2 specs: 1 error, no warnings``."""
    errors = sum(d.severity == "error" for d in found)
    return f"{_count(files, 'spec')}: {_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
