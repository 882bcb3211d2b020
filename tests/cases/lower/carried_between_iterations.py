from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def carried(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        S = T.sblock_alloc_buffer((17,), "int32")
        for i in range(17):
            with T.sblock("zero"):
                vi = T.axis.spatial(17, i)
                S[vi] = vi
        for i in range(16):
            with T.sblock("S"):
                vi = T.axis.opaque(16, i)
                S[vi + 1] = S[vi] + A[vi]
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = S[vi] * 2

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def carried(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        S = T.alloc_buffer((17,), "int32")
        for i in range(17):
            S[i] = i
        for i in range(16):
            S[i + 1] = S[i] + A[i]
            B[i] = S[i] * 2
