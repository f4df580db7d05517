"""``pgt report``: what the replies of models say of their seeing, as a page, JSON and tables; and what to train on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from pgt_dsl.dataset.manifest import Manifest
    from pgt_dsl.diagnosis.diagnose import Diagnosis
    from pgt_dsl.diagnosis.suggest import Part

MOST_FOLDERS = 5000  # that are searched for specs beside a recipe


@click.command("report")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), default=Path("report"), show_default=True,
              help="Folder of the report.")  # fmt: skip
@click.option("--data", type=click.Path(path_type=Path), help="The data set (default: where the probe notes it).")
@click.option("--recipe", type=click.Path(path_type=Path), metavar="FILE.toml",
              help="Write a recipe that weights what the model is near to learn. Specs are those beside it or below, "
                   "and the shipped ones.")  # fmt: skip
def command(folders: tuple[Path, ...], out: Path, data: Path | None, recipe: Path | None) -> int:
    """Diagnose models from the FOLDERs that `pgt probe` wrote, one a model, and compare those with the same questions.

    Writes report.html, report.json, findings.csv, tasks.csv and factors.csv. What is named is beyond chance after
    correction for everything that was looked at.
    """
    from pgt_dsl.diagnosis.compare import compare
    from pgt_dsl.diagnosis.diagnose import diagnose
    from pgt_dsl.diagnosis.rows import several
    from pgt_dsl.diagnosis.write import PAGE, write
    from pgt_dsl.plugins.registry import registry

    if find_spec("scipy") is None:
        raise PgtError("`pgt report` needs scipy: pip install 'pgt-dsl[probe]'")
    if recipe is not None and (len(folders) > 1 or recipe.suffix != ".toml"):
        why = "is for one model: give one folder" if len(folders) > 1 else f"ends in .toml; `{recipe}` does not"
        raise click.UsageError(f"a recipe {why}")
    answers = several(folders, registry(), data)
    found = [diagnose(one) for one in answers]
    write(found, compare(answers), out)
    for one in found:
        _say(one)
    click.echo(f"report: {out / PAGE}")
    if recipe is not None:
        _recipe(found[0], recipe)
    return 0


def _say(found: Diagnosis) -> None:
    from pgt_dsl.diagnosis.page.sections import title

    low, high = found.all.bounds
    click.echo(f"{found.model}: right in {found.all.rate:.1%} of {found.all.asked:,} ({low:.1%} .. {high:.1%}); "
               f"{len(found.looks):,} looks")  # fmt: skip
    for look in found.findings:
        click.echo(f"  {title(look)} (p = {look.adjusted:.2g}, corrected)")
    if not found.findings:
        click.echo("  nothing is named")


# the recipe -----------------------------------------------------------------------------------------


def _recipe(found: Diagnosis, path: Path) -> None:
    """Write a recipe that can be built. What its spec cannot give (clearer answers, fewer values) is taken back."""
    from pgt_dsl.diagnosis.recipe import recipe_text
    from pgt_dsl.diagnosis.suggest import suggest

    assert found.answers.questions is not None  # read from a folder
    manifest = found.answers.questions.manifest
    specs = _specs(manifest, path.parent)
    parts = suggest(found)
    if not any(part.weight and part.task in specs for part in parts):
        if any(part.weight for part in parts):
            raise PgtError(f"no recipe was written: there is no spec of these tasks in `{path.parent}` or below it; "
                           "name a file beside the specs, as in --recipe specs/more.toml")  # fmt: skip
        raise PgtError("no recipe was written: all tasks are known")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            path.write_text(recipe_text(found, parts, manifest, specs), encoding="utf-8", newline="\n")
            wrong = _wrong(path, parts, specs)
            if not wrong:
                break
            parts = [_plainer(part, k in wrong) for k, part in enumerate(parts)]
    except OSError as error:
        raise PgtError(f"cannot write the recipe `{path}`: {error.strerror or error}") from error
    click.echo(f"recipe: {path}; `pgt build {path} --out DIR` makes the data set")


def _plainer(part: Part, wrong: bool) -> Part:
    """A part without what cannot be made of it; in the end without itself."""
    if not wrong:
        return part
    if part.name or part.set or part.clear is None:
        return replace(part, weight=0.0, why=(*part.why, "its scenes cannot be made"))
    return replace(part, clear=None, why=(*part.why, "clearer scenes cannot be made"))


def _wrong(path: Path, parts: Sequence[Part], specs: Mapping[str, str]) -> set[int]:
    """The numbers of the parts that `pgt recipe check` finds fault with."""
    from rich.console import Console

    from pgt_dsl.cli.recipe import plan_of
    from pgt_dsl.dataset.forecast import forecast
    from pgt_dsl.diagnostics import SpecError

    used = [k for k, part in enumerate(parts) if part.weight and part.task in specs]
    try:
        plan, _ = plan_of(path, Console(quiet=True))
    except SpecError:  # which of them is not told: all changes are taken back
        changed = {k for k in used if parts[k].set or parts[k].clear is not None}
        if not changed:
            raise
        return changed
    # tasks of the plan are the parts in their order, but for those whose weight is too small for a sample
    failed = {task.name for task in forecast(plan).tasks if task.error}
    return {k for k in used if (parts[k].name or parts[k].task) in failed}


def _specs(manifest: Manifest, folder: Path) -> dict[str, str]:
    """How a recipe in ``folder`` names the specs of a data set: those with the same program; else, of levels and other
    changed tasks, the one file of the same name."""
    from pgt_dsl.api import load
    from pgt_dsl.resources import data_path

    wanted = {task.file for task in manifest.tasks}
    files: dict[str, list[tuple[Path, str]]] = {}
    shipped = data_path("task_specs")
    for base in (folder, shipped):
        for file in _files(base, wanted):
            files.setdefault(file.name, []).append((file, file.relative_to(base).as_posix()))
    hashes: dict[Path, str] = {}
    found = {}
    for task in manifest.tasks:
        candidates = files.get(task.file, [])
        for file, _ in candidates:
            if file not in hashes:
                try:
                    hashes[file] = load(file).hash
                except PgtError:
                    hashes[file] = ""
        same = [name for file, name in candidates if hashes[file] == task.program]
        if same or len({hashes[file] for file, _ in candidates}) == 1:
            found[task.name] = same[0] if same else candidates[0][1]
    return found


def _files(base: Path, wanted: set[str]) -> Iterator[Path]:
    """The files of these names in a folder and below it; of very many folders the first ones."""
    for number, (folder, below, names) in enumerate(os.walk(base)):
        below[:] = sorted(name for name in below if not name.startswith("."))
        if number >= MOST_FOLDERS:
            return
        yield from (Path(folder) / name for name in sorted(wanted & set(names)))
