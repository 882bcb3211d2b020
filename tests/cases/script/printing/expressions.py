@T.prim_func(s_tir=True)
def expressions(A: T.Buffer((64,), "float32"), Q: T.Buffer((64,), "int32"), L: T.Buffer((64,), "int64"), P: T.Buffer((64,), "bool"), U: T.Buffer((64,), "uint8"), H: T.Buffer((64,), "float16")):
    for i in range(64):
        with T.sblock("b"):
            v = T.axis.spatial(64, i)
            Q[v] = v + 0 + 1 + 2 - (v - 3) * -2
            Q[v] = 2 + 3 + v * (v + v) // 7 % 5
            Q[v] = T.Add(v, 0) + T.Mul(v, 1) + T.FloorDiv(v, 1)
            Q[v] = (v << 3 | v >> 1 & 3) ^ ~v
            Q[v] = -v - -3
            Q[v] = T.truncdiv(v, 3) + T.truncmod(v, 3) + T.ceildiv(v, 5)
            L[v] = T.cast(v, "int64") * T.int64(3) + 7
            L[v] = v
            A[v] = (A[v] - 1) / (A[v] + 1.5) * 1e-7
            A[v] = T.max(A[v], 0) + T.min(A[v], T.float32("inf")) + T.exp(A[v]) ** 1 if False else T.sqrt(A[v])
            A[v] = T.if_then_else(v < 3 and not v == 2 or P[v], A[v], 0.0)
            A[v] = T.Select(P[v], A[v], T.float32(-0.0))
            A[v] = A[v] if 0 <= v < 32 else T.float32(1)
            P[v] = T.isnan(A[v])
            P[v] = T.bool(True) and v < 3
            U[v] = T.uint8(255)
            H[v] = T.float16(0.1) + H[v] * 2
            H[v] = A[v]
            A[v] = T.call_extern("float32", "f", A[v], v)
            Q[v] = T.reinterpret("int32", A[v]) + T.popcount(v) + T.clz(v)
            A[v] = T.pow(A[v], 2.0) + T.fabs(A[v]) + T.floor(2.5)
            T.evaluate(v + 1)
# ---- expected ----
# from tvm.script import tirx as T
# from tvm.tirx.layout import Axis

@T.prim_func(s_tir=True)
def expressions(A: T.Buffer((64,), "float32"), Q: T.Buffer((64,), "int32"), L: T.Buffer((64,), "int64"), P: T.Buffer((64,), "bool"), U: T.Buffer((64,), "uint8"), H: T.Buffer((64,), "float16")):
    # with T.sblock("root"):
    for i in range(64):
        with T.sblock("b"):
            v = T.axis.spatial(64, i)
            T.reads(A[v], P[v], H[v])
            T.writes(Q[v], L[v], A[v], P[v], U[v], H[v])
            Q[v] = v + 1 + 2 - (v - 3) * -2
            Q[v] = 5 + v * (v + v) // 7 % 5
            Q[v] = T.Add(v, 0) + T.Mul(v, 1) + T.FloorDiv(v, 1)
            Q[v] = (v << 3 | v >> 1 & 3) ^ ~v
            Q[v] = v * -1 - -3
            Q[v] = T.Div(v, 3) + T.truncmod(v, 3) + (v + 5 - 1) // 5
            L[v] = T.Cast("int64", v) * T.int64(3) + T.int64(7)
            L[v] = T.Cast("int64", v)
            A[v] = (A[v] - T.float32(1.0)) / (A[v] + T.float32(1.5)) * T.float32(9.9999999999999995e-08)
            A[v] = T.sqrt(A[v])
            A[v] = T.if_then_else(v < 3 and not v == 2 or P[v], A[v], T.float32(0.0))
            A[v] = T.Select(P[v], A[v], T.float32(-0.0))
            A[v] = T.if_then_else(0 <= v and v < 32, A[v], T.float32(1.0))
            P[v] = T.isnan(A[v])
            P[v] = T.And(T.bool(True), v < 3)
            U[v] = T.uint8(255)
            H[v] = T.float16(0.10000000000000001) + H[v] * T.float16(2.0)
            H[v] = T.Cast("float16", A[v])
            A[v] = T.call_extern("float32", "f", A[v], v)
            Q[v] = T.reinterpret("int32", A[v]) + T.popcount(v) + T.clz(v)
            A[v] = T.pow(A[v], T.float32(2.0)) + T.fabs(A[v]) + T.float32(2.0)
            T.evaluate(v + 1)
