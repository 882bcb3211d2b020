# exact
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def names_of_the_languages(np: T.Buffer((4,), "int32"), int: T.Buffer((4,), "int32"), exp: T.Buffer((4,), "int32")):
        for range in T.serial(4):
            with T.sblock("double"):
                vmax = T.axis.spatial(4, range)
                exp[vmax] = np[vmax] + int[vmax] * 2

    @T.prim_func(s_tir=True)
    def predicate_and_two_blocks(A: T.Buffer((10, 6), "int32"), B: T.Buffer((10, 6), "int32"), C: T.Buffer((10,), "int32")):
        for i_0, i_1 in T.grid(3, 4):
            for k_0, k_1 in T.grid(2, 3):
                with T.sblock("C"):
                    vi = T.axis.spatial(10, i_0 * 4 + i_1)
                    vk = T.axis.reduce(6, k_0 * 3 + k_1)
                    T.where(i_0 * 4 + i_1 < 10)
                    with T.init():
                        C[vi] = 0
                    C[vi] = C[vi] + A[vi, vk]
            for j in range(6):
                with T.sblock("B"):
                    vi = T.axis.spatial(10, i_0 * 4 + i_1)
                    vj = T.axis.spatial(6, j)
                    T.where(i_0 * 4 + i_1 < 10)
                    B[vi, vj] = A[vi, vj] + vi

    @T.prim_func(s_tir=True)
    def windows(A: T.Buffer((4, 6), "int32"), B: T.Buffer((4, 6), "int32")):
        for i in range(4):
            with T.sblock("row"):
                vi = T.axis.spatial(4, i)
                T.reads(A[vi, 0:6])
                T.writes(B[vi, 0:6])
                a = T.match_buffer(A[vi, 0:6], (6,))
                b = T.match_buffer(B[vi, 0:6], (6,))
                for j in range(6):
                    b[j] = a[5 - j] * 2

    @T.prim_func(s_tir=True)
    def large_local(A: T.Buffer((8, 1024), "int32"), B: T.Buffer((8, 1024), "int32")):
        for i in range(8):
            with T.sblock("outer"):
                vi = T.axis.spatial(8, i)
                T.reads(A[vi, 0:1024])
                T.writes(B[vi, 0:1024])
                L = T.sblock_alloc_buffer((8192,), "int32")
                for j in range(1024):
                    L[j * 8] = A[vi, j]
                for j in range(1024):
                    B[vi, j] = L[(1023 - j) * 8] + vi

    @T.prim_func(s_tir=True)
    def negative_steps(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        for i in range(2, 16):
            B[i] = A[(i * 3 - 20) // 4 + 5] + (i - 9) % 5 + (i - 9) // 5
        for i in range(0, 16, 3):
            if i < 4:
                B[i] = 1
            else:
                if B[i] > 3 and i != 9 or i == 12:
                    B[i] = -1

    @T.prim_func(s_tir=True)
    def half(A: T.Buffer((16,), "float16"), B: T.Buffer((16,), "float16")):
        for i in range(16):
            B[i] = (A[i] + T.float16(0.1)) * T.float16(300.0) * A[i]
