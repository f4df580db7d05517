"""Records of the user's are woven in exactly; bad ones are named; what a format cannot hold is refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import pgt_dsl
from benchmarks import given_sets, prove_mix
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.manifest import Manifest
from pgt_dsl.dataset.mix.source import Mix, MixError
from pgt_dsl.diagnostics import PgtError

SPEC = """\
task "t/{name}"
shape s: figure
ask "Where is {{s}}?"
  answer s.at within 3vmin
ask "Is {{s}} left of the middle?"
  answer s.x < 50vw even clear 4vmin
"""


def make(tmp_path: Path, *mixes: Mix, count: int = 6, out: str = "set", **options: Any) -> Manifest:
    tasks = [pgt_dsl.load(SPEC.format(name=name)) for name in options.pop("names", ("one",))]
    given = {"format": "llava", "size": 64, "batch": 4, **options}
    return build(tasks, count, tmp_path / out, mixes=mixes, **given)


def theirs(tmp_path: Path, *items: dict[str, Any], name: str = "theirs.json") -> str:
    """A file of records beside an image ``a.png``."""
    Image.new("RGB", (8, 6), "red").save(tmp_path / "a.png")
    (tmp_path / name).write_text(json.dumps(items), encoding="utf-8")
    return str(tmp_path / name)


def talk(*texts: str, **more: Any) -> dict[str, Any]:
    roles = ("human", "gpt")
    return {"conversations": [{"from": roles[k % 2], "value": text} for k, text in enumerate(texts)], **more}


def rows(out: Path, name: str = "llava.json") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((out / name).read_text(encoding="utf-8"))
    return found


# the proof, in small --------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [("llava", "llava"), ("parquet", "messages"), ("messages", "parquet"),
                                  ("sharegpt", "webdataset"), ("parquet", "sharegpt")])  # fmt: skip
def test_nine_to_one(pair: tuple[str, str], tmp_path: Path) -> None:
    outcome = prove_mix.prove(*pair, ours=20, records=200, seed=3, folder=tmp_path)
    assert outcome.rows == 200 and not outcome.faults


def test_the_proof_notices(tmp_path: Path) -> None:
    items = given_sets.records(tmp_path, 30, bad=["missing"])
    faulty = next(k for k, item in enumerate(items) if "faulty" in item)

    def row(number: int, *said: str) -> prove_mix.Read:
        return prove_mix.Read(f"theirs+{number:08d}", said, ())

    right = prove_mix.Read("t-0", (), ())
    assert prove_mix._ratio([right, *[row(k) for k in range(8)]], 1)
    other = prove_mix.Read("t-1", (), ())
    assert not prove_mix._ratio([right, *[row(k) for k in range(9)], other, *[row(k) for k in range(9, 18)]], 2)
    assert prove_mix._ratio([*[row(k) for k in range(18)], right, other], 2)  # all of ours at the end
    assert prove_mix._ratio([right, *[row(0) for k in range(9)]], 1)
    assert prove_mix._records([row(faulty)], items, tmp_path, "llava")
    assert prove_mix._records([row((faulty + 1) % 30, "something else")], items, tmp_path, "llava")


# how many -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [({"samples": 5}, 5), ({"ratio": 1.5}, 9), ({"share": 0.25}, 2), ({"share": 0.5}, 6), ({}, 12)],
)
def test_how_many(tmp_path: Path, asked: dict[str, Any], wanted: int) -> None:
    data = theirs(tmp_path, *[talk("Hi", str(k)) for k in range(12)])
    made = make(tmp_path, Mix("m", data, **asked))
    assert [(mix.planned, mix.count, mix.records) for mix in made.mixes] == [(wanted, wanted, 12)]
    assert len(rows(tmp_path / "set")) == 6 + wanted and made.count == 6


def test_two_mixes_with_shares_and_one_with_a_number(tmp_path: Path) -> None:
    data = theirs(tmp_path, *[talk("Hi", str(k)) for k in range(60)])
    mixes = [Mix("a", data, share=0.5), Mix("b", data, share=0.25), Mix("c", data, samples=4)]
    make(tmp_path, *mixes, count=16)
    found = Counter(row["id"].split("+")[0] for row in rows(tmp_path / "set"))
    assert (found["a"], found["b"], found["c"], found.total()) == (40, 20, 4, 80)


def test_the_seed_decides_which_and_in_what_order(tmp_path: Path) -> None:
    data = theirs(tmp_path, *[talk("Hi", str(k)) for k in range(40)])
    orders = []
    for number, seed in enumerate((0, 0, 1)):
        make(tmp_path, Mix("m", data, samples=10), out=str(number), seed=seed)
        orders.append([row["id"] for row in rows(tmp_path / str(number)) if "+" in row["id"]])
    assert orders[0] == orders[1] and set(orders[0]) != set(orders[2])
    assert orders[0] != sorted(orders[0])


@pytest.mark.parametrize(
    ("mixes", "code", "words"),
    [
        ([{"samples": 13}], "R807", "is to give 13 records and has 12"),
        ([{"share": 0.9}], "R807", "is to give 54 records and has 12"),
        ([{"share": 0.5}, {"share": 0.5}], "R808", "are 1 of the whole, which leaves nothing for the tasks"),
        ([{"share": 0.5}, {}], "R808", "`m1` has no `samples`, `share` or `ratio`"),
        ([{"split": "test"}], "R808", "is for the split `test`; there are: train"),
        ([{"name": "t/one"}], "R808", "two parts of the data set are named `t/one`"),
        ([{"name": "a b"}, {"name": "A.b"}], "R808", r"`a b` and `A.b` would have the same names, like `a\.b\+0"),
        ([{"data": "nowhere.json"}], "R805", "`nowhere.json` names no data"),
        ([{"images": "nowhere"}], "R805", "there is no folder of images"),
    ],
)
def test_what_cannot_be(tmp_path: Path, mixes: list[dict[str, Any]], code: str, words: str) -> None:
    data = theirs(tmp_path, *[talk("Hi", str(k)) for k in range(12)])
    with pytest.raises(MixError, match=words) as caught:
        make(tmp_path, *[Mix(**{"name": f"m{k}", "data": data, **mix}) for k, mix in enumerate(mixes)])
    assert caught.value.code == code and not (tmp_path / "set").exists()


@pytest.mark.parametrize("format", ["vlmevalkit", "trl_sft", "trl_grpo", "verl", "lmms_eval"])
def test_formats_that_take_no_records(tmp_path: Path, format: str) -> None:
    data = theirs(tmp_path, talk("Hi", "Hello"))
    with pytest.raises(PgtError, match=rf"`{format}` takes only samples of pgt-dsl's; leave out `\[\[mix\]\]`"):
        make(tmp_path, Mix("m", data), format=format)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("format", ["vlmevalkit", "verl", "lmms_eval"])
def test_formats_that_know_no_splits(tmp_path: Path, format: str) -> None:
    with pytest.raises(PgtError, match=f"`{format}` does not know splits"):
        make(tmp_path, format=format, splits={"train": 3, "test": 3})


# bad records ----------------------------------------------------------------------------------------------

BAD = [
    (talk("<image>\nHi", "Hello", image="b.png"), "llava", r"its image `.*b.png` is not there"),
    (talk("<image>\nHi", "Hello", image="../a.png"), "llava", "leaves the folder of images"),
    (talk("<image>\nHi", "Hello", image="/etc/a.png"), "llava", "leaves the folder of images"),
    (talk("<image>\nHi", "Hello", image="http://x/a.png"), "llava", "is an address; images are files"),
    (talk("<image>\nHi", "Hello", image="theirs.json"), "llava", "cannot be opened: no reader knows what it is"),
    (talk("<image>\nHi", "Hello", image="a\0.png"), "llava", "leaves the folder"),
    (talk("<image>\nHi", "Hello", image=7), "llava", "an image is a number"),
    (talk("<image>\nHi", "Hello"), "llava", "the texts have 1 `<image>`, the record has no images"),
    (talk("Hi", "Hello", image="a.png"), "llava", "the texts have no `<image>`, the record has 1 image"),
    (talk("Hi", "<image>", image="a.png"), "llava", "stands in a text that is not the user's"),
    (talk("Hi", "Hello", "And?"), "llava", "do not take turns, user first and assistant last: user, assistant, user"),
    (talk(), "llava", "it has no `conversations` or `messages`"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "llava", "message 0 is from 'tool'"),
    ({"messages": [{"role": "user"}, {"role": "assistant", "content": "x"}]}, "llava", "a message is missing"),
    (talk("Hi", "Hello", messages=[{"role": "user", "content": "x"}]), "llava", "`conversations` and `messages`"),
    (talk("Hi", "half \ud800"), "llava", "half a character"),
    (talk("Hi", "Hello", system="Be kind."), "llava", "a system message, for which `llava` has no place"),
    (talk("Hi", "Hello", videos=["a.mp4"]), "messages", "it has `videos`"),
    (talk("Hi", "Hello", objects={"bbox": [[0, 0, 1, 1]]}), "sharegpt", "only the format `messages` keeps"),
    (talk("a <video> of it", "Hello"), "sharegpt", "holds `<video>`, which readers of `sharegpt` take for the place"),
    (talk("Where is <bbox>?", "There"), "messages", "holds `<bbox>`"),
    (talk("A <image> cat", "Yes", image="a.png"), "parquet", "stands between words or in a later question"),
    (talk("Hi", "Hello", "<image>\nAnd?", "Yes", image="a.png"), "parquet", "or in a later question"),
    ("a text", "llava", "it is no object but a text"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "format", "words"), BAD)
def test_a_bad_record_is_named_with_its_reason(tmp_path: Path, item: Any, format: str, words: str) -> None:
    data = theirs(tmp_path, talk("Hi", "Hello"), item, talk("Hi", "Hello"))
    with pytest.raises(MixError, match=rf"(?s)1 record of `m` cannot be used:.*theirs.json\[1\]: .*{words}"):
        make(tmp_path, Mix("m", data), format=format)
    made = make(tmp_path, Mix("m", data, skip_bad=True), format=format)
    assert (made.mixes[0].count, made.mixes[0].skipped) == (2, 1)


def test_several_are_named_at_once_and_the_rest_counted(tmp_path: Path) -> None:
    data = theirs(tmp_path, *[talk("<image>", "x", image=f"{k}.png") for k in range(20)])
    with pytest.raises(MixError) as caught:
        make(tmp_path, Mix("m", data))
    lines = str(caught.value).splitlines()
    assert "20 records" in lines[0] and len(lines) == 14 and lines[-1] == "  and 8 more"
    with pytest.raises(MixError, match="is to give 3 records and has 0 good ones of 20"):
        make(tmp_path, Mix("m", data, samples=3, skip_bad=True))


def test_a_cut_off_image_is_found_by_decoding(tmp_path: Path) -> None:
    data = theirs(tmp_path, talk("<image>", "x", image="cut.png"))
    Image.effect_noise((64, 64), 90).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    assert make(tmp_path, Mix("m", data)).mixes[0].count == 1
    with pytest.raises(MixError, match="cannot be opened"):
        make(tmp_path, Mix("m", data, decode=True), out="other")


def test_an_image_that_goes_while_it_is_built(tmp_path: Path) -> None:
    data = theirs(tmp_path, *[talk("<image>", "x", image="a.png")] * 4)
    with pytest.raises(PgtError, match=r"cannot read the image `.*a.png`"):
        make(tmp_path, Mix("m", data), format="parquet", progress=lambda p: (tmp_path / "a.png").unlink(True))


# what is written ------------------------------------------------------------------------------------------


def test_images_stay_where_they_are_or_are_copied(tmp_path: Path) -> None:
    data = theirs(tmp_path, talk("<image>\nHi", "Hello", image="a.png", id="x", model="y"))
    for copy in (False, True):
        out = tmp_path / f"set{copy}"
        made = make(tmp_path, Mix("m", data, copy=copy), out=out.name)
        (row,) = [row for row in rows(out) if "+" in row["id"]]
        assert row["image"] == ("m+00000000.png" if copy else str(tmp_path / "a.png"))
        assert (out / "images" / "m+00000000.png").exists() == copy
        assert made.mixes[0].unused == {"model": 1}
        notes = [json.loads(line) for line in (out / "scenes.jsonl").read_text().splitlines()]
        (note,) = [note for note in notes if note["task"] == "m"]
        assert json.loads(note["metadata"]) == {"from": "theirs.json[0]", "id": "x", "mix": "m", "record": 0}
        card = (out / "README.md").read_text()
        assert "| m | train | 1 | 1 | 0 |" in card and ("stay where they are" in card) != copy


def test_messages_in_parts_and_systems_and_objects(tmp_path: Path) -> None:
    parts = [{"type": "image", "image": "a.png"}, {"type": "text", "text": "Where is <bbox>?"}]
    said = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts},
            {"role": "assistant", "content": [{"type": "text", "text": "Here."}]}]  # fmt: skip
    objects = {"ref": [], "bbox": [[1, 2, 3, 4]]}
    data = theirs(tmp_path, {"messages": said, "objects": objects})
    make(tmp_path, Mix("m", data), format="messages")
    lines = [json.loads(line) for line in (tmp_path / "set" / "messages.jsonl").read_text().splitlines()]
    (line,) = [line for line in lines if "+" in line["id"]]
    assert line["objects"] == objects and line["images"] == [str(tmp_path / "a.png")]
    assert [(m["role"], m["content"]) for m in line["messages"]] == [
        ("system", "Be brief."), ("user", "<image>Where is <bbox>?"), ("assistant", "Here.")
    ]  # fmt: skip


def test_an_earlier_data_set_of_ones_own_is_mixed_in(tmp_path: Path) -> None:
    """Its images have the very names of the new ones; the user's are never removed when a build goes on."""
    make(tmp_path, out="first", format="sharegpt")
    mix = Mix("before", str(tmp_path / "first" / "sharegpt.json"), copy=True)
    make(tmp_path, mix, format="sharegpt")
    found = rows(tmp_path / "set", "sharegpt.json")
    assert len({path for row in found for path in row["images"]}) == 12
    assert all((tmp_path / "set" / path).exists() for row in found for path in row["images"])


def test_image_folders_with_records_of_no_image(tmp_path: Path) -> None:
    from datasets import load_dataset

    data = theirs(tmp_path, talk("Hi", "Hello"), talk("<image>\nHi", "Hello", image="a.png"))
    make(tmp_path, Mix("m", data), format="imagefolder")
    table = load_dataset(str(tmp_path / "set"), split="train", cache_dir=str(tmp_path / "cache"))
    assert sorted(len(row["images"]) for row in table) == [0, 1, 1, 1, 1, 1, 1, 1]
