"""Philox against the known answers of Random123, and the properties that samples rest on."""

import numpy as np
import pytest

from pgt_dsl.solve.philox import mix64, philox4x32, uniforms

KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]  # fmt: skip


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter, key, answer):
    words = tuple(np.asarray([w], np.uint64) for w in counter)
    found = philox4x32(words, key[0] | key[1] << 32)
    assert tuple(int(w[0]) for w in found) == answer


def test_numbers_are_a_function_of_index_attempt_variable_and_lane():
    index = np.asarray([5, 7, 5, 1 << 40], np.uint64)
    attempt = np.asarray([0, 3, 0, 9], np.uint32)
    whole = uniforms(11, index, 4, attempt, 5)
    assert (whole[0] == whole[2]).all()
    assert (uniforms(11, index[1:2], 4, attempt[1:2], 5) == whole[1:2]).all()
    assert (uniforms(11, index, 4, attempt, 3, first=2) == whole[:, 2:]).all()
    assert len(np.unique(whole)) == 15
    for other in (uniforms(12, index, 4, attempt, 5), uniforms(11, index, 5, attempt, 5)):
        assert not (other == whole).any()


def test_uniform_and_in_range():
    u = uniforms(mix64(1, 2), np.arange(20000, dtype=np.uint64), 0, np.zeros(20000, np.uint32), 2)
    assert u.min() >= 0
    assert u.max() < 1
    assert abs(u.mean() - 0.5) < 0.005
    assert abs(np.corrcoef(u.T)[0, 1]) < 0.02


def test_too_many_numbers_are_refused():
    with pytest.raises(ValueError, match="beyond"):
        uniforms(1, np.zeros(1, np.uint64), 0, np.zeros(1, np.uint32), 1 << 18)
