from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((16,), "int32")):
        for i_0, i_1 in T.grid(4, 4):
            with T.sblock("A"):
                vi = T.axis.spatial(16, i_0 * 4 + i_1)
                T.where(i_0 * 4 + i_1 < 16)
                if vi < 20:
                    A[vi] = A[vi] + 1
                else:
                    A[vi] = 0
                if vi < 0:
                    A[vi] = 7

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((16,), "int32")):
        for i_0, i_1 in T.grid(4, 4):
            A[i_0 * 4 + i_1] = A[i_0 * 4 + i_1] + 1
