from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        for i in range(16):
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = A[vi] // (vi + 1) + T.if_then_else(A[vi] != 0, vi % A[vi], 3)

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        for i in range(16):
            T.check_divisor(not A[i] != 0 or A[i] != 0)
            B[i] = A[i] // (i + 1) + T.if_then_else(A[i] != 0, i % A[i], 3)
