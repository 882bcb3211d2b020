@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float33"), B, C: 3, D: T.Buffer):
    pass
# ---- expected ----
TypeMismatch
fail_signature.py:2:27: error: "float33" is no type
def f(A: T.Buffer((8, 8), "float33"), B, C: 3, D: T.Buffer):
                          ^~~~~~~~~
  did you mean 'float32'?
SyntaxError
fail_signature.py:2:39: error: the parameter B needs a type
def f(A: T.Buffer((8, 8), "float33"), B, C: 3, D: T.Buffer):
                                      ^
  write B: T.Buffer((128, 128), "float32"), or B: T.int32
TypeMismatch
fail_signature.py:2:45: error: the type of C has to be T.Buffer(...), T.handle or a scalar type, this is the integer 3
def f(A: T.Buffer((8, 8), "float33"), B, C: 3, D: T.Buffer):
                                            ^
TypeMismatch
fail_signature.py:2:51: error: the type of D has to be T.Buffer(...), T.handle or a scalar type, this is T.Buffer
def f(A: T.Buffer((8, 8), "float33"), B, C: 3, D: T.Buffer):
                                                  ^~~~~~~~
  give the shape: T.Buffer((128, 128), "float32")
