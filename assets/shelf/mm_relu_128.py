# The course's matrix product with ReLU, C = max(A @ B, 0), at the speed of the registers.
#
# The lesson: a register tile. 8 x 32 numbers of Y stay in vector registers while k runs, so that each step of k loads one
# row of B (32 numbers) and 8 numbers of A for 256 multiplications.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class MmRelu:
    @T.prim_func(s_tir=True)
    def mm_relu(A: T.Buffer((128, 128), "float32"), B: T.Buffer((128, 128), "float32"), C: T.Buffer((128, 128), "float32")):
        T.func_attr({"tirx.noalias": True})
        Y = T.sblock_alloc_buffer((128, 128), "float32")
        for i, j, k in T.grid(128, 128, 128):
            with T.sblock("Y"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    Y[vi, vj] = T.float32(0)
                Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
        for i, j in T.grid(128, 128):
            with T.sblock("C"):
                vi, vj = T.axis.remap("SS", [i, j])
                C[vi, vj] = T.max(Y[vi, vj], T.float32(0))


sch = tvm.s_tir.Schedule(MmRelu)
Y = sch.get_sblock("Y", func_name="mm_relu")
C = sch.get_sblock("C", func_name="mm_relu")
i, j, k = sch.get_loops(Y)
# Cut Y into tiles of 8 rows and 32 columns, and let k run outside of the tile: the tile is what stays in registers.
i_0, i_1 = sch.split(i, [None, 8])
j_0, j_1 = sch.split(j, [None, 32])
sch.reorder(i_0, j_0, k, i_1, j_1)
# ReLU of a tile as soon as it is done: Y shrinks from 64 KiB to one tile and need not be in memory at all.
sch.reverse_compute_at(C, j_0)
ax0, ax1 = sch.get_loops(C)[-2:]
# 32 neighbours at once; the 8 rows written out, so that each has registers of its own.
sch.vectorize(j_1)
sch.unroll(i_1)
sch.vectorize(ax1)
sch.unroll(ax0)
# Zeroing leaves the reduction: no question "is this the first k?" in the innermost loop. Last, as the update alone may not be vectorized.
sch.decompose_reduction(Y, k)
