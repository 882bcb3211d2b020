# C = A @ B, 1024 x 1024 x 1024, without copying anything.
#
# The lesson: a register tile is enough where the rows of B are read along. What it leaves on the table: 32 numbers of each of 1024 rows of B
# lie on 1024 pages, so address translation waits (compare matmul_1024_packed.py).
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Matmul:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((1024, 1024), "float32"), B: T.Buffer((1024, 1024), "float32"), C: T.Buffer((1024, 1024), "float32")):
        T.func_attr({"tirx.noalias": True})
        for i, j, k in T.grid(1024, 1024, 1024):
            with T.sblock("C"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    C[vi, vj] = T.float32(0)
                C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]


sch = tvm.s_tir.Schedule(Matmul)
C = sch.get_sblock("C", func_name="main")
# Sum in a buffer of its own, which will be one tile.
C_local = sch.cache_write(C, 0, "local")
i, j, k = sch.get_loops(C)
# 8 x 32 numbers stay in registers while k runs; the tiles of one block of columns follow each other, so that B's columns stay in the L2 cache.
i_0, i_1 = sch.split(i, [None, 8])
j_0, j_1 = sch.split(j, [None, 32])
sch.reorder(j_0, i_0, k, i_1, j_1)
# Write a tile back when it is done.
sch.reverse_compute_at(C_local, i_0)
ax0, ax1 = sch.get_loops(C_local)[-2:]
sch.vectorize(j_1)
sch.unroll(i_1)
sch.vectorize(ax1)
sch.unroll(ax0)
sch.decompose_reduction(C, k)
