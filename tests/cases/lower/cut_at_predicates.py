from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main_part_and_rest(A: T.Buffer((1000,), "float32"), B: T.Buffer((1000,), "float32")):
        for i_0 in range(32):
            for i_1 in T.vectorized(32):
                with T.sblock("B"):
                    vi = T.axis.spatial(1000, i_0 * 32 + i_1)
                    T.where(i_0 * 32 + i_1 < 1000)
                    B[vi] = A[vi] + T.float32(1)

    @T.prim_func(s_tir=True)
    def one_loop_of_threads(A: T.Buffer((100,), "int32"), B: T.Buffer((100,), "int32")):
        for i_0 in T.parallel(4):
            for i_1 in range(32):
                with T.sblock("B"):
                    vi = T.axis.spatial(100, i_0 * 32 + i_1)
                    T.where(i_0 * 32 + i_1 < 100)
                    B[vi] = A[vi] + 1

    @T.prim_func(s_tir=True)
    def tested_before_the_loop(A: T.Buffer((16, 16), "int32"), B: T.Buffer((16,), "int32")):
        for i, j, k in T.grid(16, 16, 4):
            with T.sblock("B"):
                vi, vj, vk = T.axis.remap("SSS", [i, j, k])
                T.where(j <= i and i % 4 == k)
                B[vi] = B[vi] + A[vi, vj] * vk

    @T.prim_func(s_tir=True)
    def triangle_stays(A: T.Buffer((16, 16), "int32"), B: T.Buffer((16, 16), "int32")):
        for i, j in T.grid(16, 16):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                T.where(j <= i)
                B[vi, vj] = A[vi, vj]

    @T.prim_func(s_tir=True)
    def buffers_of_their_own(A: T.Buffer((10,), "int32"), B: T.Buffer((10,), "int32")):
        for i_0 in range(3):
            with T.sblock("tile"):
                v0 = T.axis.spatial(3, i_0)
                Y = T.sblock_alloc_buffer((4,), "int32")
                for i_1 in range(4):
                    with T.sblock("Y"):
                        v1 = T.axis.spatial(4, i_1)
                        T.where(v0 * 4 + i_1 < 10)
                        Y[v1] = A[v0 * 4 + v1] * 2
                for i_1 in range(4):
                    with T.sblock("B"):
                        v1 = T.axis.spatial(4, i_1)
                        T.where(v0 * 4 + i_1 < 10)
                        B[v0 * 4 + v1] = Y[v1]

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def buffers_of_their_own(A: T.Buffer((10,), "int32"), B: T.Buffer((10,), "int32")):
        for i_0 in range(2):
            Y = T.alloc_buffer((4,), "int32")
            for i_1 in range(4):
                Y[i_1] = A[i_0 * 4 + i_1] * 2
            for i_1 in range(4):
                B[i_0 * 4 + i_1] = Y[i_1]
        for i_0 in range(2, 3):
            Y = T.alloc_buffer((4,), "int32")
            for i_1 in range(2):
                Y[i_1] = A[i_0 * 4 + i_1] * 2
            for i_1 in range(2):
                B[i_0 * 4 + i_1] = Y[i_1]

    @T.prim_func(s_tir=True)
    def main_part_and_rest(A: T.Buffer((1000,), "float32"), B: T.Buffer((1000,), "float32")):
        for i_0 in range(31):
            B[i_0 * 32:i_0 * 32 + 32] = A[T.Ramp(i_0 * 32, 1, 32)] + T.Broadcast(T.float32(1.0), 32)
        for i_0 in T.serial(31, 32, annotations={"runs_rarely": True}):
            B[i_0 * 32:i_0 * 32 + 8] = A[T.Ramp(i_0 * 32, 1, 8)] + T.Broadcast(T.float32(1.0), 8)

    @T.prim_func(s_tir=True)
    def one_loop_of_threads(A: T.Buffer((100,), "int32"), B: T.Buffer((100,), "int32")):
        for i_0 in T.parallel(4):
            if i_0 < 3:
                for i_1 in range(32):
                    B[i_0 * 32 + i_1] = A[i_0 * 32 + i_1] + 1
            else:
                for i_1 in T.serial(4, annotations={"runs_rarely": True}):
                    B[i_0 * 32 + i_1] = A[i_0 * 32 + i_1] + 1

    @T.prim_func(s_tir=True)
    def tested_before_the_loop(A: T.Buffer((16, 16), "int32"), B: T.Buffer((16,), "int32")):
        for i, j in T.grid(16, 16):
            if j <= i:
                for k in range(4):
                    if i % 4 == k:
                        B[i] = B[i] + A[i, j] * k

    @T.prim_func(s_tir=True)
    def triangle_stays(A: T.Buffer((16, 16), "int32"), B: T.Buffer((16, 16), "int32")):
        for i, j in T.grid(16, 16):
            if j <= i:
                B[i, j] = A[i, j]
