# C = A @ B, 1024 x 1024 x 1024, with B packed.
#
# The lesson: a copy that pays. B is copied once into panels of 32 columns, in the order in which the innermost loops read them; 4 MiB of copying
# for 4 GiB of reading that now runs straight through memory.
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
# A copy of B, laid out as panels: 32 columns, row after row.
B_packed = sch.cache_read(C, 1, "global")
sch.transform_layout(B_packed, ("write", 0), lambda k, j: (j // 32, k, j % 32))
C_local = sch.cache_write(C, 0, "local")
# The register tile of matmul_1024_tiled.py.
i, j, k = sch.get_loops(C)
i_0, i_1 = sch.split(i, [None, 8])
j_0, j_1 = sch.split(j, [None, 32])
sch.reorder(j_0, i_0, k, i_1, j_1)
sch.reverse_compute_at(C_local, i_0)
ax0, ax1 = sch.get_loops(C_local)[-2:]
# Pack a panel just before it is used, and it is still in the cache then.
sch.compute_at(B_packed, j_0)
sch.vectorize(sch.get_loops(B_packed)[-1])
sch.vectorize(j_1)
sch.unroll(i_1)
sch.vectorize(ax1)
sch.unroll(ax0)
sch.decompose_reduction(C, k)
