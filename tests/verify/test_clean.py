"""A data set that nobody has touched verifies clean, in each format, wherever it lies, without its specs."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from pgt_dsl.builtin import extension
from pgt_dsl.cli.main import run
from pgt_dsl.dataset import programs
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import FormatSpec
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.verify.page import page
from pgt_dsl.verify.run import verify
from tests.verify import worlds
from tests.verify.worlds import CROWDED, HIDDEN, SPECS, build_text, json_file, made, parquet_rows


@pytest.mark.parametrize("format", ["parquet", "llava", "imagefolder"])
def test_each_format_is_clean_in_another_folder(
    format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(made(format), tmp_path / "moved")
    monkeypatch.chdir(tmp_path)
    assert run(["verify", "moved", "-q", "--workers", "1"]) == 0
    assert "ok: 56 samples, 0 faults; a wrong share of 5.2 % would have been seen with 95%" in capsys.readouterr().out
    assert run(["verify", "moved", "-q", "--workers", "1"]) == 0  # its own report is no stranger


@pytest.mark.parametrize("image", ["jpeg", "webp"])
def test_other_image_files_are_clean_and_a_changed_one_is_found(image: str, tmp_path: Path) -> None:
    from PIL import Image, ImageDraw

    folder = tmp_path / "set"
    shutil.copytree(made("imagefolder", image), folder)
    report = verify(folder)
    assert report.ok and any("same encoding" in text for text in report.limits) == (image == "jpeg")
    path = sorted((folder / "train").glob("spatial*"))[2]
    with Image.open(path) as picture:
        ImageDraw.Draw(picture).ellipse((30, 30, 33, 33), fill="black")
        picture.save(path, quality=95, lossless=image == "webp", subsampling=0)
    assert {(fault.check, fault.sample) for fault in verify(folder).faults} == {("picture", path.stem)}


def test_the_report_in_the_folder_does_not_disturb_those_who_load_it(tmp_path: Path) -> None:
    from datasets import load_dataset

    for format in ("parquet", "imagefolder"):
        folder = tmp_path / format
        shutil.copytree(made(format), folder)
        assert run(["verify", str(folder), "-q", "--workers", "1", "--share", "0.2"]) == 0
        rows = load_dataset(str(folder), split="train", cache_dir=str(tmp_path / "cache"))
        assert len(rows) == 56


def test_a_share_is_the_same_one_every_time_and_still_counts_all_rows(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(made("parquet"), folder)
    report = verify(folder, share=0.3)
    assert report.ok and 0 < report.judged < 45 and report.rows == 56
    assert report.judged == verify(folder, share=0.3).judged and "of 56 samples judged" in report.summary
    assert any("Of a fixed share of 30 %" in text for text in report.limits)
    assert report.skipped == ("quotas", "manifest") and not any(task.quotas_compared for task in report.tasks)
    assert page(report).count("not, or not of all") == 2 and "exact" not in page(report).split("<h2>Tasks")[1]
    parquet_rows(folder / "data/train-00002.parquet", lambda rows: rows.pop())
    (fault,) = verify(folder, share=0.3).faults
    assert (fault.check, fault.message) == ("rows", "the sample is missing")
    with pytest.raises(PgtError, match="above 0 and at most 1, not 2"):
        verify(folder, share=2)


def test_in_processes_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pgt_dsl.verify import run as module

    folder = tmp_path / "set"
    shutil.copytree(made("parquet"), folder)
    parquet_rows(folder / "data/train-00001.parquet", lambda rows: rows[4].update(answer="Perhaps"))
    alone = verify(folder)
    monkeypatch.setattr(module, "FEW", 1)
    together = verify(folder, workers=2)
    one, two = (json.loads(report.to_json()) for report in (alone, together))
    assert one.pop("seconds") >= 0 and two.pop("seconds") >= 0 and one == two and len(alone.faults) == 1


def test_what_is_counted_of_a_task_is_not_forgotten_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece may have more tasks than a process keeps planned."""
    from pgt_dsl.verify import judge

    monkeypatch.setattr(judge, "KEPT", 1)
    assert not verify(made("llava")).faults


# what is not there ------------------------------------------------------------------------------------------------


def test_another_painter_may_be_near_and_no_more(tmp_path: Path) -> None:
    own = extension
    pillow = dataclasses.replace(own, renderers=tuple(r for r in own.renderers if r.name == "pillow"))
    registry = Registry.load([("pgt-dsl", pillow)])
    folder = tmp_path / "set"
    shutil.copytree(made("parquet"), folder)
    json_file(folder / "manifest.json", lambda m: m.update(renderer="chisel"))
    for number in range(3):
        parquet_rows(folder / f"data/train-{number:05d}.parquet", lambda rows: [
            worlds.metadata(row, lambda data: data.update(renderer="chisel")) for row in rows])  # fmt: skip
    report = verify(folder, registry=registry)
    assert report.ok, report.faults[:3]
    assert any("painted by `chisel`, which is not installed" in text for text in report.limits)
    parquet_rows(folder / "data/train-00000.parquet", lambda rows: rows[0].update(images=rows[5]["images"]))
    assert {fault.check for fault in verify(folder, registry=registry).faults} >= {"picture"}


def test_photos_that_are_others_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from PIL import Image

    (tmp_path / "photos").mkdir()
    Image.new("RGB", (300, 200), "green").save(tmp_path / "photos" / "a.jpg")
    assert run(["verify", str(made("parquet")), "-q", "--photos", str(tmp_path / "photos")]) == 1
    said = capsys.readouterr().err
    assert "`photo/dot_on_object` lies over photos of the digest" in said and "--photos DIR" in said


def test_a_format_without_a_reader_and_what_is_no_data_set(tmp_path: Path) -> None:
    own = extension
    plain = FormatSpec("parquet", "", "tests.dataset.writers:Plain")
    registry = Registry.load([("pgt-dsl", dataclasses.replace(own, formats=(plain, *own.formats[1:])))])
    with pytest.raises(PgtError, match=r"`parquet` has a writer and no reader.*imagefolder, llava"):
        verify(made("parquet"), registry=registry)
    with pytest.raises(PgtError, match="is not a data set of pgt-dsl"):
        verify(tmp_path)


def test_specs_stand_in_for_programs_that_a_data_set_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pgt_dsl.resources import data_path

    folder = tmp_path / "set"
    shutil.copytree(made("parquet"), folder)
    for path in (folder / programs.PROGRAMS).iterdir():
        path.unlink()
    report = verify(folder)
    assert {fault.check for fault in report.faults} == {"files"} and report.judged == 0 and len(report.faults) == 4
    specs = [part for name in SPECS for part in ("--specs", str(data_path("task_specs") / f"{name}.pgt"))]
    assert run(["verify", str(folder), "-q", "--workers", "1", *specs]) == 0
    assert "ok: 56 samples" in capsys.readouterr().out


def test_programs_are_the_same_wherever_the_specs_lie(tmp_path: Path) -> None:
    from pgt_dsl.api import load
    from pgt_dsl.resources import data_path

    spec = data_path("task_specs") / "spatial/left_of.pgt"
    (tmp_path / "deep").mkdir()
    shutil.copy(spec, tmp_path / "deep" / "left_of.pgt")
    for name, path in (("one", spec), ("two", tmp_path / "deep" / "left_of.pgt")):
        (tmp_path / name).mkdir()
        programs.write_programs([load(path)], tmp_path / name)
    (one,), (two,) = ((tmp_path / name / "programs").iterdir() for name in ("one", "two"))
    assert one.name == two.name and one.read_bytes() == two.read_bytes()
    assert str(tmp_path).encode() not in two.read_bytes()
    assert programs.read_program(tmp_path / "one", one.stem) == programs.read_program(tmp_path / "two", one.stem)


# labels and laws --------------------------------------------------------------------------------------------------


def test_two_answers_to_one_question_about_one_picture_are_a_fault(tmp_path: Path) -> None:
    report = verify(build_text(HIDDEN, 12, tmp_path / "set"))
    assert {fault.check for fault in report.faults} == {"twice"}
    assert "has the same picture and the same question, and another answer" in report.faults[0].message
    assert report.twice[0].samples == 11 and report.twice[0].pairs == 66


def test_crowded_scenes_are_compared_with_longer_chains(tmp_path: Path) -> None:
    report = verify(build_text(CROWDED, 24, tmp_path / "set"))
    assert report.ok, report.faults[:3]
    assert report.tasks[0].chained == 24 and report.tasks[0].reference == 24
    assert {c.what for c in report.comparisons} == {"x", "y", "nearest"}
    assert all(c.longer_chains and 0.3 < c.seen < 0.8 and not c.notable for c in report.comparisons)
    assert any("chains 4 times as long" in text for text in report.limits)
