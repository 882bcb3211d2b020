# The scores of attention: for each of 12 heads S = Q @ K transposed, 128 queries and keys of 64 numbers.
#
# The lesson: what is summed over lies along the rows of both Q and K, so neither gives 32 neighbours for one step. K of a head is turned once
# (32 KiB, it stays in the cache), and then it is the register tile of the matrix product.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Scores:
    @T.prim_func(s_tir=True)
    def main(Q: T.Buffer((12, 128, 64), "float32"), K: T.Buffer((12, 128, 64), "float32"), S: T.Buffer((12, 128, 128), "float32")):
        T.func_attr({"tirx.noalias": True})
        for b, i, j, k in T.grid(12, 128, 128, 64):
            with T.sblock("S"):
                vb, vi, vj, vk = T.axis.remap("SSSR", [b, i, j, k])
                with T.init():
                    S[vb, vi, vj] = T.float32(0)
                S[vb, vi, vj] = S[vb, vi, vj] + Q[vb, vi, vk] * K[vb, vj, vk]


sch = tvm.s_tir.Schedule(Scores)
S = sch.get_sblock("S", func_name="main")
# K turned: 32 keys side by side.
K_packed = sch.cache_read(S, 1, "global")
sch.transform_layout(K_packed, ("write", 0), lambda b, j, k: (b, j // 32, k, j % 32))
S_local = sch.cache_write(S, 0, "local")
b, i, j, k = sch.get_loops(S)
# 8 queries x 32 keys in registers.
i_0, i_1 = sch.split(i, [None, 8])
j_0, j_1 = sch.split(j, [None, 32])
sch.reorder(b, j_0, i_0, k, i_1, j_1)
sch.reverse_compute_at(S_local, i_0)
ax0, ax1 = sch.get_loops(S_local)[-2:]
# Turn the keys of a panel just before it is used.
sch.compute_at(K_packed, j_0)
sch.vectorize(j_1)
sch.unroll(i_1)
sch.vectorize(ax1)
sch.unroll(ax0)
sch.decompose_reduction(S, k)
