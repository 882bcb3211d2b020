# exact
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def gather(A: T.Buffer((16,), "int32"), I_: T.Buffer((32,), "int32"), B: T.Buffer((32,), "int32")):
        for i in T.vectorized(32):
            with T.sblock("B"):
                vi = T.axis.spatial(32, i)
                B[vi] = A[I_[vi]]

    @T.prim_func(s_tir=True)
    def padded(A: T.Buffer((14, 14), "int32"), B: T.Buffer((16, 16), "int32")):
        for i, j in T.grid(16, 16):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = T.if_then_else(1 <= vi and vi < 15 and 1 <= vj and vj < 15, A[vi - 1, vj - 1], -1)

    @T.prim_func(s_tir=True)
    def padded_in_vectors(A: T.Buffer((14, 14), "int32"), B: T.Buffer((16, 16), "int32")):
        for i in T.parallel(16):
            for j in T.vectorized(16):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    B[vi, vj] = T.if_then_else(1 <= vi and vi < 15 and 1 <= vj and vj < 15, A[vi - 1, vj - 1], -1)

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
    def carried(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        S = T.sblock_alloc_buffer((17,), "int32")
        for i in range(17):
            with T.sblock("zero"):
                vi = T.axis.spatial(17, i)
                S[vi] = vi
        for i in range(16):
            with T.sblock("S"):
                vi = T.axis.opaque(16, i)
                S[vi + 1] = S[vi] + A[vi]
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = S[vi] * 2

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

    @T.prim_func(s_tir=True)
    def conditions(A: T.Buffer((64,), "int32"), B: T.Buffer((64,), "int32"), n: T.int32):
        for i in range(64):
            with T.sblock("B"):
                vi = T.axis.spatial(64, i)
                if A[vi] > 0 and vi != 3:
                    B[vi] = A[vi] + n
                else:
                    if A[vi] < -4:
                        B[vi] = -100
                    else:
                        B[vi] = T.Select(vi % 2 == 0, A[vi] * 3, vi)

    @T.prim_func(s_tir=True)
    def while_loop(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        N = T.sblock_alloc_buffer((1,), "int32")
        for i in range(16):
            with T.sblock("B"):
                vi = T.axis.opaque(16, i)
                N[0] = 0
                B[vi] = A[vi] + 100
                while B[vi] > 3:
                    B[vi] = B[vi] // 2
                    N[0] = N[0] + 1
                B[vi] = N[0]

    @T.prim_func(s_tir=True)
    def lets(A: T.Buffer((32,), "int32"), B: T.Buffer((32,), "int32")):
        for i in T.vectorized(32):
            with T.sblock("B"):
                vi = T.axis.spatial(32, i)
                x: T.let[T.int32] = A[vi] * 2
                y: T.let[T.int32] = x + vi
                B[vi] = x * y

    @T.prim_func(s_tir=True)
    def regions(A: T.Buffer((16, 32), "int32"), B: T.Buffer((16, 32), "int32")):
        for i, j in T.grid(4, 4):
            with T.sblock("outer"):
                vi, vj = T.axis.remap("SS", [i, j])
                X = T.match_buffer(A[vi * 4:vi * 4 + 4, vj * 8:vj * 8 + 8], (4, 8), "int32", offset_factor=1)
                Y = T.match_buffer(B[vi * 4:vi * 4 + 4, vj * 8:vj * 8 + 8], (4, 8), "int32", offset_factor=1)
                for ii, jj in T.grid(4, 8):
                    with T.sblock("inner"):
                        vii, vjj = T.axis.remap("SS", [ii, jj])
                        Z = T.match_buffer(X[vii, 0:8], (8,), "int32", offset_factor=1)
                        Y[vii, vjj] = Z[7 - vjj] + vi

    @T.prim_func(s_tir=True)
    def local_in_threads(A: T.Buffer((32, 5000), "int32"), B: T.Buffer((32,), "int32")):
        for i in T.parallel(32):
            with T.sblock("row"):
                vi = T.axis.spatial(32, i)
                R = T.sblock_alloc_buffer((5000,), "int32")
                for j in range(5000):
                    with T.sblock("R"):
                        vj = T.axis.spatial(5000, j)
                        R[vj] = A[vi, vj] * 2 + vj
                for j in range(5000):
                    with T.sblock("B"):
                        vj = T.axis.reduce(5000, j)
                        with T.init():
                            B[vi] = 0
                        B[vi] = B[vi] + R[4999 - vj] * (vj % 3)

    @T.prim_func(s_tir=True)
    def nested_threads(A: T.Buffer((8, 64), "int32"), B: T.Buffer((8, 64), "int32")):
        for i in T.parallel(8):
            for j in T.parallel(64):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    B[vi, vj] = A[vi, vj] + vi * vj

    @T.prim_func(s_tir=True)
    def ramps(A: T.Buffer((64,), "int32"), B: T.Buffer((64,), "int32")):
        for i in range(4):
            with T.sblock("B"):
                vi = T.axis.spatial(4, i)
                B[vi * 16:vi * 16 + 16] = A[T.Ramp(vi * 16, 1, 16)] + T.Broadcast(vi, 16) * A[T.Ramp(63 - vi, -1, 16)]
