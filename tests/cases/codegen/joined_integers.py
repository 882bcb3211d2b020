# exact
# Straight sums and products of 16 bits: LLVM 19.1.7 joins them into wrong vectors on AVX-512 where it is let.
from tvm.script import ir as I
from tvm.script import tirx as T

@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def sums(A: T.Buffer((5, 14), "int16"), K: T.Buffer((8,), "int16"), B: T.Buffer((5, 9), "int16")):
        S0 = T.sblock_alloc_buffer((5, 14), "int16")
        S1 = T.sblock_alloc_buffer((5, 11), "int16")
        for i_0 in range(5):
            for j_1 in T.vectorized(14):
                with T.sblock("S0_2"):
                    vi = T.axis.spatial(5, i_0)
                    vj = T.axis.spatial(14, j_1)
                    S0[vi, vj] = T.if_then_else(vj >= 1, A[vi, vj - 1] * T.int16(5), A[vi, vj + 0])
            for j_3 in T.vectorized(11):
                with T.sblock("S1_4"):
                    vi = T.axis.spatial(5, i_0)
                    vj = T.axis.spatial(11, j_3)
                    S1[vi, vj] = T.int16(1)
                for k_5 in range(4):
                    for k_6 in range(1):
                        with T.sblock("S1_7"):
                            vi = T.axis.spatial(5, i_0)
                            vj = T.axis.spatial(11, j_3)
                            vk = T.axis.reduce(4, k_5 * 1 + k_6)
                            S1[vi, vj] = S1[vi, vj] + S0[vi, vj] + S0[vi, vj + 2] * K[vk]
            for j_8 in range(9):
                for k_9 in T.unroll(4):
                    with T.sblock("B_10"):
                        vi = T.axis.spatial(5, i_0)
                        vj = T.axis.spatial(9, j_8)
                        vk = T.axis.reduce(4, k_9)
                        with T.init():
                            B[vi, vj] = T.int16(1)
                        B[vi, vj] = B[vi, vj] + T.if_then_else(vj >= 2, S1[vi, vj - 2] * K[vk], S1[vi, vj + 0])

[  FAILED  ] RandomPrograms.AgreeWithTheInterpreter (63733 ms)
[----------] 1 test from RandomPrograms (63733 ms total)
