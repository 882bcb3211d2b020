@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
          A[vi, 0] = T.float32(0)
# ---- expected ----
SyntaxError
fail_badindent.py:6:1: error: this indentation matches no outer level
          A[vi, 0] = T.float32(0)
^~~~~~~~~~
  align the line with the statement that it belongs to
