"""Records of the user's are woven in exactly; bad ones are named; what a format cannot hold is refused; splits, sizes,
styles of a task and what is said after a question come out as the recipe says."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import pgt_dsl
from benchmarks import given_sets, prove_mix
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.manifest import Manifest, read_manifest
from pgt_dsl.dataset.mix.source import Mix, MixError
from pgt_dsl.dataset.plan import divided
from pgt_dsl.dataset.sizes import BLOCK, sizes_of
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.verify.run import verify

SPEC = """\
task "t/{name}"
shape s: figure
ask "Where is {{s}}?"
  answer s.at within 3vmin
ask "Is {{s}} left of the middle?"
  answer s.x < 50vw even clear 4vmin
"""
TWINS = """\
task "t/twins"
shape a: circle { radius = 8vmin }
shape b: circle { radius = 12vmin }
require apart(a, b) >= 2vmin
twin swap a.fill and b.fill
ask "Is there a circle?"
  answer count(shapes) > 1
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
        ([{"data": "nowhere.json"}], "R805", "`nowhere.json` names no data"),
        ([{"images": "nowhere"}], "R805", "there is no folder of images"),
    ],
)
def test_what_cannot_be(tmp_path: Path, mixes: list[dict[str, Any]], code: str, words: str) -> None:
    data = theirs(tmp_path, *[talk("Hi", str(k)) for k in range(12)])
    with pytest.raises(MixError, match=words) as caught:
        make(tmp_path, *[Mix(**{"name": f"m{k}", "data": data, **mix}) for k, mix in enumerate(mixes)])
    assert caught.value.code == code and not (tmp_path / "set").exists()


def test_formats_that_take_no_records(tmp_path: Path) -> None:
    data = theirs(tmp_path, talk("Hi", "Hello"))
    with pytest.raises(PgtError, match=r"`vlmevalkit` takes only samples of pgt-dsl's"):
        make(tmp_path, Mix("m", data), format="vlmevalkit")
    with pytest.raises(PgtError, match="does not know splits"):
        make(tmp_path, format="vlmevalkit", splits={"train": 3, "test": 3})


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


# splits, sizes, styles, suffixes --------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["parquet", "imagefolder", "webdataset", "llava", "sharegpt", "messages"])
def test_splits_share_no_scene_and_are_read_as_splits(tmp_path: Path, format: str) -> None:
    from datasets import load_dataset

    data = theirs(tmp_path, *[talk("<image>\nHi", str(k), image="a.png") for k in range(8)])
    made = make(tmp_path, Mix("m", data, samples=4), Mix("v", data, samples=2, split="validation"), format=format,
                count=14, splits={"train": 9, "validation": 5}, names=("one", "two"))  # fmt: skip
    assert [(s.name, s.count, s.woven) for s in made.splits] == [("train", 9, 4), ("validation", 5, 2)]
    options = {} if format != "imagefolder" else {"drop_metadata": False}
    sets = {
        name: load_dataset(str(tmp_path / "set"), split=name, cache_dir=str(tmp_path / "cache"), **options)
        for name in ("train", "validation")
    }
    ids = {name: [row["json"]["id"] if format == "webdataset" else row["id"] for row in table]
           for name, table in sets.items()}  # fmt: skip
    assert [len(found) for found in ids.values()] == [13, 7]
    assert len({*ids["train"], *ids["validation"]}) == 20
    assert sum(i.startswith("v+") for i in ids["validation"]) == 2


def test_splits_are_exact_and_of_each_task_its_part() -> None:
    found = divided([50, 30, 20], {"train": 80, "validation": 15, "test": 5})
    assert [sum(part) for part in found.values()] == [80, 15, 5]
    assert list(map(sum, zip(*found.values(), strict=True))) == [50, 30, 20]
    assert found["train"] == [40, 24, 16]
    with pytest.raises(PgtError, match="the splits have 9 samples together, the tasks 10"):
        divided([10], {"train": 9})


def test_a_pair_of_twins_is_never_torn(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "task_specs" / "twins" / "larger_swapped.pgt").read_text(encoding="utf-8")
    build([pgt_dsl.load(text)], 10, tmp_path / "set", format="llava", size=64, splits={"train": 7, "test": 3})
    pairs = [{row["id"][:-2] for row in rows(tmp_path / "set", name)} for name in ("llava.json", "llava-test.json")]
    assert len(pairs[0]) == 4 and len(pairs[1]) == 2 and not pairs[0] & pairs[1]


def test_a_stopped_build_with_splits_and_sizes_goes_on(tmp_path: Path) -> None:
    from pgt_dsl.dataset.build import Interrupted, Progress

    data = theirs(tmp_path, *[talk("<image>\nHi", str(k), image="a.png") for k in range(30)])
    options: dict[str, Any] = {"count": 24, "splits": {"train": 15, "test": 9}, "size": {48: 1.0, 64: 2.0},
                               "names": ("one", "two"), "format": "parquet"}  # fmt: skip
    mixes = Mix("m", data, samples=20), Mix("n", data, samples=7, split="test", copy=True)
    make(tmp_path, *mixes, out="whole/set", **options)

    def stop(progress: Progress) -> None:
        if progress.done >= 9:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="kept"):
        make(tmp_path, *mixes, progress=stop, **options)
    with pytest.raises(PgtError, match="not the same mix"):
        make(tmp_path, mixes[0], Mix("n", data, samples=6, split="test"), **options)
    make(tmp_path, *mixes, **options)
    for path in (tmp_path / "whole" / "set" / "data").iterdir():
        assert path.read_bytes() == (tmp_path / "set" / "data" / path.name).read_bytes()


def test_sizes_have_their_parts_and_go_with_no_quota(tmp_path: Path) -> None:
    sizes = sizes_of({448: 1, 336: 3})
    found = sizes.of(range(8 * BLOCK), "t/one", 0)
    assert Counter(found) == {336: 6 * BLOCK, 448: 2 * BLOCK}
    assert found[5:40] == sizes.of(range(5, 40), "t/one", 0) != sizes.of(range(5, 40), "t/two", 0)
    for parity in (0, 1):
        assert 0.2 < found[parity::2].count(448) / (4 * BLOCK) < 0.3
    assert Counter(sizes_of({64: 1, 65: 0.001}).of(range(5000), "t", 0))[65] == 5
    made = make(tmp_path, count=8, size={48: 1, 64: 1})
    assert made.sizes == {48: 1, 64: 1}
    seen = {Image.open(path).size for path in (tmp_path / "set" / "images").iterdir()}
    assert seen == {(48, 48), (64, 64)}


def test_other_words_and_styles_of_each_task_are_verified(tmp_path: Path) -> None:
    options: dict[str, Any] = {"format": "parquet", "count": 12, "names": ("one", "two"),
                               "suffix": {"short": "In one word.", "options": ""}}  # fmt: skip
    make(tmp_path, styles=[{"short": 1}, {"options": 1}], **options)
    report = verify(tmp_path / "set")
    assert not report.faults and report.ok
    data = theirs(tmp_path, talk("Hi", "Hello"))
    others: list[tuple[list[Mix], dict[str, Any]]] = [
        ([], {"size": {48: 1, 64: 1}}), ([], {"splits": {"a": 6, "b": 6}}), ([Mix("m", data)], {})
    ]  # fmt: skip
    for number, (mixes, more) in enumerate(others):
        make(tmp_path, *mixes, out=f"{number}", **options, **more)
        with pytest.raises(PgtError, match="`pgt verify` reads only data sets without"):
            verify(tmp_path / f"{number}")


# what comes out is told before ----------------------------------------------------------------------------


def test_a_recipe_is_told_before_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("one", "two"):
        Path(f"{name}.pgt").write_text(SPEC.format(name=name), encoding="utf-8")
    Path("mix.toml").write_text(RECIPE + "skip_bad = true\n", encoding="utf-8")
    good, bad = [talk("Hi", str(k)) for k in range(9)], [talk("<image>", "x", image=f"{k}.png") for k in range(9)]
    theirs(tmp_path, *good, *bad)
    assert run(["recipe", "check", "mix.toml"]) == 0
    told = capsys.readouterr()
    lines = {line.split()[0]: line.split() for line in told.out.splitlines() if line.split()}
    assert lines["t/one"][1:6] == ["8", "4", "12", "short", "100%"]
    assert lines["t/two"][1:4] == ["4", "2", "6"] and "short 50%, options 50%" in told.out
    assert lines["+"][1:7] == ["theirs", "6", "6", "of", "18", "records"]
    assert "12 samples and 6 records, 1 to 0.5, 33.33% theirs" in told.out
    assert re.search(r"theirs: \d bad records are left out, (\d) of them for an image that is not there", told.out)
    assert not Path("out").exists() and len(list(tmp_path.iterdir())) == 5


def test_the_forecast_is_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.pgt").write_text(SPEC.format(name="one"), encoding="utf-8")
    data = Path(theirs(tmp_path, *[talk("<image>\nHi", str(k), image="a.png") for k in range(50)]))
    for format in ("llava", "webdataset"):
        Path("mix.toml").write_text(f'format = "{format}"\nsize = 96\nstyles = {{short = 1, options = 1}}\n[[task]]\n'
                                    f'specs = "one"\nsamples = 60\n[[mix]]\ndata = "{data.name}"\n')  # fmt: skip
        assert run(["recipe", "check", "mix.toml", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert run(["build", "mix.toml", "-o", f"out/{format}", "-q", "--workers", "1"]) == 0
        made = read_manifest(Path("out", format))
        assert (said["samples"], said["woven"]) == (made.count, made.mixes[0].count) == (60, 50)
        files = [p for p in Path("out", format).rglob("*") if p.is_file()]
        data_files = [p for p in files if p.name not in ("manifest.json", "README.md") and p.parent.name != "programs"]
        real = sum(p.stat().st_size for p in data_files)
        assert said["bytes"] == pytest.approx(real, rel=0.2)
        turns = sum(made.tasks[0].styles.values())
        for style, share in said["styles"].items():
            assert share == pytest.approx(made.tasks[0].styles[style] / turns, abs=0.2)
        capsys.readouterr()


def test_what_is_odd_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = SPEC.format(name="one").replace("figure", "circle { radius = 2vmin }")
    Path("one.pgt").write_text(text, encoding="utf-8")
    impossible = text.replace("t/one", "t/two") + "require s.x < 10vw\nrequire s.x > 90vw\n"
    Path("two.pgt").write_text(impossible, encoding="utf-8")
    Path("mix.toml").write_text('size = 64\nstyles = {short = 1, reasoned = 2}\nsuffix = {sentence = "Say it."}\n'
                                '[[task]]\nspecs = "*.pgt"\nsamples = 9\n')  # fmt: skip
    assert run(["recipe", "check", "mix.toml"]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "t/one: no question has the style `reasoned` (`because`)" in told
    assert "the suffix of `sentence` is never said" in told
    assert "t/one: S511" in told and "less than 6 px" in told
    assert "error: t/two: error[S501]" in told
    assert run(["recipe", "check", "one.pgt"]) == 1
    assert "is no recipe: it ends in .toml" in capsys.readouterr().err


RECIPE = """\
seed = 3
size = {48 = 1, 64 = 2}
format = "llava"
suffix = { short = "Answer with one word.", options = "" }
styles = { short = 1 }

[[task]]
specs = "one.pgt"
samples = 12

[[task]]
specs = "two.pgt"
samples = 6
styles = { options = 1 }

[[split]]
name = "train"

[[split]]
name = "test"
count = 6

[[mix]]
data = "theirs.json"
ratio = 0.5
"""


def test_a_recipe_with_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        Path(f"{name}.pgt").write_text(SPEC.format(name=name), encoding="utf-8")
    Path("mix.toml").write_text(RECIPE, encoding="utf-8")
    theirs(tmp_path, *[talk("Hi", str(k)) for k in range(9)])
    assert run(["build", "mix.toml", "-o", "out", "-q"]) == 0
    made = read_manifest(Path("out"))
    assert [(s.name, s.count, s.woven) for s in made.splits] == [("train", 12, 6), ("test", 6, 0)]
    assert [task.styles for task in made.tasks] == [{"short": 24}, {"options": 6, "short": 6}]
    said = [turn["value"] for row in rows(Path("out")) if "t.one" in row["id"] for turn in row["conversations"][::2]]
    assert len(said) == 16 and all(text.endswith("?\nAnswer with one word.") for text in said)
    said = [turn["value"] for row in rows(Path("out")) if "t.two" in row["id"] for turn in row["conversations"][::2]]
    assert len(said) == 8 and sum(text.endswith(("B. No", "B. Yes")) for text in said) == 4
