from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def odd_lengths(A: T.Buffer((3, 131), "int32"), B: T.Buffer((3, 131), "int32"), C: T.Buffer((3, 65), "int32")):
        for i in T.unroll(3):
            for j in T.vectorized(131):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    B[vi, vj] = A[vi, vj] + vj
        for i in T.vectorized(3):
            for j in T.vectorized(65):
                with T.sblock("C"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    C[vi, vj] = A[vi, 2 * vj]

    @T.prim_func(s_tir=True)
    def strided(A: T.Buffer((16, 16), "int32"), B: T.Buffer((16, 16), "int32"), C: T.Buffer((256,), "int32"), D: T.Buffer((16,), "int32")):
        for i in range(16):
            for j in T.vectorized(16):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    B[vj, vi] = A[vi, 15 - vj] * 2
        for i in range(16):
            for j in T.vectorized(16):
                with T.sblock("C"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    C[vi + vj * 16] = A[vj, vj] + A[vi, vj // 2]
        for i in T.vectorized(16):
            with T.sblock("D"):
                vi = T.axis.spatial(16, i)
                D[15 - vi] = A[vi, 3] + A[3, vi] + vi

    @T.prim_func(s_tir=True)
    def sums_in_vectors(A: T.Buffer((8, 8, 16), "int32"), B: T.Buffer((16,), "int32"), C: T.Buffer((8,), "int32")):
        for j in T.vectorized(16):
            for i, k in T.grid(8, 8):
                with T.sblock("B"):
                    vj, vi, vk = T.axis.remap("SRR", [j, i, k])
                    with T.init():
                        B[vj] = 0
                    B[vj] = B[vj] + A[vi, vk, vj]
        for i in range(8):
            for k in T.vectorized(8):
                with T.sblock("C"):
                    vi, vk = T.axis.remap("SR", [i, k])
                    with T.init():
                        C[vi] = 7
                    C[vi] = C[vi] + A[vi, vk, 0]

    @T.prim_func(s_tir=True)
    def padded_in_vectors(A: T.Buffer((14, 14), "int32"), B: T.Buffer((16, 16), "int32")):
        for i in T.parallel(16):
            for j in T.vectorized(16):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    B[vi, vj] = T.if_then_else(1 <= vi and vi < 15 and 1 <= vj and vj < 15, A[vi - 1, vj - 1], -1)

    @T.prim_func(s_tir=True)
    def lets(A: T.Buffer((32,), "int32"), B: T.Buffer((32,), "int32")):
        for i in T.vectorized(32):
            with T.sblock("B"):
                vi = T.axis.spatial(32, i)
                x: T.let[T.int32] = A[vi] * 2
                y: T.let[T.int32] = x + vi
                B[vi] = x * y

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def lets(A: T.Buffer((32,), "int32"), B: T.Buffer((32,), "int32")):
        x: T.let[T.int32x32] = A[T.Ramp(0, 1, 32)] * T.Broadcast(2, 32)
        y: T.let[T.int32x32] = x + T.Ramp(0, 1, 32)
        B[0:32] = x * y

    @T.prim_func(s_tir=True)
    def odd_lengths(A: T.Buffer((3, 131), "int32"), B: T.Buffer((3, 131), "int32"), C: T.Buffer((3, 65), "int32")):
        for i in T.unroll(3):
            for j in range(2):
                B[i, j * 64:j * 64 + 64] = A[i, T.Ramp(j * 64, 1, 64)] + T.Ramp(j * 64, 1, 64)
            B[i, 128:131] = A[i, T.Ramp(128, 1, 3)] + T.Ramp(128, 1, 3)
        for i in range(3):
            C[i, 0:64] = A[i, T.Ramp(0, 2, 64)]
            C[i, 64] = A[i, 128]

    @T.prim_func(s_tir=True)
    def padded_in_vectors(A: T.Buffer((14, 14), "int32"), B: T.Buffer((16, 16), "int32")):
        for i in T.parallel(16):
            if i < 1:
                B[i, 0:16] = T.Broadcast(-1, 16)
            else:
                if i < 15:
                    B[i, 0] = -1
                    B[i, 1:15] = A[i - 1, T.Ramp(0, 1, 14)]
                    B[i, 15] = -1
                else:
                    B[i, 0:16] = T.Broadcast(-1, 16)

    @T.prim_func(s_tir=True)
    def strided(A: T.Buffer((16, 16), "int32"), B: T.Buffer((16, 16), "int32"), C: T.Buffer((256,), "int32"), D: T.Buffer((16,), "int32")):
        for i in range(16):
            B[0:16, T.Broadcast(i, 16)] = A[i, T.Ramp(15, -1, 16)] * T.Broadcast(2, 16)
        for i in range(16):
            C[i:i + 256:16] = A[T.Ramp(0, 1, 16), T.Ramp(0, 1, 16)] + A[i, T.Ramp(0, 1, 16) // T.Broadcast(2, 16)]
        D[15:-1:-1] = A[T.Ramp(0, 1, 16), T.Broadcast(3, 16)] + A[3, T.Ramp(0, 1, 16)] + T.Ramp(0, 1, 16)

    @T.prim_func(s_tir=True)
    def sums_in_vectors(A: T.Buffer((8, 8, 16), "int32"), B: T.Buffer((16,), "int32"), C: T.Buffer((8,), "int32")):
        for i, k in T.grid(8, 8):
            if i == 0 and k == 0:
                B[0:16] = T.Broadcast(0, 16)
            B[0:16] = B[T.Ramp(0, 1, 16)] + A[i, k, T.Ramp(0, 1, 16)]
        for i, k in T.grid(8, 8):
            if k == 0:
                C[i] = 7
            C[i] = C[i] + A[i, k, 0]
