"""``pgt new``: a commented spec that works, to be changed."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from pgt_dsl.diagnostics import PgtError

STARTER = """\
# Lines that start with # are comments; lines that start with ## say what the task below them is about.
# `pgt show FILE` draws twelve samples, `pgt check FILE` finds mistakes, `pgt kinds` lists all that can be used.
## Is one shape to the left of another?
task "NAME"

# A figure is a shape whose form, colour, size and place vary by themselves.
# Whatever is set in braces is no longer free: try `shape a: figure { color = red }`.
shape a: figure
shape b: figure

# Scenes for which these do not hold are drawn again. vmin is a hundredth of the picture's shorter side.
require apart(a, b) >= 2vmin

# `even` makes yes and no equally frequent; `clear` leaves out the scenes in which 4vmin could change the answer.
ask "Is {a} to the left of {b}?"
  | "Does {a} lie further left than {b}?"
  answer a.x < b.x even clear 4vmin
"""


@click.command("new")
@click.argument("name")
def command(name: str) -> None:
    """Write a starter spec: `pgt new spatial/my_task` makes spatial/my_task.pgt."""
    path = Path(name)
    if path.suffix != ".pgt":
        path = path.with_name(path.name + ".pgt")
    title = path.with_suffix("").as_posix().lstrip("./")
    if not title or any(char in title for char in '"{}\\\n'):
        raise PgtError(f"`{name}` does not make a name of a task")
    task = title if not path.is_absolute() else path.stem
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(STARTER.replace("NAME", task))
    except FileExistsError:
        raise PgtError(f"`{path}` is there already, and is left as it is") from None
    except OSError as error:
        raise PgtError(f"cannot write `{path}`: {error.strerror or error}") from error
    click.echo(f"wrote {path}; look at it with: pgt show {shlex.quote(str(path))}")
