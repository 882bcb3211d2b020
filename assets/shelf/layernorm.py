# Layer normalisation of 256 rows of 1024: mean and mean square of a row, then scale and shift.
#
# The lesson: a sum waits for its last addition, in lanes of its own (rfactor) as well. Four rows side by side fill the wait, and are few enough for the
# L1 cache to hold them until the last pass.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class LayerNorm:
    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((256, 1024), "float32"), G: T.Buffer((1024,), "float32"), B: T.Buffer((1024,), "float32"), Y: T.Buffer((256, 1024), "float32")):
        T.func_attr({"tirx.noalias": True})
        S = T.sblock_alloc_buffer((256,), "float32")
        Q = T.sblock_alloc_buffer((256,), "float32")
        R = T.sblock_alloc_buffer((256,), "float32")
        for i, k in T.grid(256, 1024):
            with T.sblock("S"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    S[vi] = T.float32(0)
                S[vi] = S[vi] + X[vi, vk]
        for i, k in T.grid(256, 1024):
            with T.sblock("Q"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    Q[vi] = T.float32(0)
                Q[vi] = Q[vi] + X[vi, vk] * X[vi, vk]
        for i in range(256):
            with T.sblock("R"):
                vi = T.axis.spatial(256, i)
                R[vi] = T.rsqrt(Q[vi] * T.float32(0.0009765625) - S[vi] * S[vi] * T.float32(9.5367431640625e-07) + T.float32(1e-5))
        for i, j in T.grid(256, 1024):
            with T.sblock("Y"):
                vi, vj = T.axis.remap("SS", [i, j])
                Y[vi, vj] = (X[vi, vj] - S[vi] * T.float32(0.0009765625)) * R[vi] * G[vj] + B[vj]


sch = tvm.s_tir.Schedule(LayerNorm)
S = sch.get_sblock("S", func_name="main")
Q = sch.get_sblock("Q", func_name="main")
R = sch.get_sblock("R", func_name="main")
Y = sch.get_sblock("Y", func_name="main")
# 16 sums of every 16th number, for either sum.
i, k = sch.get_loops(S)
k_0, k_1 = sch.split(k, [None, 16])
S_rf = sch.rfactor(k_1, 1)
i, k = sch.get_loops(Q)
k_0, k_1 = sch.split(k, [None, 16])
Q_rf = sch.rfactor(k_1, 1)
# All of it four rows at a time: 16 KiB, which stay in the L1 cache for the next pass.
i, j = sch.get_loops(Y)
i_0, i_1 = sch.split(i, [None, 4])
sch.compute_at(R, i_0)
sch.compute_at(Q, i_0)
sch.compute_at(S, i_0)
sch.compute_at(Q_rf, i_0)
sch.compute_at(S_rf, i_0)
# The rows innermost but for the vectors, and written out: while the sum of one row waits for its last addition, the other three go on.
l, r, k = sch.get_loops(S_rf)[-3:]
sch.reorder(k, r, l)
sch.vectorize(l)
sch.unroll(r)
l_2, r_2, k_2 = sch.get_loops(Q_rf)[-3:]
sch.reorder(k_2, r_2, l_2)
sch.vectorize(l_2)
sch.unroll(r_2)
l_3, r_3 = sch.get_loops(S)[-2:]
sch.unroll(r_3)
l_4, r_4 = sch.get_loops(Q)[-2:]
sch.unroll(r_4)
# 16 numbers at once in the last pass too.
j_0, j_1 = sch.split(j, [None, 16])
sch.vectorize(j_1)
# Zeroing the sums leaves the loops.
sch.decompose_reduction(S_rf, k)
sch.decompose_reduction(Q_rf, k_2)
