from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def original(A: T.Buffer((32, 24), "float32"), B: T.Buffer((24, 16), "float32"), C: T.Buffer((32, 16), "float32")):
        Y = T.sblock_alloc_buffer((32, 16))
        for i, j, k in T.grid(32, 16, 24):
            with T.sblock("Y"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    Y[vi, vj] = T.float32(0.0)
                Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
        for i, j in T.grid(32, 16):
            with T.sblock("C"):
                vi, vj = T.axis.remap("SS", [i, j])
                C[vi, vj] = T.max(Y[vi, vj], T.float32(0.0))

    @T.prim_func(s_tir=True)
    def scheduled(A: T.Buffer((32, 24), "float32"), B: T.Buffer((24, 16), "float32"), C: T.Buffer((32, 16), "float32")):
        Y = T.sblock_alloc_buffer((32, 16))
        for i, j_0 in T.grid(32, 4):
            for k, j_1 in T.grid(24, 4):
                with T.sblock("Y"):
                    vi = T.axis.spatial(32, i)
                    vj = T.axis.spatial(16, j_0 * 4 + j_1)
                    vk = T.axis.reduce(24, k)
                    with T.init():
                        Y[vi, vj] = T.float32(0.0)
                    Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
            for ax0 in range(4):
                with T.sblock("C"):
                    vi = T.axis.spatial(32, i)
                    vj = T.axis.spatial(16, j_0 * 4 + ax0)
                    C[vi, vj] = T.max(Y[vi, vj], T.float32(0.0))

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

    @T.prim_func(s_tir=True)
    def not_divisible(A: T.Buffer((32, 24), "float32"), B: T.Buffer((24, 16), "float32"), C: T.Buffer((32, 16), "float32")):
        Y = T.sblock_alloc_buffer((32, 16))
        for i, j_0, k_0, j_1, k_1 in T.grid(32, 3, 5, 6, 5):
            with T.sblock("Y"):
                vi = T.axis.spatial(32, i)
                vj = T.axis.spatial(16, j_0 * 6 + j_1)
                vk = T.axis.reduce(24, k_0 * 5 + k_1)
                T.where(j_0 * 6 + j_1 < 16 and k_0 * 5 + k_1 < 24)
                with T.init():
                    Y[vi, vj] = T.float32(0.0)
                Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
        for i_j_fused in T.parallel(512):
            with T.sblock("C"):
                vi = T.axis.spatial(32, i_j_fused // 16)
                vj = T.axis.spatial(16, i_j_fused % 16)
                C[vi, vj] = T.max(Y[vi, vj], T.float32(0.0))
