import tvm
from tvm.script import tir as T

@tvm.script.ir_module
class Two:
    @T.prim_func
    def main(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8, 8), dtype="int8")):
        for i, j in T.grid(8, 8):
            with T.block("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = T.cast(A[vi, vj] * T.float32(2), "int8")

    @T.prim_func(private=True)
    def scale(A: T.Buffer((8, 8), "float32"), n: T.int32):
        T.func_attr({"tir.noalias": True})
        for i, j in T.grid(8, 8):
            with T.block("A"):
                vi, vj = T.axis.remap("SS", [i, j])
                T.where(i < n and j != 3)
                T.block_attr({"scale": [1, 2.5, "x"], "deep": {"a": None}})
                A[vi, vj] = A[vi, vj] * 0.1
# ---- expected ----
# from tvm.script import ir as I
# from tvm.script import tirx as T
# from tvm.tirx.layout import Axis

@I.ir_module
class Module:
    @T.prim_func(private=True, s_tir=True)
    def scale(A: T.Buffer((8, 8), "float32"), n: T.int32):
        T.func_attr({"tir.noalias": True})
        # with T.sblock("root"):
        for i, j in T.grid(8, 8):
            with T.sblock("A"):
                vi, vj = T.axis.remap("SS", [i, j])
                T.where(i < n and j != 3)
                T.reads(A[vi, vj])
                T.writes(A[vi, vj])
                T.sblock_attr({"deep": {"a": None}, "scale": [1, 2.5, "x"]})
                A[vi, vj] = A[vi, vj] * T.float32(0.10000000000000001)

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8, 8), "int8")):
        # with T.sblock("root"):
        for i, j in T.grid(8, 8):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                T.reads(A[vi, vj])
                T.writes(B[vi, vj])
                B[vi, vj] = T.Cast("int8", A[vi, vj] * T.float32(2.0))
