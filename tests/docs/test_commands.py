"""The tutorial and the other pages with commands, executed from top to bottom, each page in an empty folder.

What a fence means by its first line: ``sh`` is run (``sh fails`` must fail, ``sh setup`` is not run), ``python`` is
run, ``file=NAME`` is saved, ``text`` stands word for word in the output of the last command, and of ``console`` every
line does but for its numbers.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.fences import DOCS, Fence, fences

PAGES = (
    "tutorial.md", "python.md", "formats.md", "recipes.md", "languages.md", "scoring.md", "verify.md", "probe.md",
    "curves.md", "report.md",
)  # fmt: skip
ROOT = DOCS.parent


def _run(fence: Fence, command: list[str], folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {"HF_HOME": str(folder / ".cache"), "HF_DATASETS_OFFLINE": "1", "COLUMNS": "100"}
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path, **home}, capture_output=True,
                          text=True, timeout=300)  # fmt: skip
    told = done.stdout + done.stderr
    assert (done.returncode != 0) == ("fails" in fence.options), f"{fence}: exit status {done.returncode}\n{told}"
    return told


def _plain(line: str) -> str:
    """A line without its numbers, its bars and its spacing."""
    return " ".join(re.sub(r"[\d.,:]+%?|\u2588", " # ", line).replace("#", " ").split())


def follow(page: str, folder: Path) -> int:
    """Do what a page says; returns how many commands were run."""
    told, ran = "", 0
    for fence in fences(page):
        name = fence.options.get("file")
        if name is not None:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fence.text, encoding="utf-8")
        elif fence.language == "sh" and "setup" not in fence.options:
            told = _run(fence, ["bash", "-euo", "pipefail", "-c", fence.text], folder)
            ran += 1
        elif fence.language == "python" and "source" not in fence.options:
            told = _run(fence, [sys.executable, "-c", fence.text], folder)
            ran += 1
        elif fence.language == "text":
            assert fence.text.strip("\n") in told, f"{fence} is not what was printed:\n{told}"
        elif fence.language == "console":
            found = {_plain(line) for line in told.splitlines()}
            for line in filter(str.strip, fence.text.splitlines()):
                assert any(_plain(line) in has for has in found), f"{fence}: no line like {line!r} in\n{told}"
    return ran


@pytest.mark.parametrize("page", PAGES)
def test_every_command_works(page: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "task_specs", tmp_path / "task_specs")  # pages are followed in a clone's top folder
    assert follow(page, tmp_path) >= 4


def test_the_starter_is_the_one_shown() -> None:
    from pgt_dsl.cli.new import STARTER

    shown = fences("tutorial.md", "pgt")[0].text
    lines = [line for line in STARTER.splitlines() if not re.match(r"#(?!#)|## ?`|$", line) and line.strip()]
    told = [line for line in lines if not line.startswith("## ") or line in shown]
    assert "\n".join(told).replace("NAME", "tasks/left_of") == re.sub(r"\n\n", "\n", shown.strip())


def test_every_picture_and_page_that_is_linked_is_there() -> None:
    for page in [*DOCS.rglob("*.md"), *(ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md"))]:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"
