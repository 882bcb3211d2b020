# One step of the heat equation on a grid of 2048 x 2048: each point from its four neighbours and itself.
#
# The lesson: a copy of the input with its border is not needed in memory. The padded row blocks live where they are used, and are still in the
# cache when the three rows around a point are read.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Stencil:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((2048, 2048), "float32"), B: T.Buffer((2048, 2048), "float32")):
        T.func_attr({"tirx.noalias": True})
        P = T.sblock_alloc_buffer((2050, 2050), "float32")
        for i, j in T.grid(2050, 2050):
            with T.sblock("P"):
                vi, vj = T.axis.remap("SS", [i, j])
                P[vi, vj] = T.if_then_else(1 <= vi and vi < 2049 and 1 <= vj and vj < 2049, A[vi - 1, vj - 1], T.float32(0))
        for i, j in T.grid(2048, 2048):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = P[vi + 1, vj + 1] + T.float32(0.1) * (P[vi, vj + 1] + P[vi + 2, vj + 1] + P[vi + 1, vj] + P[vi + 1, vj + 2] - T.float32(4) * P[vi + 1, vj + 1])


sch = tvm.s_tir.Schedule(Stencil)
P = sch.get_sblock("P", func_name="main")
B = sch.get_sblock("B", func_name="main")
i, j = sch.get_loops(B)
# Bands of 16 rows: the padded copy of a band (18 rows, 148 KiB) stays in the L2 cache.
i_0, i_1 = sch.split(i, [None, 16])
sch.compute_at(P, i_0)
# 64 points of a row at once.
j_0, j_1 = sch.split(j, [None, 64])
sch.vectorize(j_1)
