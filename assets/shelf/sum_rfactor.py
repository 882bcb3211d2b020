# The sum of 4 Mi numbers.
#
# The lesson: one sum is a chain, each addition waits for the last. rfactor makes 128 sums of it, which know nothing of each other: eight vectors of 16, and
# memory is the limit, no longer the adder.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Sum:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((4194304,), "float32"), S: T.Buffer((1,), "float32")):
        T.func_attr({"tirx.noalias": True})
        for i, k in T.grid(1, 4194304):
            with T.sblock("S"):
                vi, vk = T.axis.remap("SR", [i, k])
                with T.init():
                    S[vi] = T.float32(0)
                S[vi] = S[vi] + A[vk]


sch = tvm.s_tir.Schedule(Sum)
S = sch.get_sblock("S", func_name="main")
i, k = sch.get_loops(S)
# Every 128th number into a sum of its own.
k_0, k_1 = sch.split(k, [None, 128])
S_rf = sch.rfactor(k_1, 0)
i, k_0, k_1 = sch.get_loops(S_rf)
k_1_0, k_1_1 = sch.split(k_1, [None, 16])
# 16 sums to a vector, eight vectors written out: they stay in registers while k_0 runs.
sch.vectorize(k_1_1)
sch.unroll(k_1_0)
sch.decompose_reduction(S_rf, k_0)
