"""Records what TVM prints for our own programs (tests/cases/script/printing). Run with a Python that has TVM 0.27."""
import pathlib
import re

from tvm.script import from_source

MARKER = "# ---- expected ----\n"


def in_tvm_dialect(text):
    """The course's spelling as TVM 0.27 spells it."""
    text = re.sub(r"^(import|from) .*\n", "", text, flags=re.M)
    if "T.block(" in text:
        text = text.replace("@tvm.script.ir_module", "@I.ir_module")
        text = text.replace("@T.prim_func(", "@T.prim_func(s_tir=True, ").replace("@T.prim_func\n", "@T.prim_func(s_tir=True)\n")
        text = text.replace("T.block(", "T.sblock(").replace("T.block_attr(", "T.sblock_attr(").replace("T.alloc_buffer(", "T.sblock_alloc_buffer(")
    return text


for path in sorted((pathlib.Path(__file__).parent.parent / "cases/script/printing").glob("*.py")):
    source = path.read_text().split(MARKER)[0]
    path.write_text(source + MARKER + from_source(in_tvm_dialect(source)).script() + "\n")
    print(path.name)
