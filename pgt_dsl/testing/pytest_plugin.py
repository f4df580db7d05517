"""The pytest plugin: specs as test files, an item for each check (``task_specs/spatial/left_of.pgt::oracle``).

Specs are collected where one asks for them: files that are named on the command line, folders named there that hold
specs and no Python tests, what the ini option ``pgt_specs`` lists, and all of them with ``--pgt``. Other test runs are
left alone, and nothing of pgt-dsl is imported before the first spec.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SUFFIX = ".pgt"
_folders = pytest.StashKey[dict[Path, bool]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, all of which begin with ``--pgt``."""
    group = parser.getgroup("pgt", "specs of pgt-dsl")
    group.addoption("--pgt", action="store_true", help="collect every .pgt file")
    group.addoption("--pgt-scenes", type=int, default=200, metavar="N", help="scenes of each task (200)")
    group.addoption("--pgt-seed", type=int, default=0, metavar="N", help="seed of the scenes (0)")
    group.addoption("--pgt-size", type=int, default=336, metavar="PX", help="short side of the pictures (336)")
    group.addoption("--pgt-photos", metavar="DIR", help="a folder of photos (default: the shipped ones)")
    group.addoption("--pgt-explore", type=int, default=100, metavar="N", help="scenes that Hypothesis makes up (100)")
    group.addoption("--pgt-patience", type=float, default=20.0, metavar="S", help="seconds for a smallest scene (20)")
    group.addoption("--pgt-out", default="pgt-test", metavar="DIR", help="where failures are written (pgt-test)")
    parser.addini("pgt_specs", "folders and files of specs that are collected", type="paths", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A spec that is wanted."""
    if file_path.suffix != SUFFIX or not _wanted(file_path, parent.config):
        return None
    from pgt_dsl.testing.pytest_items import SpecFile

    return SpecFile.from_parent(parent, path=file_path)


def _wanted(path: Path, config: pytest.Config) -> bool:
    if config.getoption("--pgt"):
        return True
    if any(_below(path, listed) for listed in config.getini("pgt_specs")):
        return True
    if config.args_source is not config.ArgsSource.ARGS:  # nothing was named, or by `testpaths`
        return False
    for argument in config.args:
        named = (config.invocation_params.dir / argument.split("::")[0]).resolve()
        if _below(path, named) and (path.resolve() == named or _only_specs(named, config)):
            return True
    return False


def _below(path: Path, folder: Path) -> bool:
    path, folder = path.resolve(), folder.resolve()
    return path == folder or folder in path.parents


def _only_specs(folder: Path, config: pytest.Config) -> bool:
    """Whether a folder that holds a spec holds no Python tests; looked up once."""
    known = config.stash.setdefault(_folders, {})
    if folder not in known:
        patterns = config.getini("python_files")
        known[folder] = not any(next(folder.rglob(pattern), None) for pattern in patterns if "/" not in pattern)
    return known[folder]
