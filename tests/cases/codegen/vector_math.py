# Functions on whole vectors: of every width that libmvec has, and of lengths that it does not have.
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def float32_by_16(A: T.Buffer((48,), "float32"), B: T.Buffer((10, 48), "float32")):
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b0"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[0, vi] = T.exp(A[vi] * T.float32(9.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b1"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[1, vi] = T.log((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b2"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[2, vi] = T.tanh(A[vi] * T.float32(3.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b3"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[3, vi] = T.erf(A[vi] * T.float32(2.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b4"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[4, vi] = T.sigmoid(A[vi] * T.float32(20.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b5"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[5, vi] = T.pow((T.fabs(A[vi]) + T.float32(0.25)), A[vi])
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b6"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[6, vi] = T.rsqrt((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b7"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[7, vi] = T.atan2(A[vi], (T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b8"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[8, vi] = T.sin(A[vi] * T.float32(7.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(16):
                with T.sblock("b9"):
                    vi = T.axis.spatial(48, i_0 * 16 + i_1)
                    B[9, vi] = T.exp2(A[vi])

    @T.prim_func(s_tir=True)
    def float32_by_8(A: T.Buffer((24,), "float32"), B: T.Buffer((10, 24), "float32")):
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b0"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[0, vi] = T.exp(A[vi] * T.float32(9.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b1"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[1, vi] = T.log((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b2"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[2, vi] = T.tanh(A[vi] * T.float32(3.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b3"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[3, vi] = T.erf(A[vi] * T.float32(2.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b4"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[4, vi] = T.sigmoid(A[vi] * T.float32(20.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b5"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[5, vi] = T.pow((T.fabs(A[vi]) + T.float32(0.25)), A[vi])
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b6"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[6, vi] = T.rsqrt((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b7"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[7, vi] = T.atan2(A[vi], (T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b8"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[8, vi] = T.sin(A[vi] * T.float32(7.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b9"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[9, vi] = T.exp2(A[vi])

    @T.prim_func(s_tir=True)
    def float32_by_4(A: T.Buffer((12,), "float32"), B: T.Buffer((10, 12), "float32")):
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b0"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[0, vi] = T.exp(A[vi] * T.float32(9.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b1"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[1, vi] = T.log((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b2"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[2, vi] = T.tanh(A[vi] * T.float32(3.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b3"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[3, vi] = T.erf(A[vi] * T.float32(2.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b4"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[4, vi] = T.sigmoid(A[vi] * T.float32(20.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b5"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[5, vi] = T.pow((T.fabs(A[vi]) + T.float32(0.25)), A[vi])
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b6"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[6, vi] = T.rsqrt((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b7"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[7, vi] = T.atan2(A[vi], (T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b8"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[8, vi] = T.sin(A[vi] * T.float32(7.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(4):
                with T.sblock("b9"):
                    vi = T.axis.spatial(12, i_0 * 4 + i_1)
                    B[9, vi] = T.exp2(A[vi])

    @T.prim_func(s_tir=True)
    def float32_by_3(A: T.Buffer((9,), "float32"), B: T.Buffer((10, 9), "float32")):
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b0"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[0, vi] = T.exp(A[vi] * T.float32(9.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b1"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[1, vi] = T.log((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b2"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[2, vi] = T.tanh(A[vi] * T.float32(3.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b3"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[3, vi] = T.erf(A[vi] * T.float32(2.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b4"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[4, vi] = T.sigmoid(A[vi] * T.float32(20.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b5"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[5, vi] = T.pow((T.fabs(A[vi]) + T.float32(0.25)), A[vi])
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b6"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[6, vi] = T.rsqrt((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b7"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[7, vi] = T.atan2(A[vi], (T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b8"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[8, vi] = T.sin(A[vi] * T.float32(7.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(3):
                with T.sblock("b9"):
                    vi = T.axis.spatial(9, i_0 * 3 + i_1)
                    B[9, vi] = T.exp2(A[vi])

    @T.prim_func(s_tir=True)
    def float32_by_21(A: T.Buffer((63,), "float32"), B: T.Buffer((10, 63), "float32")):
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b0"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[0, vi] = T.exp(A[vi] * T.float32(9.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b1"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[1, vi] = T.log((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b2"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[2, vi] = T.tanh(A[vi] * T.float32(3.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b3"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[3, vi] = T.erf(A[vi] * T.float32(2.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b4"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[4, vi] = T.sigmoid(A[vi] * T.float32(20.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b5"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[5, vi] = T.pow((T.fabs(A[vi]) + T.float32(0.25)), A[vi])
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b6"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[6, vi] = T.rsqrt((T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b7"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[7, vi] = T.atan2(A[vi], (T.fabs(A[vi]) + T.float32(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b8"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[8, vi] = T.sin(A[vi] * T.float32(7.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(21):
                with T.sblock("b9"):
                    vi = T.axis.spatial(63, i_0 * 21 + i_1)
                    B[9, vi] = T.exp2(A[vi])

    @T.prim_func(s_tir=True)
    def float64_by_8(A: T.Buffer((24,), "float64"), B: T.Buffer((10, 24), "float64")):
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b0"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[0, vi] = T.exp(A[vi] * T.float64(9.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b1"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[1, vi] = T.log((T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b2"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[2, vi] = T.tanh(A[vi] * T.float64(3.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b3"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[3, vi] = T.erf(A[vi] * T.float64(2.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b4"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[4, vi] = T.sigmoid(A[vi] * T.float64(20.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b5"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[5, vi] = T.pow((T.fabs(A[vi]) + T.float64(0.25)), A[vi])
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b6"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[6, vi] = T.rsqrt((T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b7"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[7, vi] = T.atan2(A[vi], (T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b8"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[8, vi] = T.sin(A[vi] * T.float64(7.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(8):
                with T.sblock("b9"):
                    vi = T.axis.spatial(24, i_0 * 8 + i_1)
                    B[9, vi] = T.exp2(A[vi])

    @T.prim_func(s_tir=True)
    def float64_by_2(A: T.Buffer((6,), "float64"), B: T.Buffer((10, 6), "float64")):
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b0"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[0, vi] = T.exp(A[vi] * T.float64(9.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b1"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[1, vi] = T.log((T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b2"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[2, vi] = T.tanh(A[vi] * T.float64(3.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b3"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[3, vi] = T.erf(A[vi] * T.float64(2.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b4"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[4, vi] = T.sigmoid(A[vi] * T.float64(20.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b5"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[5, vi] = T.pow((T.fabs(A[vi]) + T.float64(0.25)), A[vi])
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b6"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[6, vi] = T.rsqrt((T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b7"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[7, vi] = T.atan2(A[vi], (T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b8"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[8, vi] = T.sin(A[vi] * T.float64(7.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(2):
                with T.sblock("b9"):
                    vi = T.axis.spatial(6, i_0 * 2 + i_1)
                    B[9, vi] = T.exp2(A[vi])

    @T.prim_func(s_tir=True)
    def float64_by_5(A: T.Buffer((15,), "float64"), B: T.Buffer((10, 15), "float64")):
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b0"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[0, vi] = T.exp(A[vi] * T.float64(9.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b1"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[1, vi] = T.log((T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b2"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[2, vi] = T.tanh(A[vi] * T.float64(3.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b3"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[3, vi] = T.erf(A[vi] * T.float64(2.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b4"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[4, vi] = T.sigmoid(A[vi] * T.float64(20.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b5"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[5, vi] = T.pow((T.fabs(A[vi]) + T.float64(0.25)), A[vi])
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b6"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[6, vi] = T.rsqrt((T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b7"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[7, vi] = T.atan2(A[vi], (T.fabs(A[vi]) + T.float64(0.25)))
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b8"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[8, vi] = T.sin(A[vi] * T.float64(7.0))
        for i_0 in range(3):
            for i_1 in T.vectorized(5):
                with T.sblock("b9"):
                    vi = T.axis.spatial(15, i_0 * 5 + i_1)
                    B[9, vi] = T.exp2(A[vi])

    @T.prim_func(s_tir=True)
    def one_by_one(A: T.Buffer((200,), "float32"), B: T.Buffer((200,), "float32")):
        for i in range(200):
            with T.sblock("B"):
                vi = T.axis.spatial(200, i)
                B[vi] = T.exp(A[vi]) + T.tanh(A[vi])
