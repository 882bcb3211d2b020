from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def index_too_large(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        for i in range(16):
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = A[vi * 2]

    @T.prim_func(s_tir=True)
    def gather_from_below(A: T.Buffer((16,), "int32"), I_: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        for i in T.parallel(16):
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = A[I_[vi] - 9]

    @T.prim_func(s_tir=True)
    def store_outside(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        for i in T.vectorized(16):
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi + 1] = A[vi]

    @T.prim_func(s_tir=True)
    def outside_of_what_shrinks(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        Y = T.sblock_alloc_buffer((16,), "int32")
        for i in range(16):
            with T.sblock("Y"):
                vi = T.axis.spatial(16, i)
                Y[vi + 3] = A[vi]
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = Y[vi + 3]

    @T.prim_func(s_tir=True)
    def divides_by_zero(A: T.Buffer((16,), "int32"), B: T.Buffer((16,), "int32")):
        for i in range(16):
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = A[vi] // (vi - 5)

    @T.prim_func(s_tir=True)
    def remainder_by_zero(A: T.Buffer((16,), "int64"), B: T.Buffer((16,), "int64")):
        for i in T.vectorized(16):
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = T.truncmod(T.int64(7), A[vi] - A[vi])

    @T.prim_func(s_tir=True)
    def asserts(A: T.Buffer((16,), "int32")):
        for i in range(16):
            with T.sblock("A"):
                vi = T.axis.opaque(16, i)
                assert vi < 9, "too far"
                A[vi] = 0

    @T.prim_func(s_tir=True)
    def beyond_the_rows(A: T.Buffer((3, 4), "int32"), C: T.Buffer((16,), "int32")):
        C[0:16] = A[0, T.Ramp(0, 1, 16)]

    @T.prim_func(s_tir=True)
    def rows_that_lie_apart(A: T.Buffer((8, 16), "int32"), C: T.Buffer((16,), "int32")):
        with T.sblock("C"):
            T.reads(A[0:4, 0:4])
            T.writes(C[0:16])
            W = T.match_buffer(A[0:4, 0:4], (4, 4), "int32")
            C[0:16] = W[0, T.Ramp(0, 1, 16)]
