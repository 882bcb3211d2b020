from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def regions(A: T.Buffer((16, 32), "int32"), B: T.Buffer((16, 32), "int32")):
        for i, j in T.grid(4, 4):
            with T.sblock("outer"):
                vi, vj = T.axis.remap("SS", [i, j])
                X = T.match_buffer(A[vi * 4:vi * 4 + 4, vj * 8:vj * 8 + 8], (4, 8), "int32", offset_factor=1)
                Y = T.match_buffer(B[vi * 4:vi * 4 + 4, vj * 8:vj * 8 + 8], (4, 8), "int32", offset_factor=1)
                for ii, jj in T.grid(4, 8):
                    with T.sblock("inner"):
                        vii, vjj = T.axis.remap("SS", [ii, jj])
                        Z = T.match_buffer(X[vii, 0:8], (8,), "int32", offset_factor=1)
                        Y[vii, vjj] = Z[7 - vjj] + vi

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def regions(A: T.Buffer((16, 32), "int32"), B: T.Buffer((16, 32), "int32")):
        for i, j, ii, jj in T.grid(4, 4, 4, 8):
            B[i * 4 + ii, j * 8 + jj] = A[i * 4 + ii, j * 8 + (7 - jj)] + i
