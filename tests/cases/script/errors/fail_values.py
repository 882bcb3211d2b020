@T.prim_func(s_tir=True)
def f(A: T.Buffer((8,), "float32")):
    A[0] = T.float32(1e300)
    A[0] = T.int8(300)
    A[0] = 99999999999999999999
    A[0:3.5] = 1.0
    A[0:8] = T.Broadcast(T.float32(1), 4)
    A[0] = T.Select(True, 1, 2.5)
    A[0] = T.reinterpret("int8", T.float32(1))
    A[0] = A
    A[0] = T.grid(3)
    A[0] = "x"
    A[0] = f"{x}"
    A[0] = T.float32
    x: T.let
    y: 3 = 4
    A.foo = 3
    A[0] = A.shap
    A[0] = T.axis.foo(3)
    1 = 2
    a = b = 3
    try:
        A[0] = 1.0
    finally:
        A[0] = 2.0
# ---- expected ----
TypeMismatch
fail_values.py:3:22: error: 1e300 does not fit into float32
    A[0] = T.float32(1e300)
                     ^~~~~
TypeMismatch
fail_values.py:4:19: error: 300 does not fit into int8
    A[0] = T.int8(300)
                  ^~~
TypeMismatch
fail_values.py:5:12: error: 99999999999999999999 does not fit into 64 bits
    A[0] = 99999999999999999999
           ^~~~~~~~~~~~~~~~~~~~
TypeMismatch
fail_values.py:6:9: error: an integer is needed, this is an expression of type float32
    A[0:3.5] = 1.0
        ^~~
TypeMismatch
fail_values.py:7:5: error: 8 elements of A are assigned 4 values
    A[0:8] = T.Broadcast(T.float32(1), 4)
    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
  write T.Broadcast(x, lanes)
TypeMismatch
fail_values.py:8:12: error: the two values of T.Select are an expression of type int32 and an expression of type float32
    A[0] = T.Select(True, 1, 2.5)
           ^~~~~~~~~~~~~~~~~~~~~~
  cast one of them: T.Cast("float32", x)
TypeMismatch
fail_values.py:9:12: error: float32 and int8 have different sizes
    A[0] = T.reinterpret("int8", T.float32(1))
           ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
TypeMismatch
fail_values.py:10:12: error: A is a buffer, not a value
    A[0] = A
           ^
  read one of its elements: A[i]
UnsupportedSyntax
fail_values.py:11:12: error: T.grid cannot stand inside an expression
    A[0] = T.grid(3)
           ^~~~~~~~~
TypeMismatch
fail_values.py:12:5: error: A holds float32, it cannot be assigned an expression of type handle
    A[0] = "x"
    ^~~~~~~~~~
UnsupportedSyntax
fail_values.py:13:12: error: format strings are not part of TVMScript
    A[0] = f"{x}"
           ^~~~~~
TypeMismatch
fail_values.py:14:12: error: an expression is needed, this is the type float32
    A[0] = T.float32
           ^~~~~~~~~
SyntaxError
fail_values.py:15:5: error: T.let needs a value
    x: T.let
    ^~~~~~~~
  write x: T.let = value
TypeMismatch
fail_values.py:16:8: error: a type such as T.float32 or T.let is needed, this is the integer 3
    y: 3 = 4
       ^
SyntaxError
fail_values.py:17:5: error: one name is needed on the left
    A.foo = 3
    ^~~~~
UndefinedName
fail_values.py:18:14: error: the buffer A has no 'shap'
    A[0] = A.shap
             ^~~~
  did you mean 'A.shape'?
UndefinedName
fail_values.py:19:19: error: T.axis has no 'foo'
    A[0] = T.axis.foo(3)
                  ^~~
SyntaxError
fail_values.py:20:5: error: one name is needed on the left
    1 = 2
    ^
UnsupportedSyntax
fail_values.py:21:5: error: a = b = c is not part of TVMScript
    a = b = 3
    ^~~~~~~~~
  write two lines
UnsupportedSyntax
fail_values.py:22:5: error: this statement is not part of TVMScript
    try:
    ^
SyntaxError
fail_values.py:24:5: error: 'finally' stands where an expression is expected
    finally:
    ^~~~~~~
