"""Data sets of torch: sample i is sample i in every worker, rank and loader, and after every restart."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import pgt_dsl
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError

torch = pytest.importorskip("torch", reason="torch is not installed")

from torch.utils.data import DataLoader  # noqa: E402

from pgt_dsl.dataset.torch_data import PgtDataset, PgtStream  # noqa: E402

SPECS = Path(__file__).parents[2] / "task_specs"


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    return pgt_dsl.load_all([SPECS / "spatial/left_of.pgt", SPECS / "counting/one_colour.pgt"])


def plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.tolist() if isinstance(value, torch.Tensor) else value for name, value in row.items()}


# by index -----------------------------------------------------------------------------------------------


def test_a_row_is_the_sample_of_its_task(tasks: list[Task]) -> None:
    data = PgtDataset(tasks, weights=[2, 1], seed=3, size=64)
    for number, (task, index) in enumerate([(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (0, 3)]):
        row, example = data[number], tasks[task].sample(3, index, size=64)
        assert (row["task"], row["index"], row["number"]) == (tasks[task].name, index, number)
        assert torch.equal(row["pixels"].permute(1, 2, 0), torch.from_numpy(example.pixels))
        assert (row["question"], row["answer"]) == (example.question, example.answer)


def test_a_batch_is_its_rows(tasks: list[Task]) -> None:
    data = PgtDataset(tasks, size=64)
    wanted = [7, 0, 123_456_789, 2, 7]
    assert [plain(row) for row in data.__getitems__(wanted)] == [plain(data[index]) for index in wanted]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_loader_gives_each_index_once(tasks: list[Task], workers: int) -> None:
    data = PgtDataset(tasks, length=20, size=64)
    loader = DataLoader(data, batch_size=6, shuffle=True, num_workers=workers,
                        generator=torch.Generator().manual_seed(1))  # fmt: skip
    rows = list(loader)
    assert sorted(torch.cat([row["number"] for row in rows]).tolist()) == list(range(20))
    for row in rows:
        for k, number in enumerate(row["number"].tolist()):
            assert torch.equal(row["pixels"][k], data[number]["pixels"])


def test_a_transform_sees_the_scene(tasks: list[Task]) -> None:
    data = PgtDataset(tasks[0], size=64, transform=lambda row, example: (row["id"], len(example.scene.shapes)))
    assert data[5] == ("spatial.left_of-00000005", len(tasks[0].sample(0, 5, size=64).scene.shapes))


def test_what_is_no_index(tasks: list[Task]) -> None:
    with pytest.raises(IndexError, match="not -1"):
        PgtDataset(tasks)[-1]


# in batches -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ranks", "workers"), [(1, 0), (1, 2), (2, 2), (3, 0)])
def test_every_batch_comes_once(tasks: list[Task], ranks: int, workers: int) -> None:
    seen: Counter[int] = Counter()
    for rank in range(ranks):
        stream = PgtStream(tasks, batch_size=3, batches=7, size=64, rank=rank, ranks=ranks)
        for row in DataLoader(stream, batch_size=None, num_workers=workers):
            seen[row["number"]] += 1
            alone = PgtStream(tasks, batch_size=3, size=64).batch(row["number"])
            assert plain(row) == plain(alone)
    assert seen == dict.fromkeys(range(7), 1)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("stop", [1, 4])
def test_a_stateful_loader_goes_on_with_the_next_batch(tasks: list[Task], workers: int, stop: int) -> None:
    stateful = pytest.importorskip("torchdata.stateful_dataloader", reason="torchdata is not installed")

    def loader() -> Any:
        stream = PgtStream(tasks, batch_size=2, batches=9, size=64)
        return stateful.StatefulDataLoader(stream, batch_size=None, num_workers=workers)

    whole = [row["id"] for row in loader()]
    first = loader()
    rows = iter(first)
    given = [next(rows)["id"] for _ in range(stop)]
    state = first.state_dict()
    second = loader()
    second.load_state_dict(state)
    assert given + [row["id"] for row in second] == whole


def test_each_epoch_begins_anew(tasks: list[Task]) -> None:
    stream = PgtStream(tasks, batch_size=2, batches=3, size=64)
    next(iter(stream))
    assert [row["number"] for row in stream] == [0, 1, 2] == [row["number"] for row in stream]


def test_painted_on_a_device_the_scenes_are_the_same(tasks: list[Task]) -> None:
    host, device = (PgtStream(tasks, batch_size=3, size=64, device=d).batch(1) for d in (None, "cpu"))
    assert host["id"] == device["id"] and host["answer"] == device["answer"]
    assert (host["pixels"].int() - device["pixels"].int()).abs().max() <= 4
    assert device["ids"].shape == (3, 64, 64)


# wrong options --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weights": [1]}, "2 tasks have as many weights"),
        ({"weights": [1, 0]}, "whole numbers from 1"),
        ({"size": 8}, "32 to 4096"),
        ({"batch_size": 0}, "at least one sample"),
        ({"rank": 2, "ranks": 2}, "rank < ranks"),
        ({"styles": {"long": 1}}, "long"),
    ],
)
def test_wrong_options(options: dict[str, Any], words: str, tasks: list[Task]) -> None:
    with pytest.raises(PgtError, match=words):
        next(iter(PgtStream(tasks, **options)))


def test_twins_are_told(tasks: list[Task]) -> None:
    twins = pgt_dsl.load(SPECS / "twins/larger_swapped.pgt")
    with pytest.raises(PgtError, match="`twins/larger_swapped`"):
        PgtDataset([*tasks, twins])


def test_the_page_of_the_documentation(tmp_path: Path) -> None:
    """Its network learns, too."""
    from tests.docs.test_commands import follow

    shutil.copytree(SPECS, tmp_path / "task_specs")
    assert follow("torch.md", tmp_path) == 3
