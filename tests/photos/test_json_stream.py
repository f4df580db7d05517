"""Large objects of JSON read item by item: the same as the standard reader, whatever the portions."""

from __future__ import annotations

import json

import pytest

from pgt_dsl.photos.json_stream import members

DATA = {
    "info": {"text": 'a "quoted" \\ word, [not a list]', "n": -1.5e3},
    "none": [],
    "images": [{"id": k, "name": "ä" * (k % 7)} for k in range(40)],
    "numbers": [1, 22, 333, 4444.25, True, None, "x"],
    "last": 12345,
}


@pytest.mark.parametrize("portion", [1, 2, 7, 64, 10**6])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_same_as_the_standard_reader(tmp_path, portion, indent):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(DATA, indent=indent, ensure_ascii=False), "utf-8")
    found = {}
    for name, place, item in members(path, portion):
        if place is None:
            found[name] = item
        else:
            assert place == len(found[name])
            found[name].append(item)
    assert found == DATA


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "an object"), ("[]", "an object"), ('{"a": [1, 2', "line 1"), ('{"a"}', "`:`"), ("{1: 2}", "name"),
        ('{"a": [1 2]}', "`,` or `]`"), ('{"a": 1} x', "after the end"), ('{"a":\n\n [1,\n x]}', "line 4"),
        ('{"a": "unended', "line 1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("portion", [3, 1000])
def test_what_is_no_object_is_told_with_its_line(tmp_path, text, why, portion):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=why):
        list(members(path, portion))
