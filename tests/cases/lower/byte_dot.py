# Sums of products of bytes in groups of four, as the CPU's dot product takes them, and what only looks like them.
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def unsigned_by_signed(A: T.Buffer((3, 32), "uint8"), B: T.Buffer((2, 8, 16, 4), "int8"), C: T.Buffer((3, 32), "int32")):
        for i, j_0, k_0 in T.grid(3, 2, 8):
            for k_1 in T.unroll(4):
                for j_1 in T.vectorized(16):
                    with T.sblock("C"):
                        vi = T.axis.spatial(3, i)
                        vj = T.axis.spatial(32, j_0 * 16 + j_1)
                        vk = T.axis.reduce(32, k_0 * 4 + k_1)
                        C[vi, vj] = C[vi, vj] + T.Cast("int32", A[vi, vk]) * T.Cast("int32", B[vj // 16, vk // 4, vj % 16, vk % 4])

    @T.prim_func(s_tir=True)
    def signed_by_unsigned(A: T.Buffer((3, 32), "int8"), B: T.Buffer((8, 28, 4), "uint8"), C: T.Buffer((3, 28), "int32")):
        for i, k_0 in T.grid(3, 8):
            for k_1 in range(4):
                for j in T.vectorized(28):
                    with T.sblock("C"):
                        vi, vj = T.axis.remap("SS", [i, j])
                        vk = T.axis.reduce(32, k_0 * 4 + k_1)
                        C[vi, vj] = T.Cast("int32", B[vk // 4, vj, vk % 4]) * T.Cast("int32", A[vi, vk]) + C[vi, vj]

    @T.prim_func(s_tir=True)
    def flat_weights(A: T.Buffer((8,), "uint8"), B: T.Buffer((128,), "int8"), C: T.Buffer((16,), "int32")):
        for k_0, k_1 in T.grid(2, 4):
            for j in T.vectorized(16):
                with T.sblock("C"):
                    vj = T.axis.spatial(16, j)
                    vk = T.axis.reduce(8, k_0 * 4 + k_1)
                    C[vj] = C[vj] + T.Cast("int32", A[vk]) * T.Cast("int32", B[vk // 4 * 64 + vj * 4 + vk % 4])

    @T.prim_func(s_tir=True)
    def six_lanes(A: T.Buffer((4,), "uint8"), B: T.Buffer((6, 4), "int8"), C: T.Buffer((6,), "int32")):
        for k in range(4):
            for j in T.vectorized(6):
                with T.sblock("C"):
                    vj, vk = T.axis.remap("SR", [j, k])
                    C[vj] = C[vj] + T.Cast("int32", A[vk]) * T.Cast("int32", B[vj, vk])

    @T.prim_func(s_tir=True)
    def both_signed(A: T.Buffer((4,), "int8"), B: T.Buffer((16, 4), "int8"), C: T.Buffer((16,), "int32")):
        for k in range(4):
            for j in T.vectorized(16):
                with T.sblock("C"):
                    vj, vk = T.axis.remap("SR", [j, k])
                    C[vj] = C[vj] + T.Cast("int32", A[vk]) * T.Cast("int32", B[vj, vk])

    @T.prim_func(s_tir=True)
    def other_groups(A: T.Buffer((8,), "uint8"), B: T.Buffer((16, 8), "int8"), C: T.Buffer((16,), "int32"), D: T.Buffer((20,), "int32")):
        for k in range(4):
            for j in T.vectorized(16):
                with T.sblock("C"):
                    vj, vk = T.axis.remap("SR", [j, k])
                    C[vj] = C[vj] + T.Cast("int32", A[vk * 2]) * T.Cast("int32", B[vj, vk])
        for k in range(4):
            for j in T.vectorized(16):
                with T.sblock("D"):
                    vj, vk = T.axis.remap("SS", [j, k])
                    D[vj + vk] = D[vj + vk] + T.Cast("int32", A[vk]) * T.Cast("int32", B[vj, vk])

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def both_signed(A: T.Buffer((4,), "int8"), B: T.Buffer((16, 4), "int8"), C: T.Buffer((16,), "int32")):
        for k in range(4):
            C[0:16] = C[T.Ramp(0, 1, 16)] + T.Broadcast(T.Cast("int32", A[k]), 16) * T.Cast("int32x16", B[T.Ramp(0, 1, 16), T.Broadcast(k, 16)])

    @T.prim_func(s_tir=True)
    def flat_weights(A: T.Buffer((8,), "uint8"), B: T.Buffer((128,), "int8"), C: T.Buffer((16,), "int32")):
        for k_0 in range(2):
            C[0:16] = T.byte_dot(C[T.Ramp(0, 1, 16)], A[T.Ramp(k_0 * 4, 1, 4)], B[T.Ramp(k_0 * 4 // 4 * 64, 1, 64)])

    @T.prim_func(s_tir=True)
    def other_groups(A: T.Buffer((8,), "uint8"), B: T.Buffer((16, 8), "int8"), C: T.Buffer((16,), "int32"), D: T.Buffer((20,), "int32")):
        for k in range(4):
            C[0:16] = C[T.Ramp(0, 1, 16)] + T.Broadcast(T.Cast("int32", A[k * 2]), 16) * T.Cast("int32x16", B[T.Ramp(0, 1, 16), T.Broadcast(k, 16)])
        for k in range(4):
            D[k:k + 16] = D[T.Ramp(k, 1, 16)] + T.Broadcast(T.Cast("int32", A[k]), 16) * T.Cast("int32x16", B[T.Ramp(0, 1, 16), T.Broadcast(k, 16)])

    @T.prim_func(s_tir=True)
    def signed_by_unsigned(A: T.Buffer((3, 32), "int8"), B: T.Buffer((8, 28, 4), "uint8"), C: T.Buffer((3, 28), "int32")):
        for i, k_0 in T.grid(3, 8):
            C[i, 0:28] = T.byte_dot(C[i, T.Ramp(0, 1, 28)], A[i, T.Ramp(k_0 * 4, 1, 4)], B[k_0 * 4 // 4, 0, T.Ramp(0, 1, 112)])

    @T.prim_func(s_tir=True)
    def six_lanes(A: T.Buffer((4,), "uint8"), B: T.Buffer((6, 4), "int8"), C: T.Buffer((6,), "int32")):
        for k in range(4):
            C[0:6] = C[T.Ramp(0, 1, 6)] + T.Broadcast(T.Cast("int32", A[k]), 6) * T.Cast("int32x6", B[T.Ramp(0, 1, 6), T.Broadcast(k, 6)])

    @T.prim_func(s_tir=True)
    def unsigned_by_signed(A: T.Buffer((3, 32), "uint8"), B: T.Buffer((2, 8, 16, 4), "int8"), C: T.Buffer((3, 32), "int32")):
        for i, j_0, k_0 in T.grid(3, 2, 8):
            C[i, j_0 * 16:j_0 * 16 + 16] = T.byte_dot(C[i, T.Ramp(j_0 * 16, 1, 16)], A[i, T.Ramp(k_0 * 4, 1, 4)], B[j_0 * 16 // 16, k_0 * 4 // 4, 0, T.Ramp(0, 1, 64)])
