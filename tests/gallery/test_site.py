"""The files of a site: everything that is linked is there, nothing of a spec becomes HTML, errors stop nothing."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from pgt_dsl.cli.main import run
from pgt_dsl.gallery.site import Slugs, percent, rate
from tests.gallery.worlds import EVIL, SHIPPED, specs


class _Tags(HTMLParser):
    """All tags with their attributes, and the text between them."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def _pages(site: Path) -> dict[str, _Tags]:
    return {page.name: _Tags(page) for page in site.glob("*.html")}


def test_every_link_and_picture_is_there(site: Path) -> None:
    pages = _pages(site)
    assert {"index.html", "spatial.html", "photo.html", "credits.html", "evil.html"} <= set(pages)
    ids = {name: {attrs["id"] for _, attrs in page.tags if "id" in attrs} for name, page in pages.items()}
    pictures = set()
    for name, page in pages.items():
        for tag, attrs in page.tags:
            for target in filter(None, (attrs.get("href"), attrs.get("src"))):
                if target == "data:," or (name == "credits.html" and target.startswith("https://")):
                    continue
                file, _, part = target.partition("#")
                assert "://" not in target and (site / unquote(file or name)).is_file(), f"{name}: {target}"
                assert not part or unquote(part) in ids[file or name], f"{name}: {target}"
                if tag == "img":
                    pictures.add(target)
    written = {f"pictures/{path.name}" for path in (site / "pictures").iterdir()}
    assert pictures == written, "a picture is written that no page shows"
    assert sorted(json.loads((site / "gallery.json").read_text())["files"]) == sorted(
        p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file() and p.name != "gallery.json"
    )


def test_texts_of_a_spec_never_become_html(site: Path) -> None:
    page = _pages(site)["evil.html"]
    assert [attrs for tag, attrs in page.tags if tag == "script"] == [
        {"src": "assets/theme.js"}, {"src": "assets/gallery.js", "defer": ""},
    ]  # fmt: skip
    for tag, attrs in page.tags:
        assert tag not in ("i", "u", "b", "object", "iframe") or (tag == "i" and not attrs)  # the logo has three
        assert not [name for name in attrs if name.startswith("on") or name == "style"], (tag, attrs)
        assert not attrs.get("href", "").startswith("javascript:")
    assert EVIL in page.text and "onerror=alert(2)" in page.text, "it is shown as it is written"
    for name, other in _pages(site).items():
        assert sum(tag == "script" for tag, _ in other.tags) == 2, name


def test_a_broken_spec_has_its_error_and_stops_no_other(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads((site / "gallery.json").read_text())
    by_name = {task["name"]: task for task in told["tasks"]}
    assert {name for name, task in by_name.items() if task["error"]} == {"size/broken", "size/never"}
    assert "did you mean `circle`" in by_name["size/broken"]["error"]
    assert all(by_name[name]["samples"] == 4 and by_name[name]["rate"] > 0 for name in SHIPPED)
    page = _pages(site)["size.html"]
    assert "This task cannot be shown." in page.text and "cirle" in page.text
    assert "things" not in by_name, "a module is no task"


def test_alternative_texts_are_question_and_answer(site: Path) -> None:
    alts = [attrs["alt"] for tag, attrs in _pages(site)["spatial.html"].tags if tag == "img"]
    assert len(alts) == 8 and all("?" in alt and "Answer: " in alt for alt in alts)
    lazy = [attrs.get("loading") for tag, attrs in _pages(site)["spatial.html"].tags if tag == "img"]
    assert set(lazy) == {"lazy"}
    both = [attrs["alt"] for tag, attrs in _pages(site)["panels.html"].tags if tag == "img"]
    assert len(both) == 8 and both[0].startswith("Image 1 of 2.") and both[1].startswith("Image 2 of 2.")


def test_named_mistakes_margins_yields_and_wordings_are_told(site: Path) -> None:
    page = _pages(site)["spatial.html"]
    for text in ("swapped the two shapes", "clear 4vmin", "certified scenes a second", "of the proposals", "Wordings",
                 "Does {a} lie to the left of {b}?"):  # fmt: skip
        assert text in page.text, text
    assert any(attrs.get("class") == "t-kd" for tag, attrs in page.tags if tag == "span"), "specs are coloured"


def test_audits_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "leak.pgt").write_text(
        'task "t/leak"\nshape a: circle\nshape b: circle\nrequire apart(a, b) >= 1vmin\n'
        'ask "Is {a} left of {b}?" answer left_of(a, b) clear 1vmin\n', encoding="utf-8"
    )  # fmt: skip
    test = {"ask": 0, "what": "a.<x>", "accuracy": 0.71, "chance": 0.5}
    audit = [{"task": name, "scenes": 4000, "tests": 12, "leaks": leaks, "strong": [], "majority": [], "seen": []}
             for name, leaks in (("t/leak", [{"test": test, "p": 0.001}]), ("t/gone", []))]  # fmt: skip
    (tmp_path / "audit.json").write_text(json.dumps(audit))
    arguments = ["gallery", str(folder), "-o", str(tmp_path / "s"), "--size", "64", "-q", "--audit"]
    assert run([*arguments, str(tmp_path / "audit.json")]) == 0
    assert "`t/gone` was audited" in capsys.readouterr().err
    page = _Tags(tmp_path / "s" / "t.html")
    assert "1 leak" in page.text and "a.<x>: 71% right where chance gives 50%" in page.text
    assert "the spec has changed since" not in page.text
    (folder / "audits.json").write_text(json.dumps([audit[0] | {"meaning": "another"}]))
    assert run(arguments[:-1]) == 0
    assert "1 leak" in (text := _Tags(tmp_path / "s" / "t.html").text) and "the spec has changed since" in text
    (tmp_path / "audit.json").write_text('[{"task": 3}]')
    assert run([*arguments, str(tmp_path / "audit.json")]) == 1
    assert "is not what `pgt audit SPECS --json audit.json` or `--record audit.json` writes" in capsys.readouterr().err


def test_a_site_replaces_its_earlier_self_and_nothing_of_the_users(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = specs(tmp_path / "specs"), tmp_path / "site"
    one = ["--size", "64", "--count", "1", "-q", "--out", str(out)]
    assert run(["gallery", str(folder / "spatial"), *one]) == 0
    (out / "CNAME").write_text("mine")
    assert run(["gallery", str(folder / "twins"), *one]) == 0
    assert (out / "CNAME").read_text() == "mine"
    left = {path.name for path in (out / "pictures").iterdir()}
    assert left and all(name.startswith("twins.") for name in left)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    assert run(["gallery", str(folder / "twins"), "--out", str(other)]) == 1
    assert "holds no gallery" in capsys.readouterr().err and (other / "letter.txt").read_text() == "dear"


def test_a_marker_that_was_tampered_with_removes_nothing_outside(tmp_path: Path) -> None:
    folder, out = specs(tmp_path / "specs"), tmp_path / "site"
    one = ["gallery", str(folder / "twins"), "--size", "64", "--count", "1", "-q", "--out", str(out)]
    assert run(one) == 0
    kept = tmp_path / "kept.txt"
    kept.write_text("x")
    marker = json.loads((out / "gallery.json").read_text())
    marker["files"] += ["../kept.txt", str(kept), "a/../../kept.txt", 3]
    (out / "gallery.json").write_text(json.dumps(marker))
    assert run(one) == 0 and kept.exists()


def test_two_specs_with_one_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'task "t/one"\nshape a: circle\nask "How many?" answer count(shapes)\n'
    for name in ("a.pgt", "b.pgt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    out = tmp_path / "s"
    assert run(["gallery", str(tmp_path), "-o", str(out), "--size", "64", "-q"]) == 1
    assert "two specs name their task `t/one`" in capsys.readouterr().err
    assert len(list((out / "pictures").iterdir())) == 4


def test_slugs_are_safe_and_no_two_alike() -> None:
    slugs = Slugs(["index"])
    found = [slugs(name) for name in ("a/b", "a.b", "A.B", "../..", "Index", "", "<script>", "x" * 300)]
    assert len({slug.lower() for slug in found}) == len(found)
    assert all(slug.strip(".") and len(slug) < 90 and "/" not in slug for slug in found)


def test_shares_in_words() -> None:
    assert [percent(share) for share in (0, 1, 0.5, 0.034)] == ["0 %", "100 %", "50 %", "3.4 %"]
    assert [percent(share) for share in (0.9991, 0.0004, 0.99999)] == ["99.9 %", "0.04 %", "99.9 %"]


def test_rates_have_two_digits() -> None:
    assert [rate(r) for r in (3.14, 12.7, 348.2, 12345)] == ["3.1", "13", "350", "12,000"]
