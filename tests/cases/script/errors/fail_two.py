@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] = X[vi]
            B[vi] = Y[vi]
            B[vi] = 1 +
            A[vi, 0] = T.sqr(A[vi, 0])
# ---- expected ----
UndefinedName
fail_two.py:6:24: error: 'X' is not defined here
            A[vi, 0] = X[vi]
                       ^
UndefinedName
fail_two.py:7:21: error: 'Y' is not defined here
            B[vi] = Y[vi]
                    ^
SyntaxError
fail_two.py:8:24: error: the line ends where an expression is expected
            B[vi] = 1 +
                       ^
UndefinedName
fail_two.py:9:26: error: T has no 'sqr'
            A[vi, 0] = T.sqr(A[vi, 0])
                         ^~~
  did you mean 'T.sqrt'?
