"""Words of many letters: the list of their letters is as long as the longest that may be drawn."""

from __future__ import annotations

from pgt_dsl.api import load
from pgt_dsl.plugins.registry import registry
from pgt_dsl.scene.certify import certify

LETTERS = 32
WORDS = f"""## Words that are long.
task "test/words"

pick w ~ ["{"abcdefgh" * (LETTERS // 8)}", "abc"]

ask "How many letters has {{w}}?"
  answer count(letters_of(w))
ask "How many letters have {{w}} and {{w}}?"
  answer count(letters_of("{{w}} {{w}}"))
"""


def test_no_letter_of_a_long_word_is_lost() -> None:
    pipeline = load(WORDS, registry()).pipeline(0, 64)
    scenes = pipeline.scenes(range(4))
    found = {scene.draws["w"]: [ask.value for ask in scene.asks] for scene in scenes}
    assert found == {"abcdefgh" * (LETTERS // 8): [LETTERS, 2 * LETTERS + 1], "abc": [3, 7]}
    assert [certify(pipeline.program, scene, registry()) for scene in scenes] == [[]] * 4
