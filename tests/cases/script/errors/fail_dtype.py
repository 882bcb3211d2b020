@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            B[A[vi, 0]] = 1
# ---- expected ----
TypeMismatch
fail_dtype.py:6:15: error: an index of B has to be an integer, this is an expression of type float32
            B[A[vi, 0]] = 1
              ^~~~~~~~
