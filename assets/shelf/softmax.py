# Softmax over rows of 1024, 256 of them: maximum, exponentials, their sum, quotient.
#
# The lesson: four passes over a row that stays in the L1 cache are one pass over memory. The maximum and the sum are chains, so rfactor gives them 32
# lanes each.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Softmax:
    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((256, 1024), "float32"), Y: T.Buffer((256, 1024), "float32")):
        T.func_attr({"tirx.noalias": True})
        M = T.sblock_alloc_buffer((256,), "float32")
        E = T.sblock_alloc_buffer((256, 1024), "float32")
        S = T.sblock_alloc_buffer((256,), "float32")
        for i, k in T.grid(256, 1024):
            with T.sblock("M"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    M[vi] = T.float32(-3.4028234663852886e38)
                M[vi] = T.max(M[vi], X[vi, vk])
        for i, j in T.grid(256, 1024):
            with T.sblock("E"):
                vi, vj = T.axis.remap("SS", [i, j])
                E[vi, vj] = T.exp(X[vi, vj] - M[vi])
        for i, k in T.grid(256, 1024):
            with T.sblock("S"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    S[vi] = T.float32(0)
                S[vi] = S[vi] + E[vi, vk]
        for i, j in T.grid(256, 1024):
            with T.sblock("Y"):
                vi, vj = T.axis.remap("SS", [i, j])
                Y[vi, vj] = E[vi, vj] / S[vi]


sch = tvm.s_tir.Schedule(Softmax)
M = sch.get_sblock("M", func_name="main")
E = sch.get_sblock("E", func_name="main")
S = sch.get_sblock("S", func_name="main")
Y = sch.get_sblock("Y", func_name="main")
# 32 maxima and 32 sums to a row, each of every 32nd number.
i, k = sch.get_loops(M)
k_0, k_1 = sch.split(k, [None, 32])
M_rf = sch.rfactor(k_1, 1)
i, k = sch.get_loops(S)
k_0, k_1 = sch.split(k, [None, 32])
S_rf = sch.rfactor(k_1, 1)
# All of it row by row: what a step leaves is in the cache for the next.
i, j = sch.get_loops(Y)
sch.compute_at(S, i)
sch.compute_at(S_rf, i)
sch.compute_at(E, i)
sch.compute_at(M, i)
sch.compute_at(M_rf, i)
# 16 numbers at once in each of them; the two vectors of maxima and of sums written out.
j_0, j_1 = sch.split(sch.get_loops(Y)[-1], [None, 16])
sch.vectorize(j_1)
e_0, e_1 = sch.split(sch.get_loops(E)[-1], [None, 16])
sch.vectorize(e_1)
k_1, k_0 = sch.get_loops(M_rf)[-2:]
k_1_0, k_1_1 = sch.split(k_1, [None, 16])
sch.reorder(k_0, k_1_0, k_1_1)
sch.vectorize(k_1_1)
sch.unroll(k_1_0)
k_3, k_2 = sch.get_loops(S_rf)[-2:]
k_3_0, k_3_1 = sch.split(k_3, [None, 16])
sch.reorder(k_2, k_3_0, k_3_1)
sch.vectorize(k_3_1)
sch.unroll(k_3_0)
sch.decompose_reduction(M_rf, k_0)
sch.decompose_reduction(S_rf, k_2)
