@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] = T.flot32(0)
# ---- expected ----
UndefinedName
fail_misspelt.py:6:26: error: T has no 'flot32'
            A[vi, 0] = T.flot32(0)
                         ^~~~~~
  did you mean 'T.float32'?
