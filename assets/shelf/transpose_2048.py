# B = A transposed, 2048 x 2048.
#
# The lesson: whichever side is read along, the other jumps a row at every step. A tile of 16 x 4 takes whole lines of A, of four rows at a time (rows
# 8 KiB apart fall into the same sets of the L1 cache, which holds eight of them), and its 16 lines of B are still there when the next tile goes on with them.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Transpose:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((2048, 2048), "float32"), B: T.Buffer((2048, 2048), "float32")):
        T.func_attr({"tirx.noalias": True})
        for i, j in T.grid(2048, 2048):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = A[vj, vi]


sch = tvm.s_tir.Schedule(Transpose)
B = sch.get_sblock("B", func_name="main")
i, j = sch.get_loops(B)
# A tile of 16 rows and 4 columns of B: 16 numbers, one line, of each of four rows of A.
i_0, i_1 = sch.split(i, [None, 16])
j_0, j_1 = sch.split(j, [None, 4])
sch.reorder(i_0, j_0, i_1, j_1)
# The rows of the tile written out; four neighbours of B stored at once.
sch.unroll(i_1)
sch.vectorize(j_1)
