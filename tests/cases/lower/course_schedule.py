from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
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

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def scheduled(A: T.Buffer((32, 24), "float32"), B: T.Buffer((24, 16), "float32"), C: T.Buffer((32, 16), "float32")):
        for i, j_0 in T.grid(32, 4):
            Y = T.alloc_buffer((1, 4))
            for k, j_1 in T.grid(24, 4):
                if k == 0:
                    Y[0, j_1] = T.float32(0.0)
                Y[0, j_1] = Y[0, j_1] + A[i, k] * B[k, j_0 * 4 + j_1]
            for ax0 in range(4):
                C[i, j_0 * 4 + ax0] = T.max(Y[0, ax0], T.float32(0.0))
