"""Counter-based random numbers: Philox4x32-10 (Salmon et al., SC 2011), vectorised.

A number is a function of (key, index, variable, attempt, lane) and of nothing else, so that batch size, order and
workers never change a sample.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Uints = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

MAX_VARS = 1 << 16  # variables of a program, strata included
MAX_LANES = 1 << 17  # uniforms of one variable in one attempt
PAVING = MAX_VARS - 256  # the stream that chooses boxes; strata use those from the end
FIRST = 1 << 20  # the first attempt number of chains, beyond all that rejection tries
TWIN = 1 << 31  # added to the attempt: the stream of a twin's fresh draws

CHUNK = 1 << 13  # counters at once: what fits a core's cache is several times faster

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_MASK64 = (1 << 64) - 1


def philox4x32(counter: tuple[Uints, Uints, Uints, Uints], key: int) -> tuple[Uints, Uints, Uints, Uints]:
    """Ten rounds on counters of four 32-bit words (uint64 arrays that broadcast), under a key of two (low first)."""
    words = np.broadcast_arrays(*counter)
    shape = words[0].shape
    out = np.empty((4, words[0].size), np.uint64)
    flat = [word.reshape(-1) for word in words]
    for first in range(0, out.shape[1], CHUNK):
        part = out[:, first : first + CHUNK]
        for k in range(4):
            part[k] = flat[k][first : first + CHUNK]
        _rounds(part, key)
    c0, c1, c2, c3 = (word.reshape(shape) for word in out)
    return c0, c1, c2, c3


def _rounds(words: Uints, key: int) -> None:
    """Ten rounds in place, on uint64[4, n] of 32-bit words."""
    c0, c1, c2, c3 = words
    p0, p1 = np.empty_like(c0), np.empty_like(c0)
    k0, k1 = key & 0xFFFFFFFF, (key >> 32) & 0xFFFFFFFF
    for _ in range(10):
        np.multiply(c0, _M0, out=p0)
        np.multiply(c2, _M1, out=p1)
        np.right_shift(p1, _32, out=c0)
        c0 ^= c1
        c0 ^= np.uint64(k0)
        np.bitwise_and(p1, _LOW, out=c1)
        np.right_shift(p0, _32, out=c2)
        c2 ^= c3
        c2 ^= np.uint64(k1)
        np.bitwise_and(p0, _LOW, out=c3)
        k0, k1 = (k0 + _W0) & 0xFFFFFFFF, (k1 + _W1) & 0xFFFFFFFF


def mix64(*words: int) -> int:
    """A 64-bit key from integers, by SplitMix64 steps; every bit of every word counts."""
    state = 0x9E3779B97F4A7C15
    for word in words:
        state = (state ^ (word & _MASK64)) & _MASK64
        state = (state + 0x9E3779B97F4A7C15) & _MASK64
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK64
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK64
        state ^= state >> 31
    return state


def uniforms(key: int, index: Uints, var: int, attempt: npt.NDArray[np.uint32], lanes: int, first: int = 0) -> Floats:
    """float64[N, lanes] in [0, 1) with 53 bits, from lane ``first`` (even) on. ``index`` is uint64[N], ``attempt``
    uint32[N], or uint32[N, lanes] where lanes have attempts of their own. Raises ``ValueError`` beyond ``MAX_VARS`` or
    ``MAX_LANES``."""
    blocks = (lanes + 1) // 2
    if not 0 <= var < MAX_VARS or first % 2 or first + 2 * blocks > MAX_LANES:
        raise ValueError(f"variable {var} with {lanes} numbers from {first} is beyond what a sample may draw")
    index = index.astype(np.uint64)[:, None]
    if attempt.ndim > 1:
        return _lane_by_lane(key, index, var, attempt, first)
    block = np.arange(first // 2, first // 2 + blocks, dtype=np.uint64)[None, :]
    words = philox4x32(
        (index & _LOW, index >> _32, attempt.astype(np.uint64)[:, None], np.uint64(var << 16) | block), key
    )
    result = np.empty((index.shape[0], blocks, 2))
    for lane, (high, low) in enumerate((words[0:2], words[2:4])):
        result[:, :, lane] = _number(high, low)
    return result.reshape(index.shape[0], 2 * blocks)[:, :lanes]


def _lane_by_lane(key: int, index: Uints, var: int, attempt: npt.NDArray[np.uint32], first: int) -> Floats:
    """``uniforms`` where each lane has its attempt: of the two numbers of a block only one is used."""
    lane = np.arange(first, first + attempt.shape[1], dtype=np.uint64)[None, :]
    counter = index & _LOW, index >> _32, attempt.astype(np.uint64), np.uint64(var << 16) | lane >> np.uint64(1)
    words = philox4x32(counter, key)
    odd = (lane % np.uint64(2)).astype(np.bool_)
    return _number(np.where(odd, words[2], words[0]), np.where(odd, words[3], words[1]))


def _number(high: Uints, low: Uints) -> Floats:
    """Numbers in [0, 1) from 27 bits of one word and 26 of another."""
    return np.asarray((high >> np.uint64(5)) * (67108864.0 * 2.0**-53) + (low >> np.uint64(6)) * 2.0**-53)
