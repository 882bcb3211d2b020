# Layer normalisation of 256 rows of 1024: mean and mean square of a row, then scale and shift.
#
# The lesson: two sums of the same numbers. Row by row, the second pass and the last find the row in the L1 cache; lanes of their own (rfactor) let
# both sums run as fast as the row can be read.
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
# 32 sums of every 32nd number, for either sum.
i, k = sch.get_loops(S)
k_0, k_1 = sch.split(k, [None, 32])
S_rf = sch.rfactor(k_1, 1)
i, k = sch.get_loops(Q)
k_0, k_1 = sch.split(k, [None, 32])
Q_rf = sch.rfactor(k_1, 1)
# All of it row by row.
i, j = sch.get_loops(Y)
sch.compute_at(R, i)
sch.compute_at(Q, i)
sch.compute_at(S, i)
sch.compute_at(Q_rf, i)
sch.compute_at(S_rf, i)
# 16 numbers at once; the two vectors of each sum written out.
j_0, j_1 = sch.split(sch.get_loops(Y)[-1], [None, 16])
sch.vectorize(j_1)
k_1, k_0 = sch.get_loops(S_rf)[-2:]
k_1_0, k_1_1 = sch.split(k_1, [None, 16])
sch.reorder(k_0, k_1_0, k_1_1)
sch.vectorize(k_1_1)
sch.unroll(k_1_0)
k_3, k_2 = sch.get_loops(Q_rf)[-2:]
k_3_0, k_3_1 = sch.split(k_3, [None, 16])
sch.reorder(k_2, k_3_0, k_3_1)
sch.vectorize(k_3_1)
sch.unroll(k_3_0)
sch.decompose_reduction(S_rf, k_0)
sch.decompose_reduction(Q_rf, k_2)
