# C = A @ B for bytes, 512 x 512 x 512: unsigned activations, signed weights, sums in 32 bits, as quantised networks have it.
#
# The lesson: bytes are a quarter of the traffic, but only if the products are summed in groups of four. The weights are packed so that the four numbers of
# a group lie side by side, 16 columns to a vector: that is what the processor's dot product of bytes takes, where it has one.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class MatmulInt8:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((512, 512), "uint8"), B: T.Buffer((512, 512), "int8"), C: T.Buffer((512, 512), "int32")):
        T.func_attr({"tirx.noalias": True})
        for i, j, k in T.grid(512, 512, 512):
            with T.sblock("C"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    C[vi, vj] = 0
                C[vi, vj] = C[vi, vj] + T.Cast("int32", A[vi, vk]) * T.Cast("int32", B[vk, vj])


sch = tvm.s_tir.Schedule(MatmulInt8)
C = sch.get_sblock("C", func_name="main")
# The weights of 16 columns and 4 rows side by side.
B_packed = sch.cache_read(C, 1, "global")
sch.transform_layout(B_packed, ("write", 0), lambda k, j: (j // 16, k // 4, j % 16, k % 4))
C_local = sch.cache_write(C, 0, "local")
i, j, k = sch.get_loops(C)
# 8 rows and 16 columns in registers; four steps of k at a time.
i_0, i_1 = sch.split(i, [None, 8])
j_0, j_1 = sch.split(j, [None, 16])
k_0, k_1 = sch.split(k, [None, 4])
sch.reorder(j_0, i_0, k_0, i_1, k_1, j_1)
sch.reverse_compute_at(C_local, i_0)
ax0, ax1 = sch.get_loops(C_local)[-2:]
sch.compute_at(B_packed, j_0)
sch.vectorize(ax1)
sch.unroll(ax0)
sch.vectorize(j_1)
sch.unroll(i_1)
sch.unroll(k_1)
sch.decompose_reduction(C, k_0)
