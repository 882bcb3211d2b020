@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi] = T.float32(0)
# ---- expected ----
TypeMismatch
fail_rank.py:6:13: error: A has 2 dimensions, 1 index is given
            A[vi] = T.float32(0)
            ^~~~~
