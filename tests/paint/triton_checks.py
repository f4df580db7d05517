"""What ``test_triton.py`` runs in processes of its own: triton decides when it is imported whether it interprets."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from pgt_dsl.paint.display import TextItem
from pgt_dsl.testing.display_lists import Item, disc, paper, piece
from pgt_dsl.testing.display_lists import display as pictures
from pgt_dsl.testing.display_lists import union as both


def interpret() -> str:
    """The kernel under the interpreter gives the bytes of the torch painter."""
    from pgt_dsl.paint.torch_painter import TorchRenderer
    from pgt_dsl.paint.triton_painter import TritonRenderer

    arrow = both(piece([2 + 9j, 9 + 9j], False, 1.5), piece([15 + 8j, 9 + 13j, 9 + 4j]))
    first = [
        Item(disc(6.25 + 7.5j, 5.125), 0xC02040, 0x102030, 1.25, id=3),
        Item(arrow, 0x20C040, opacity=0.6, id=4),
        Item(piece([3 + 2j, 12 + 3j, 5 + 14j]), -1, 0xFFFFFF, 1.5, id=5),
    ]
    text = Item(fill=0xFFFFFF, text=TextItem("g", 8 + 7j, 12.0), halo=0x000000, id=6)
    display = pictures(17, 15, first, [text], [])
    ground = paper(display)
    ground[:, ::2, ::3] = 90
    torch_one, triton_one = (made.paint(display, ground) for made in (TorchRenderer(), TritonRenderer(tile=(16, 32))))
    assert (torch_one.rgb == triton_one.rgb).all(), np.argwhere(torch_one.rgb != triton_one.rgb)[:9]
    assert (torch_one.ids == triton_one.ids).all()
    assert set(np.unique(triton_one.ids)) == {0, 3, 4, 5, 6}
    # Tiles smaller than the picture, which do not divide it; and no ids.
    tiles = TritonRenderer(tile=(8, 16)).paint(pictures(17, 15, first[:1]), ground[:1], ids=False)
    assert tiles.ids is None
    assert (tiles.rgb == TorchRenderer().paint(pictures(17, 15, first[:1]), ground[:1]).rgb).all()
    return "equal"


def compile_kernel() -> str:
    """The kernel for compute capability 9.0, made without a GPU: registers, bytes of stack and of local memory."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from pgt_dsl.paint import triton_kernel as kernel

    constants = {"WITH_IDS": True, "R": kernel.TILE_ROWS, "C": kernel.TILE_COLUMNS, "K": kernel.FIELDS}
    kinds = {"background": "*u8", "rgb": "*u8", "masks": "*u8", "width": "i32", "height": "i32"}
    names = kernel.paint_tiles.arg_names
    signature = {name: "constexpr" if name in constants else kinds.get(name, "*i32") for name in names}
    made = triton.compile(
        ASTSource(fn=kernel.paint_tiles, signature=signature, constexprs=constants),
        target=GPUTarget("cuda", 90, 32),
        options={"num_warps": kernel.WARPS, "enable_fp_fusion": False},
    )
    assert ".target sm_90" in made.asm["ptx"] and made.asm["cubin"][:4] == b"\x7fELF"
    assert "fma.rn.f32" not in made.asm["ptx"]  # fused, a product would be rounded otherwise than in torch
    tool = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / "cuobjdump"
    if not tool.exists():
        return "compiled"
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(made.asm["cubin"])
        file.flush()
        used = subprocess.run([tool, "-res-usage", file.name], capture_output=True, text=True, check=True).stdout
    return " ".join(used.split("paint_tiles:")[1].split())


if __name__ == "__main__":
    print({"interpret": interpret, "compile": compile_kernel}[sys.argv[1]]())
