@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] = T.max(A[vi, 0])
# ---- expected ----
TypeMismatch
fail_arity.py:6:24: error: T.max takes 2 arguments, 1 is given
            A[vi, 0] = T.max(A[vi, 0])
                       ^~~~~~~~~~~~~~~
