"""The page on the gallery: its command works, and prints what the page says."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.docs.fences import DOCS
from tests.docs.test_commands import follow


def test_the_command_works(tmp_path: Path) -> None:
    shutil.copytree(DOCS.parent / "task_specs", tmp_path / "task_specs")  # pages are followed in a clone's top folder
    assert follow("gallery.md", tmp_path) == 1
    assert (tmp_path / "site" / "index.html").is_file()
