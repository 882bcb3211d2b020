from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
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

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def not_divisible(A: T.Buffer((32, 24), "float32"), B: T.Buffer((24, 16), "float32"), C: T.Buffer((32, 16), "float32")):
        Y = T.alloc_buffer((32, 16))
        for i in range(32):
            for j_0 in range(2):
                for k_0, j_1, k_1 in T.grid(4, 6, 5):
                    if k_0 * 5 + k_1 == 0:
                        Y[i, j_0 * 6 + j_1] = T.float32(0.0)
                    Y[i, j_0 * 6 + j_1] = Y[i, j_0 * 6 + j_1] + A[i, k_0 * 5 + k_1] * B[k_0 * 5 + k_1, j_0 * 6 + j_1]
                for k_0 in T.serial(4, 5, annotations={"runs_rarely": True}):
                    for j_1 in T.serial(6, annotations={"runs_rarely": True}):
                        for k_1 in T.serial(4, annotations={"runs_rarely": True}):
                            Y[i, j_0 * 6 + j_1] = Y[i, j_0 * 6 + j_1] + A[i, k_0 * 5 + k_1] * B[k_0 * 5 + k_1, j_0 * 6 + j_1]
            for j_0 in range(2, 3):
                for k_0, j_1, k_1 in T.grid(4, 4, 5):
                    if k_0 * 5 + k_1 == 0:
                        Y[i, j_0 * 6 + j_1] = T.float32(0.0)
                    Y[i, j_0 * 6 + j_1] = Y[i, j_0 * 6 + j_1] + A[i, k_0 * 5 + k_1] * B[k_0 * 5 + k_1, j_0 * 6 + j_1]
                for k_0 in T.serial(4, 5, annotations={"runs_rarely": True}):
                    for j_1 in T.serial(4, annotations={"runs_rarely": True}):
                        for k_1 in T.serial(4, annotations={"runs_rarely": True}):
                            Y[i, j_0 * 6 + j_1] = Y[i, j_0 * 6 + j_1] + A[i, k_0 * 5 + k_1] * B[k_0 * 5 + k_1, j_0 * 6 + j_1]
        for i_j_fused in T.parallel(512):
            C[i_j_fused // 16, i_j_fused % 16] = T.max(Y[i_j_fused // 16, i_j_fused % 16], T.float32(0.0))
