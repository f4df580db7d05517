"""What pgt-dsl itself offers, as one ``Extension`` through the door that every plugin uses."""

from __future__ import annotations

from pgt_dsl.builtin.functions_graphs import FUNCTIONS as GRAPHS
from pgt_dsl.builtin.functions_photos import FUNCTIONS as PHOTOS
from pgt_dsl.builtin.functions_plain import FUNCTIONS as PLAIN
from pgt_dsl.builtin.functions_shapes import FUNCTIONS as SHAPES
from pgt_dsl.builtin.kinds import KINDS
from pgt_dsl.builtin.outputs import BACKGROUNDS, FORMATS, RENDERERS
from pgt_dsl.builtin.values import COLORS, FORMS, LISTS
from pgt_dsl.plugins.extension import Extension

MODULES = {
    f"pgt/{name}": f"pgt_dsl.builtin.modules:{name}"
    for name in ("prelude", "dials", "dice", "ground", "panels", "mazes", "things", "charts", "patterns", "palettes")
}

extension = Extension(
    name="builtin",
    kinds=KINDS,
    functions=(*SHAPES, *PLAIN, *PHOTOS, *GRAPHS),
    backgrounds=BACKGROUNDS,
    renderers=RENDERERS,
    formats=FORMATS,
    modules=MODULES,
    colors=COLORS,
    forms=FORMS,
    lists=LISTS,
)
