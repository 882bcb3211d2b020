@T.prim_func(s_tir=True)
def buffers(a: T.handle, B: T.Buffer((16, "n"), "float16", align=128, offset_factor=4), C: T.Buffer(("n * 2", 4), "int8"), s: T.int64):
    A = T.match_buffer(a, (16, 16), strides=(17, 1))
    X = T.sblock_alloc_buffer((16,), "int32", scope="local")
    Z = T.sblock_alloc_buffer((), "bool")
    for i in range(16):
        with T.sblock("x"):
            vi = T.axis.spatial(16, i)
            X[vi] = vi
    with T.sblock("z"):
        Z[()] = True
    for i in range(15):
        with T.sblock("m"):
            vi = T.axis.spatial((1, 16), i + 1)
            T.reads(A[vi, 0:16])
            T.writes(A[vi - 1:vi + 1, 0:16])
            S = T.match_buffer(A[vi, 0:16], (16,), strides=("s",), offset_factor=1)
            W = T.sblock_alloc_buffer((2, 2))
            with T.init():
                W[0, 0] = 0.0
            x: T.let = S[0] + 1.0
            y: T.let[T.int32] = vi * 2
            S[1] = x * T.Cast("float32", y)
# ---- expected ----
# from tvm.script import tirx as T
# from tvm.tirx.layout import Axis

@T.prim_func(s_tir=True)
def buffers(A: T.Buffer((16, 16), "float32", strides=(17, 1)), B: T.Buffer((16, "n"), "float16", align=128, offset_factor=4), C: T.Buffer((n * 2, 4), "int8"), s: T.int64):
    n = T.int32()
    # with T.sblock("root"):
    X = T.sblock_alloc_buffer((16,), "int32", scope="local")
    Z = T.sblock_alloc_buffer((), "bool")
    for i in range(16):
        with T.sblock("x"):
            vi = T.axis.spatial(16, i)
            T.reads()
            T.writes(X[vi])
            X[vi] = vi
    with T.sblock("z"):
        T.reads()
        T.writes(Z[()])
        Z[()] = T.bool(True)
    for i in range(15):
        with T.sblock("m"):
            vi = T.axis.spatial((1, 16), i + 1)
            T.reads(A[vi, 0:16])
            T.writes(A[vi - 1:vi - 1 + 2, 0:16])
            W = T.sblock_alloc_buffer((2, 2))
            S = T.match_buffer(A[vi, 0:16], (16,), strides=("s",), offset_factor=1)
            with T.init():
                W[0, 0] = T.float32(0.0)
            x: T.let[T.float32] = S[0] + T.float32(1.0)
            y: T.let[T.int32] = vi * 2
            S[1] = x * T.Cast("float32", y)
