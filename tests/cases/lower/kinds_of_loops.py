from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def parallel_vectorized(A: T.Buffer((32, 24), "float32"), B: T.Buffer((24, 16), "float32"), C: T.Buffer((32, 16), "float32")):
        Y = T.sblock_alloc_buffer((32, 16))
        for i in T.parallel(32):
            for j_0 in range(2):
                for j_1_init in T.vectorized(8):
                    with T.sblock("Y_init"):
                        vi = T.axis.spatial(32, i)
                        vj = T.axis.spatial(16, j_0 * 8 + j_1_init)
                        Y[vi, vj] = T.float32(0.0)
                for k in T.unroll(24):
                    for j_1 in T.vectorized(8):
                        with T.sblock("Y_update"):
                            vi = T.axis.spatial(32, i)
                            vj = T.axis.spatial(16, j_0 * 8 + j_1)
                            vk = T.axis.reduce(24, k)
                            Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
                for ax0 in T.vectorized(8):
                    with T.sblock("C"):
                        vi = T.axis.spatial(32, i)
                        vj = T.axis.spatial(16, j_0 * 8 + ax0)
                        C[vi, vj] = T.max(Y[vi, vj], T.float32(0.0))

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def parallel_vectorized(A: T.Buffer((32, 24), "float32"), B: T.Buffer((24, 16), "float32"), C: T.Buffer((32, 16), "float32")):
        for i in T.parallel(32):
            for j_0 in range(2):
                Y = T.alloc_buffer((1, 8))
                Y[0, 0:8] = T.Broadcast(T.float32(0.0), 8)
                for k in T.unroll(24):
                    Y[0, 0:8] = Y[0, T.Ramp(0, 1, 8)] + T.Broadcast(A[i, k], 8) * B[k, T.Ramp(j_0 * 8, 1, 8)]
                C[i, j_0 * 8:j_0 * 8 + 8] = T.max(Y[0, T.Ramp(0, 1, 8)], T.Broadcast(T.float32(0.0), 8))
