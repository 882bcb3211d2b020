@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            while vi:
                A[vi, 0] = T.float32(0)
# ---- expected ----
TypeMismatch
fail_while.py:6:19: error: a condition is needed, this is an expression of type int32
            while vi:
                  ^~
  compare it: x != 0
