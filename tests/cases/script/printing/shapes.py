m = TypeVar("m")
@I.ir_module
class Shapes:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer(("n", m), "float32"), B: T.Buffer((n, "m * T.int64(2)"), "float32"), k: T.int32, C: T.Buffer((k, n), "float32")):
        n = T.int32()
        for i, j in T.grid(n, m):
            with T.sblock("B"):
                vi = T.axis.spatial(n, i)
                vj = T.axis.spatial(m, j)
                B[vi, vj] = A[vi, vj]
# ---- expected ----
# from typing import TypeVar
# from tvm.script import ir as I
# from tvm.script import tirx as T
# from tvm.tirx.layout import Axis

m = TypeVar("m")
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer(("n", m), "float32"), B: T.Buffer((n, "m * T.int64(2)"), "float32"), k: T.int32, C: T.Buffer((k, n), "float32")):
        n = T.int32()
        # with T.sblock("root"):
        for i, j in T.grid(n, m):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                T.reads(A[vi, vj])
                T.writes(B[vi, vj])
                B[vi, vj] = A[vi, vj]
