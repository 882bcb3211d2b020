#!/usr/bin/env python3
"""Records tests/cases/index_maps/graphs.jsonl from real TVM (0.27): index maps as its traces hold them, in JSON and in Python."""
import json
import pathlib

import tvm
import tvm_ffi
from tvm.script import tirx as T
from tvm.tirx import IndexMap

FILE = pathlib.Path(__file__).resolve().parent.parent / "cases" / "index_maps" / "graphs.jsonl"
to_graph = tvm_ffi.get_global_func("ffi.ToJSONGraph")
stringify = tvm_ffi.get_global_func("ffi.json.Stringify")

FLOAT = lambda i: T.Cast("float32", i)
MAPS = [
    lambda i, j: (i // 4, j, i % 4),
    lambda i, j: (i // 4, j // 8, i % 4, j % 8),
    lambda i, j: (j, i),
    lambda i, j: i * 16 + j - 3,
    lambda i, j: (T.if_then_else(i < 3, i, j), T.max(i, j) + T.min(i, j)),
    lambda i, j: (-i, T.Select(T.And(i < j, j > 3), i, j)),
    lambda i, j: ((i & 3) + (i >> 1), (i | j) ^ 5, i << 2, ~i),
    lambda i, j: (T.truncdiv(i, 2), T.truncmod(i, 3)),
    lambda i, j: (T.Cast("int64", i), T.Cast("int8", j)),
    lambda i, j: (T.Not(i == j), T.Or(i != j, i >= j), i <= j, T.likely(i < 2)),
    lambda i, j: (T.exp(FLOAT(i)) * 0.5, T.exp(FLOAT(j)), T.sqrt(FLOAT(i + j))),
    lambda i, j: (T.float32(1.5), T.float32(1e-7), T.float32(0.1), T.float16(65504.0), T.float32(1e20)),
    lambda i, j: (T.float32("inf"), T.float32("-inf"), T.float64(3.0), T.float32(-0.0)),
    lambda i, j: (T.int64(5), T.bool(True), T.uint8(255), i),
    lambda i, j: (i, i, j),
    lambda i, j: (),
]


def main():
    lines = []
    for function in MAPS:
        for dtype, indent in (("int32", 0), ("int64", 2)):
            lines.append(entry(IndexMap.from_func(function, index_dtype=dtype), indent))
    inverse = IndexMap.from_func(lambda i, j: (i // 4, j, i % 4), inverse_index_map=lambda a, j, b: (a * 4 + b, j), index_dtype="int64")
    lines += [entry(inverse, 0), entry(inverse, 2)]
    FILE.write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(f"{len(lines)} maps")


def entry(index_map, indent):
    graph = stringify(to_graph(index_map, {"tvm_version": tvm.__version__}), indent)
    return {"graph": str(graph), "python": python_of(index_map)}


PROGRAM = '''
@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 4), "float32")):
    for i, j in T.grid(4, 4):
        with T.sblock("A"):
            vi, vj = T.axis.remap("SS", [i, j])
            A[vi, vj] = T.float32(0)
'''


def python_of(index_map):
    """By a trace's own writer; the step need not be applied."""
    schedule = tvm.s_tir.Schedule(tvm.script.from_source(PROGRAM))
    block = schedule.get_sblock("A", func_name="main")
    kind = tvm.s_tir.schedule.InstructionKind.get("TransformBlockLayout")
    instruction = tvm.s_tir.schedule.Instruction(kind, [block], [index_map], [])
    text = str(instruction)
    return text[text.index("index_map=") + len("index_map="):-1]


if __name__ == "__main__":
    main()
