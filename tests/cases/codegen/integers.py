# exact
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def divisions(A: T.Buffer((16, 16), "int32"), Q: T.Buffer((16, 16), "int32"), M: T.Buffer((16, 16), "int32"), TQ: T.Buffer((16, 16), "int32"), TM: T.Buffer((16, 16), "int32")):
        for i, j in T.grid(16, 16):
            with T.sblock("all"):
                vi, vj = T.axis.remap("SS", [i, j])
                Q[vi, vj] = T.if_then_else(vj == 8, 0, (A[vi, vj] * 7 + vi) // (vj - 8))
                M[vi, vj] = T.if_then_else(vj == 8, 0, (A[vi, vj] * 7 + vi) % (vj - 8))
                TQ[vi, vj] = T.if_then_else(vj == 8, 0, T.Div(A[vi, vj] * 7 + vi, vj - 8))
                TM[vi, vj] = T.if_then_else(vj == 8, 0, T.truncmod(A[vi, vj] * 7 + vi, vj - 8))

    @T.prim_func(s_tir=True)
    def constant_divisors(A: T.Buffer((64,), "int32"), B: T.Buffer((64, 8), "int32")):
        for i in T.vectorized(64):
            with T.sblock("all"):
                vi = T.axis.spatial(64, i)
                B[vi, 0] = A[vi] // 3
                B[vi, 1] = A[vi] % 3
                B[vi, 2] = A[vi] // -3
                B[vi, 3] = A[vi] % -3
                B[vi, 4] = T.Div(A[vi], 4)
                B[vi, 5] = T.truncmod(A[vi], 4)
                B[vi, 6] = A[vi] // 4
                B[vi, 7] = A[vi] % -1

    @T.prim_func(s_tir=True)
    def smallest_by_minus_one(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), C: T.Buffer((8,), "int64"), D: T.Buffer((8,), "int8")):
        for i in range(8):
            with T.sblock("all"):
                vi = T.axis.spatial(8, i)
                B[vi] = (-2147483647 - 1 + vi) // (-1 - A[vi] + A[vi])
                C[vi] = (T.int64(-9223372036854775807) - T.int64(1) + T.Cast("int64", vi)) // (T.int64(-1) - T.Cast("int64", A[vi] - A[vi]))
                D[vi] = T.Cast("int8", vi - 128) // (T.int8(-1) - T.Cast("int8", A[vi] - A[vi]))

    @T.prim_func(s_tir=True)
    def wraps(A: T.Buffer((64,), "int8"), B: T.Buffer((64,), "uint8"), C: T.Buffer((64,), "int8"), D: T.Buffer((64,), "uint8"), E: T.Buffer((64,), "int32"), F: T.Buffer((64,), "int16")):
        for i in range(64):
            with T.sblock("all"):
                vi = T.axis.spatial(64, i)
                C[vi] = A[vi] * A[vi] * T.int8(3) + T.int8(100)
                D[vi] = B[vi] * B[vi] - T.uint8(200)
                E[vi] = T.Cast("int32", A[vi]) * 1000000 * 1000
                F[vi] = T.Cast("int16", vi * 1000) * T.int16(7)

    @T.prim_func(s_tir=True)
    def bits(A: T.Buffer((64,), "int32"), B: T.Buffer((64, 8), "int32"), U: T.Buffer((64,), "uint32"), V: T.Buffer((64, 2), "uint32")):
        for i in range(64):
            with T.sblock("all"):
                vi = T.axis.spatial(64, i)
                B[vi, 0] = A[vi] << (vi % 40)
                B[vi, 1] = A[vi] >> (vi % 40)
                B[vi, 2] = A[vi] & vi
                B[vi, 3] = A[vi] | vi
                B[vi, 4] = A[vi] ^ vi
                B[vi, 5] = ~A[vi]
                B[vi, 6] = T.popcount(A[vi])
                B[vi, 7] = T.clz(A[vi])
                V[vi, 0] = U[vi] >> T.Cast("uint32", vi % 40)
                V[vi, 1] = U[vi] // T.uint32(3) + U[vi] % T.uint32(5) - T.uint32(12)

    @T.prim_func(s_tir=True)
    def comparisons(A: T.Buffer((32,), "int64"), B: T.Buffer((32,), "uint64"), C: T.Buffer((32, 6), "bool"), D: T.Buffer((32,), "int64"), E: T.Buffer((32,), "uint64")):
        for i in T.vectorized(32):
            with T.sblock("all"):
                vi = T.axis.spatial(32, i)
                C[vi, 0] = A[vi] < T.int64(0)
                C[vi, 1] = B[vi] - T.uint64(8) > T.uint64(8)
                C[vi, 2] = A[vi] == T.int64(1) or B[vi] != T.uint64(2)
                C[vi, 3] = not (A[vi] >= T.int64(-3) and A[vi] <= T.int64(3))
                C[vi, 4] = T.Cast("bool", A[vi])
                C[vi, 5] = C[vi, 0] and C[vi, 4]
                D[vi] = T.max(A[vi], T.min(A[vi] * T.int64(3), T.int64(2))) + T.Cast("int64", C[vi, 0])
                E[vi] = T.max(B[vi] - T.uint64(9), T.uint64(7)) // T.uint64(3)
