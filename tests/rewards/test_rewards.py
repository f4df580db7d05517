"""Rewards as trainers call them: TRL's lists and columns, verl's keywords, reasoning-gym's items."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.api import load
from pgt_dsl.dataset.formats.base import row
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.rewards import verl
from pgt_dsl.rewards.completions import text_of
from pgt_dsl.rewards.reasoning_gym import Items, PgtConfig, register
from pgt_dsl.rewards.trl import make_reward, reward

SPEC = Path(__file__).parents[2] / "task_specs/counting/one_colour.pgt"


def rows(count: int, **styles: float) -> list[dict[str, Any]]:
    samples = load(SPEC).batch(count=count, size=64, styles=styles or {"short": 1.0}).examples
    return [{**row(example.sample), "images": [example.image]} for example in samples]


def columns(some: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [r[name] for r in some] for name in some[0]}


def test_trl_calls_it_with_every_column_and_things_of_its_own() -> None:
    some = rows(3)
    said = [some[0]["answer"], f"There are {some[1]['answer']} of them.", "many"]
    given = {**columns(some), "trainer_state": object(), "log_extra": print, "log_metric": print}
    assert reward(prompts=[""] * 3, completions=said, completion_ids=[[1]] * 3, **given) == [1.0, 1.0, 0.0]


def test_trl_completions_may_be_chats() -> None:
    some = rows(2)
    right = some[0]["answer"]
    chats = [
        [{"role": "assistant", "content": f"**{right}**"}],
        [{"role": "assistant", "content": [{"type": "text", "text": "none"}, {"type": "image"}]}],
    ]
    same = [some[0], some[0]]
    assert reward(completions=chats, **columns(same)) == [1.0, 0.0]


def test_a_reward_of_ones_own() -> None:
    some = rows(1)
    prose = [f"I think there are {some[0]['answer']}."]
    assert make_reward()(completions=prose, **columns(some)) == [1.0]
    assert make_reward(strict=True)(completions=["Well, " + prose[0] + " Or so I say"], **columns(some)) == [0.0]
    with pytest.raises(PgtError, match="no coordinates"):
        make_reward(coordinates="inches")(completions=prose, **columns(some))


def test_the_last_of_the_assistant_counts() -> None:
    chat = [{"role": role, "content": said} for role, said in (("assistant", "1"), ("tool", "2"), ("assistant", "3"))]
    assert text_of(chat) == "3" and text_of([]) == "" and text_of(None) == "" and text_of({"content": 5}) == ""


def test_verl_calls_it_by_keywords_and_reads_a_dict() -> None:
    (one,) = rows(1, options=1.0)
    made = verl.as_row(one, number=7)
    assert made["prompt"][0]["content"].startswith("<image>") and len(made["images"]) == 1
    truth, extra = made["reward_model"]["ground_truth"], made["extra_info"]
    found = verl.compute_score(
        data_source=made["data_source"], solution_str=f"The answer is {one['answer']}.", ground_truth=truth,
        extra_info={**extra, "num_turns": None}, reward_router_address=None,
    )  # fmt: skip
    assert found == {"score": 1.0, "acc": 1.0, "read": 1.0}
    assert verl.compute_score("x", "no letter", truth) == {"score": 0.0, "acc": 0.0, "read": 0.0}
    json.dumps({k: v for k, v in made.items() if k != "images"})


class Plain(Items):
    """The items without the library."""

    def __init__(self, config: PgtConfig) -> None:
        config.validate()
        self.config = config

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[k] for k in range(self.config.size))


def test_items_of_reasoning_gym_score_their_own_answers() -> None:
    data = Plain(PgtConfig(spec=str(SPEC), size=3, pixels=64, style="options"))
    for entry in data:
        assert data.score_answer(entry["answer"], entry) == data.score_answer(f"({entry['answer']})", entry) == 1.0
        assert data.score_answer("", entry) == data.score_answer(None, entry) == 0.0
        assert entry["metadata"]["image"].size == (64, 64) and "A. " in entry["question"]
    with pytest.raises(IndexError):
        data[3]


def test_a_data_set_without_a_spec_says_so() -> None:
    for config, words in ((PgtConfig(), "needs a spec"), (PgtConfig(spec="x.pgt", size=0), "at least 1")):
        with pytest.raises(PgtError, match=words):
            config.validate()


def test_reasoning_gym_makes_it_by_name() -> None:
    gym = pytest.importorskip("reasoning_gym")
    assert register() is register()
    data = gym.create_dataset("pgt", spec=str(SPEC), size=2, pixels=64)
    assert len(data) == 2 and [data.score_answer(e["answer"], e) for e in data] == [1.0, 1.0]
    assert data.score_answer(gym.utils.extract_answer("<answer>99</answer>"), data[0]) == 0.0
