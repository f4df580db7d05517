"""The programs of a data set, kept beside its manifest: with them its samples can be made again without the specs.

``programs/HASH.json`` is the program as ``program.serial`` writes it, ``programs/HASH.de.json`` its German. Where a
line of it stands in the spec is kept, the folder of the spec is not, so the same specs give the same bytes wherever
they lie.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import check_code
from pgt_dsl.languages.translation import Translation, translation_from_json, translation_to_json
from pgt_dsl.program.program import Program
from pgt_dsl.program.serial import from_json, program_hash, to_json

PROGRAMS = "programs"
MOST_BYTES = 1 << 28  # of a program's file that are read at all


def write_programs(tasks: Sequence[Task], folder: Path) -> None:
    """Write the programs of some tasks below ``folder``."""
    (folder / PROGRAMS).mkdir(exist_ok=True)
    for task in tasks:
        text = json.dumps(_without_folders(to_json(task.program)), ensure_ascii=False, separators=(",", ":"))
        path_of(folder, task.hash).write_text(text + "\n", encoding="utf-8", newline="\n")


def write_translations(translations: Sequence[Mapping[str, Translation]], folder: Path) -> None:
    """Write the translations of some tasks beside their programs: ``programs/HASH.de.json``."""
    for made in (one for of_task in translations for one in of_task.values()):
        text = json.dumps(translation_to_json(made), ensure_ascii=False, separators=(",", ":"))
        translation_path(folder, made.program, made.language).write_text(text + "\n", encoding="utf-8", newline="\n")


def translation_path(folder: Path, hash: str, language: str) -> Path:
    """Where a translation stands."""
    return folder / PROGRAMS / f"{hash}.{language}.json"


def read_translation(folder: Path, program: Program, hash: str, language: str) -> Translation:
    """A translation of a program of a data set. Raises ``PgtError`` when it is missing or cannot be read."""
    path = translation_path(folder, hash, check_code(language))
    where = f"{PROGRAMS}/{path.name}"
    try:
        if path.parent != folder / PROGRAMS or path.stat().st_size > MOST_BYTES:
            raise PgtError(f"`{where}` is not a translation")
        made = translation_from_json(json.loads(path.read_text(encoding="utf-8")), program)
    except FileNotFoundError:
        raise PgtError(f"`{where}` is missing") from None
    except PgtError as error:
        raise PgtError(f"`{where}`: {error}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise PgtError(f"`{where}` cannot be read: {error}") from error
    if made.program != hash or made.language != language:
        raise PgtError(f"`{where}` is a translation of another program, or into another language")
    return made


def path_of(folder: Path, hash: str) -> Path:
    """Where a program stands."""
    return folder / PROGRAMS / f"{hash}.json"


def read_program(folder: Path, hash: str) -> Program:
    """A program of a data set by its hash. Raises ``PgtError`` when it is missing, cannot be read or is another one."""
    path = path_of(folder, hash)
    where = f"{PROGRAMS}/{path.name}"
    try:
        if path.parent != folder / PROGRAMS or path.stat().st_size > MOST_BYTES:
            raise PgtError(f"`{where}` is not a program")
        made = from_json(json.loads(path.read_text(encoding="utf-8")))
        found = program_hash(made)
    except FileNotFoundError:
        raise PgtError(f"`{where}` is missing") from None
    except PgtError as error:
        raise PgtError(f"`{where}`: {error}") from None
    except (OSError, ValueError, RecursionError, TypeError, AttributeError) as error:
        raise PgtError(f"`{where}` cannot be read: {error}") from error
    if found != hash:
        raise PgtError(f"`{where}` holds another program: its hash is {found}")
    return made


def _without_folders(value: Any) -> Any:
    """JSON of a program, with the names of files in place of their paths."""
    if isinstance(value, Mapping):
        made = {key: _without_folders(item) for key, item in value.items()}
        if {"file", "line", "column"} <= made.keys() and isinstance(made["file"], str):
            made["file"] = PurePosixPath(made["file"].replace("\\", "/")).name
        return made
    return [_without_folders(item) for item in value] if isinstance(value, list) else value
