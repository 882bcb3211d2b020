@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[i, 0] = T.float32(0)
# ---- expected ----
IllFormed
fail_loopvar.py:6:13: error: the loop variable i is used inside block a
            A[i, 0] = T.float32(0)
            ^~~~~~~~~~~~~~~~~~~~~~
  give the block an axis that is bound to i
