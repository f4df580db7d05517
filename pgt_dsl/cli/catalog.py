"""``pgt catalog``: translations of specs: made to be filled in, and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import Diagnostic, PgtError, SpecError

if TYPE_CHECKING:
    from pgt_dsl.dataset.task import Task


@click.group("catalog")
def command() -> None:
    """Translations of tasks into other languages: PO files beside the specs."""


@command.command("extract")
@click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", help="Such as de or zh: its catalogue is made, or brought up to date.")
@click.option("--out", "-o", type=click.Path(path_type=Path),
              help="The file (default: locale/LANGUAGE/FAMILY.po beside the specs, or above them).")  # fmt: skip
def extract(specs: tuple[Path, ...], language: str | None, out: Path | None) -> int:
    """Write the texts of SPECS into a catalogue, to be filled in. What is translated in it stays.

    Without --language it is a template, locale/FAMILY.pot.
    """
    from pgt_dsl.api import load_all
    from pgt_dsl.catalog.extract import catalog_path, extracted, write
    from pgt_dsl.languages.language import language as known

    lang = None if language is None else known(language)
    files: dict[Path, list[Task]] = {}
    for task in load_all(specs):
        path = out or catalog_path(task.program, task.source, language)
        files.setdefault(path, []).append(task)
    for path, tasks in files.items():
        text, empty = extracted([(task.program, task.source) for task in tasks], path, lang)
        write(path, text)
        rest = f", {empty} texts to be translated" if lang is not None else ""
        click.echo(f"{path}: {len(tasks)} {'task' if len(tasks) == 1 else 'tasks'}{rest}")
    return 0


@command.command("check")
@click.argument("specs", nargs=-1, type=click.Path(path_type=Path))
@click.option("--language", "languages", multiple=True, help="Only this one (may be given several times).")
@click.option("--scenes", type=click.IntRange(0, 1000), default=6, show_default=True,
              help="Scenes of each task whose answers are read back.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of diagnostics.")
def check(specs: tuple[Path, ...], languages: tuple[str, ...], scenes: int, as_json: bool) -> int:
    """Check the catalogues of SPECS (default: the shipped ones): that each text is translated, with all its holes,
    plural forms and cases, and that answers in the language are read as what they mean.

    A task that has no text in a language is not checked in it; how many there are is said.
    """
    from pgt_dsl.api import load_all
    from pgt_dsl.cli.check import say
    from pgt_dsl.languages.language import check_code, known
    from pgt_dsl.resources import data_path

    tasks = load_all(specs or [data_path("task_specs")])
    found: list[Diagnostic] = []
    lines = []
    for code in languages or known():
        made, more = _checked(tasks, check_code(code), scenes)
        found += [fault for fault in more if fault not in found]
        lines.append(f"{code}: {made} of {len(tasks)} tasks translated")
    return say(found, "\n".join(lines), as_json)


def _checked(tasks: list[Task], code: str, scenes: int) -> tuple[int, list[Diagnostic]]:
    """How many tasks have the language, and what is wrong."""
    from pgt_dsl.catalog.trial import read_back

    made, found = 0, list[Diagnostic]()
    for task in tasks:
        try:
            translation = task.translated(code)
            if translation is None:
                continue
            made += 1
            found += read_back(task, code, scenes)
        except SpecError as error:
            made += 1
            found += error.diagnostics
        except PgtError as error:
            raise PgtError(f"{task.name} in {code}: {error}") from error
    return made, found
