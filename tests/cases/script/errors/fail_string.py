@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] = T.float32("abc)
# ---- expected ----
SyntaxError
fail_string.py:6:34: error: this string is never closed
            A[vi, 0] = T.float32("abc)
                                 ^
  end it with "
