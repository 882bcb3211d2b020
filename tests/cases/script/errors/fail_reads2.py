@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            T.reads(A[vi, 0])
            T.reads(A[vi, 0])
            A[vi, 0] = T.float32(0)
# ---- expected ----
SyntaxError
fail_reads2.py:7:13: error: block a has two T.reads
            T.reads(A[vi, 0])
            ^~~~~~~~~~~~~~~~~
  list all regions in one
