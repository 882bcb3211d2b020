from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def shrinks(A: T.Buffer((16, 64), "int32"), B: T.Buffer((16, 64), "int32")):
        X = T.sblock_alloc_buffer((16, 66), "int32")
        Y = T.sblock_alloc_buffer((16, 64), "int32")
        for i, j_0 in T.grid(16, 8):
            for ax0 in range(10):
                with T.sblock("X"):
                    vi = T.axis.spatial(16, i)
                    vj = T.axis.spatial(66, j_0 * 8 + ax0)
                    X[vi, vj] = T.if_then_else(1 <= vj and vj < 65, A[vi, vj - 1], 0)
            for j_1 in range(8):
                with T.sblock("Y"):
                    vi = T.axis.spatial(16, i)
                    vj = T.axis.spatial(64, j_0 * 8 + j_1)
                    Y[vi, vj] = X[vi, vj] + X[vi, vj + 1] * 3 + X[vi, vj + 2]
            for j_1 in T.vectorized(8):
                with T.sblock("B"):
                    vi = T.axis.spatial(16, i)
                    vj = T.axis.spatial(64, j_0 * 8 + j_1)
                    B[vi, vj] = Y[vi, vj] * 2

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def shrinks(A: T.Buffer((16, 64), "int32"), B: T.Buffer((16, 64), "int32")):
        for i in range(16):
            for j_0 in T.serial(1, annotations={"runs_rarely": True}):
                Y = T.alloc_buffer((1, 8), "int32")
                X = T.alloc_buffer((1, 10), "int32")
                for ax0 in T.serial(10, annotations={"runs_rarely": True}):
                    X[0, ax0] = T.if_then_else(1 <= j_0 * 8 + ax0, A[i, j_0 * 8 + ax0 - 1], 0)
                for j_1 in T.serial(8, annotations={"runs_rarely": True}):
                    Y[0, j_1] = X[0, j_1] + X[0, j_1 + 1] * 3 + X[0, j_1 + 2]
                B[i, j_0 * 8:j_0 * 8 + 8] = Y[0, T.Ramp(0, 1, 8)] * T.Broadcast(2, 8)
            for j_0 in range(1, 7):
                Y = T.alloc_buffer((1, 8), "int32")
                X = T.alloc_buffer((1, 10), "int32")
                for ax0 in range(10):
                    X[0, ax0] = A[i, j_0 * 8 + ax0 - 1]
                for j_1 in range(8):
                    Y[0, j_1] = X[0, j_1] + X[0, j_1 + 1] * 3 + X[0, j_1 + 2]
                B[i, j_0 * 8:j_0 * 8 + 8] = Y[0, T.Ramp(0, 1, 8)] * T.Broadcast(2, 8)
            for j_0 in T.serial(7, 8, annotations={"runs_rarely": True}):
                Y = T.alloc_buffer((1, 8), "int32")
                X = T.alloc_buffer((1, 10), "int32")
                for ax0 in T.serial(10, annotations={"runs_rarely": True}):
                    X[0, ax0] = T.if_then_else(j_0 * 8 + ax0 < 65, A[i, j_0 * 8 + ax0 - 1], 0)
                for j_1 in T.serial(8, annotations={"runs_rarely": True}):
                    Y[0, j_1] = X[0, j_1] + X[0, j_1 + 1] * 3 + X[0, j_1 + 2]
                B[i, j_0 * 8:j_0 * 8 + 8] = Y[0, T.Ramp(0, 1, 8)] * T.Broadcast(2, 8)
