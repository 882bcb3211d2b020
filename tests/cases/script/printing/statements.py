@T.prim_func(s_tir=True)
def statements(A: T.Buffer((64,), "float32"), B: T.Buffer((8, 8), "float32"), n: T.int32):
    T.func_attr({"k": [1, 2, "x"], "d": {"a": 1}, "f": 0.5, "none": None})
    for i in T.parallel(64):
        if i < n:
            A[i] = 1.0
        elif i == 40:
            A[i] = 2.0
        else:
            A[i] = 3.0
    for i in range(2, 64, 3):
        A[i] = A[i - 1]
    for i in T.unroll(1, 5):
        for j in T.vectorized(8):
            A[i * 8 + j] = 0.0
    for k in T.thread_binding(8, thread="threadIdx.x"):
        A[k] = 1.0
    for k in T.serial(8, unroll=False):
        A[k] = 1.0
    assert n > 0, "n is positive"
    while A[0] > 1.0:
        A[0] = A[0] - 1.0
    with T.attr({"a": 1, "b": "x"}):
        A[1] = 1.0
    A[0:8] = T.Broadcast(T.float32(1), 8)
    A[0:16:2] = A[T.Ramp(1, 2, 8)] + T.Broadcast(T.float32(2), 8)
    C = B.view(64)
    C[3] = 1.0
    T.attr(A.data, "key", 3)
    A[2] = 1.0
# ---- expected ----
# from tvm.script import tirx as T
# from tvm.tirx.layout import Axis

@T.prim_func(s_tir=True)
def statements(A: T.Buffer((64,), "float32"), B: T.Buffer((8, 8), "float32"), n: T.int32):
    T.func_attr({"d": {"a": 1}, "f": 0.5, "k": [1, 2, "x"], "none": None})
    for i in T.parallel(64):
        if i < n:
            A[i] = T.float32(1.0)
        else:
            if i == 40:
                A[i] = T.float32(2.0)
            else:
                A[i] = T.float32(3.0)
    for i in range(2, 64, 3):
        A[i] = A[i - 1]
    for i in T.unroll(1, 5):
        for j in T.vectorized(8):
            A[i * 8 + j] = T.float32(0.0)
    for k in T.thread_binding(8, thread="threadIdx.x"):
        A[k] = T.float32(1.0)
    for k in T.serial(8, unroll=False):
        A[k] = T.float32(1.0)
    assert n > 0, ("RuntimeError", ["n is positive"])
    while A[0] > T.float32(1.0):
        A[0] = A[0] - T.float32(1.0)
    with T.attr({"a": 1, "b": "x"}):
        A[1] = T.float32(1.0)
    A[0:8] = T.Broadcast(T.float32(1.0), 8)
    A[0:16:2] = A[T.Ramp(1, 2, 8)] + T.Broadcast(T.float32(2.0), 8)
    C = B.view(64)
    C[3] = T.float32(1.0)
    with T.attr(A.data, "key", 3):
        A[2] = T.float32(1.0)
