@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] = X[vi]
# ---- expected ----
UndefinedName
fail_undefined.py:6:24: error: 'X' is not defined here
            A[vi, 0] = X[vi]
                       ^
