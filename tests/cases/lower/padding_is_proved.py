from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def padded(A: T.Buffer((14, 14), "int32"), B: T.Buffer((16, 16), "int32")):
        for i, j in T.grid(16, 16):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = T.if_then_else(1 <= vi and vi < 15 and 1 <= vj and vj < 15, A[vi - 1, vj - 1], -1)

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def padded(A: T.Buffer((14, 14), "int32"), B: T.Buffer((16, 16), "int32")):
        for i in T.serial(1, annotations={"runs_rarely": True}):
            for j in T.serial(16, annotations={"runs_rarely": True}):
                B[i, j] = -1
        for i in range(1, 15):
            for j in range(16):
                B[i, j] = T.if_then_else(1 <= j and j < 15, A[i - 1, j - 1], -1)
        for i in T.serial(15, 16, annotations={"runs_rarely": True}):
            for j in T.serial(16, annotations={"runs_rarely": True}):
                B[i, j] = -1
