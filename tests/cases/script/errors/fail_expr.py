@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] + 1
# ---- expected ----
UnsupportedSyntax
fail_expr.py:6:13: error: this line has no effect
            A[vi, 0] + 1
            ^~~~~~~~~~~~
  assign the value to an element of a buffer, or take the line out
