@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] = T.max(A[vi, 0], T.float32(0)
def g():
    pass
# ---- expected ----
SyntaxError
fail_unclosed.py:6:29: error: '(' was never closed
            A[vi, 0] = T.max(A[vi, 0], T.float32(0)
                            ^
