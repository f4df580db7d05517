"""A small site for the tests: a few shipped tasks, a hostile one, a broken one, a module; and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.resources import data_path

SHIPPED = ("spatial/left_of", "spatial/direction_of", "photo/box_of_object", "panels/two_images_more", "size/larger",
           "twins/larger_swapped")  # fmt: skip
EVIL = "<script>alert(1)</script>"
HOSTILE = f"""\
## {EVIL} </code></pre><img src=x onerror=alert(2)> " onmouseover="alert(3)
task "evil/a<b>'\\"&amp;{EVIL}"
shape a: circle {{ label = "<i>" }} # {EVIL}
ask "Is it {EVIL} & \\"so\\"?"
  | "javascript:alert(4) <svg onload=alert(5)>"
  answer if a.x > 50vw then "<b>right</b>" else "' onclick='alert(6)"
  even over ["<b>right</b>", "' onclick='alert(6)"]
  clear 2vmin
  wrong "<u>wrong</u>" as "<em>{EVIL}</em>"
  say "{EVIL} {{answer}}"
"""
BROKEN = f'task "size/broken"\nshape a: cirle # {EVIL}\nask "How many?" answer count(shapes)\n'
IMPOSSIBLE = 'task "size/never"\nshape a: circle\nrequire a.x > 200vw\nask "How many?" answer count(shapes)\n'


def specs(folder: Path) -> Path:
    """A folder of specs."""
    for name in SHIPPED:
        target = folder / f"{name}.pgt"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(data_path("task_specs") / f"{name}.pgt", target)
    for name, text in (("evil/hostile", HOSTILE), ("size/broken", BROKEN), ("size/never", IMPOSSIBLE),
                       ("size/things", 'module "things"\ndef twice(x: number): number = 2 * x\n')):  # fmt: skip
        (folder / f"{name}.pgt").parent.mkdir(exist_ok=True)
        (folder / f"{name}.pgt").write_text(text, encoding="utf-8")
    return folder


def browser_path() -> str | None:
    """Where a Chromium is."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("PGT_BROWSER") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def browser() -> Iterator[Any]:
    """A browser driven by Playwright; the test is skipped where none is installed."""
    api = pytest.importorskip("playwright.sync_api")
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield launched
        finally:
            launched.close()
