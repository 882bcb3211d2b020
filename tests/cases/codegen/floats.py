from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def functions(A: T.Buffer((64,), "float32"), B: T.Buffer((64, 24), "float32")):
        for i in range(64):
            with T.sblock("all"):
                vi = T.axis.spatial(64, i)
                B[vi, 0] = T.exp(A[vi])
                B[vi, 1] = T.log(A[vi] * A[vi] + T.float32(0.5))
                B[vi, 2] = T.tanh(A[vi])
                B[vi, 3] = T.sigmoid(A[vi])
                B[vi, 4] = T.erf(A[vi])
                B[vi, 5] = T.sqrt(T.fabs(A[vi]))
                B[vi, 6] = T.rsqrt(T.fabs(A[vi]) + T.float32(1.0))
                B[vi, 7] = T.pow(T.fabs(A[vi]), T.float32(1.5))
                B[vi, 8] = T.sin(A[vi])
                B[vi, 9] = T.cos(A[vi])
                B[vi, 10] = T.tan(A[vi])
                B[vi, 11] = T.asin(A[vi])
                B[vi, 12] = T.acos(A[vi])
                B[vi, 13] = T.atan(A[vi])
                B[vi, 14] = T.atan2(A[vi], T.float32(0.3))
                B[vi, 15] = T.sinh(A[vi])
                B[vi, 16] = T.cosh(A[vi])
                B[vi, 17] = T.exp2(A[vi])
                B[vi, 18] = T.exp10(A[vi])
                B[vi, 19] = T.log2(T.fabs(A[vi]) + T.float32(1.0))
                B[vi, 20] = T.log10(T.fabs(A[vi]) + T.float32(1.0))
                B[vi, 21] = T.log1p(T.fabs(A[vi]))
                B[vi, 22] = T.fmod(A[vi] * T.float32(10.0), T.float32(3.0))
                B[vi, 23] = T.copysign(T.float32(2.0), A[vi])

    @T.prim_func(s_tir=True)
    def in_vectors(A: T.Buffer((64,), "float64"), B: T.Buffer((64, 6), "float64")):
        for i in T.vectorized(64):
            with T.sblock("all"):
                vi = T.axis.spatial(64, i)
                B[vi, 0] = T.exp(A[vi])
                B[vi, 1] = T.tanh(A[vi]) + T.erf(A[vi])
                B[vi, 2] = T.sigmoid(A[vi])
                B[vi, 3] = T.Select(A[vi] > T.float64(0.0), A[vi] * T.float64(3.0), T.float64(-1.0))
                B[vi, 4] = T.if_then_else(vi < 20, T.exp(A[vi]), A[vi])
                B[vi, 5] = T.Cast("float64", T.Cast("int32", A[vi] * T.float64(100.0)))

    @T.prim_func(s_tir=True)
    def rounding(A: T.Buffer((64,), "float32"), B: T.Buffer((64, 6), "float32")):
        for i in range(64):
            with T.sblock("all"):
                vi = T.axis.spatial(64, i)
                B[vi, 0] = T.round(T.Cast("float32", vi) * T.float32(0.5) - T.float32(16.0))
                B[vi, 1] = T.floor(A[vi] * T.float32(5.0))
                B[vi, 2] = T.ceil(A[vi] * T.float32(5.0))
                B[vi, 3] = T.trunc(A[vi] * T.float32(5.0))
                B[vi, 4] = T.nearbyint(A[vi] * T.float32(5.0))
                B[vi, 5] = T.Cast("float32", T.float32(0.5) < A[vi])

    @T.prim_func(s_tir=True)
    def not_numbers(A: T.Buffer((8,), "float32"), B: T.Buffer((8, 8), "float32"), C: T.Buffer((8, 8), "int32"), D: T.Buffer((8, 4), "bool")):
        for i in range(8):
            with T.sblock("all"):
                vi = T.axis.spatial(8, i)
                B[vi, 0] = T.max((A[vi] - A[vi]) / (A[vi] - A[vi]), T.float32(0.0))
                B[vi, 1] = T.max(T.float32(0.0), (A[vi] - A[vi]) / (A[vi] - A[vi]))
                B[vi, 2] = T.min((A[vi] - A[vi]) / (A[vi] - A[vi]), T.float32(0.0))
                B[vi, 3] = T.min(T.float32(0.0), (A[vi] - A[vi]) / (A[vi] - A[vi]))
                B[vi, 4] = A[vi] / (A[vi] - A[vi])
                B[vi, 5] = T.exp(A[vi] + T.float32(100.0))
                B[vi, 6] = T.fabs(A[vi]) * T.float32(-0.0)
                B[vi, 7] = T.float32(1.0) / (T.fabs(A[vi]) * T.float32(-0.0))
                C[vi, 0] = T.Cast("int32", (A[vi] - A[vi]) / (A[vi] - A[vi]))
                C[vi, 1] = T.Cast("int32", A[vi] / (A[vi] - A[vi]))
                C[vi, 2] = T.Cast("int32", T.fabs(A[vi]) * T.float32(1e20))
                C[vi, 3] = T.Cast("int32", T.Cast("int8", A[vi] * T.float32(1000.0)))
                C[vi, 4] = T.Cast("int32", T.Cast("uint8", A[vi] * T.float32(1000.0)))
                C[vi, 5] = T.Cast("int32", T.Cast("int64", A[vi] * T.float32(1e30)) >> T.int64(40))
                C[vi, 6] = T.Cast("int32", T.Cast("int16", A[vi] * T.float32(1e9)))
                C[vi, 7] = T.Cast("int32", T.Cast("uint32", A[vi] * T.float32(3e9)))
                D[vi, 0] = T.isnan((A[vi] - A[vi]) / (A[vi] - A[vi]))
                D[vi, 1] = (A[vi] - A[vi]) / (A[vi] - A[vi]) != T.float32(0.0)
                D[vi, 2] = T.isinf(A[vi] / (A[vi] - A[vi]))
                D[vi, 3] = T.Cast("bool", (A[vi] - A[vi]) / (A[vi] - A[vi]))

    @T.prim_func(s_tir=True)
    def narrow(A: T.Buffer((64,), "float16"), B: T.Buffer((64,), "float16"), C: T.Buffer((64, 6), "float16"), D: T.Buffer((64,), "float32")):
        for i in range(64):
            with T.sblock("all"):
                vi = T.axis.spatial(64, i)
                C[vi, 0] = A[vi] * T.float16(300.0) * T.float16(300.0)
                C[vi, 1] = A[vi] + B[vi] * A[vi]
                C[vi, 2] = T.exp(A[vi])
                C[vi, 3] = T.max(A[vi], B[vi]) / (T.fabs(B[vi]) + T.float16(1.0))
                C[vi, 4] = T.Cast("float16", T.Cast("int32", A[vi] * T.float16(50.0)))
                C[vi, 5] = T.tanh(B[vi])
                D[vi] = T.Cast("float32", A[vi]) * T.Cast("float32", B[vi])

    @T.prim_func(s_tir=True)
    def brain(A: T.Buffer((64,), "bfloat16"), B: T.Buffer((64,), "float32"), C: T.Buffer((64, 4), "bfloat16"), D: T.Buffer((64,), "float64")):
        for i in T.vectorized(64):
            with T.sblock("all"):
                vi = T.axis.spatial(64, i)
                C[vi, 0] = A[vi] * A[vi] + T.bfloat16(1.5)
                C[vi, 1] = T.Cast("bfloat16", B[vi])
                C[vi, 2] = T.Cast("bfloat16", T.Cast("float64", B[vi]) * T.float64(1.000000001))
                C[vi, 3] = T.max(A[vi], T.bfloat16(0.25))
                D[vi] = T.Cast("float64", A[vi])
