from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((64, 64), "float32"), B: T.Buffer((64, 64), "float32")):
        Y = T.sblock_alloc_buffer((64, 64), "float32")
        for i in T.parallel(64):
            for j in range(64):
                with T.sblock("Y"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    Y[vi, vj] = A[vi, vj] * T.float32(2)
        for i in T.parallel(64):
            for j in range(64):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    B[vi, vj] = Y[63 - vi, vj]

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((64, 64), "float32"), B: T.Buffer((64, 64), "float32")):
        Y = T.alloc_buffer((64, 64))
        for i in T.parallel(64):
            for j in range(64):
                Y[i, j] = A[i, j] * T.float32(2.0)
        for i in T.parallel(64):
            for j in range(64):
                B[i, j] = Y[63 - i, j]
