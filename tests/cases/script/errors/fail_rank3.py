@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0, 0] = T.float32(0)
# ---- expected ----
TypeMismatch
fail_rank3.py:6:13: error: A has 2 dimensions, 3 indices are given
            A[vi, 0, 0] = T.float32(0)
            ^~~~~~~~~~~
