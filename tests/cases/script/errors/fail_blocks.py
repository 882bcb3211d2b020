@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32")):
    for i in range(8):
        with T.sblock("a"):
            vi, vj = T.axis.remap("SX", [i, i + 1])
            T.where(3)
        with T.sblock("c"):
            vi, vj = T.axis.remap("SS", [i])
    T.reads(A[0, 0])
    with T.init():
        A[0, 0] = 1.0
    vi = T.axis.spatial(8, 0)
    with T.blok("x"):
        pass
    for i in A:
        pass
    for i, j in range(8):
        pass
    T.grid(8)
    T.sblock("x")
    with T.grid(8):
        pass
    break
# ---- expected ----
TypeMismatch
fail_blocks.py:5:45: error: T.axis.remap takes loop variables alone
            vi, vj = T.axis.remap("SX", [i, i + 1])
                                            ^~~~~
  write T.axis.spatial(extent, expression) for anything else
TypeMismatch
fail_blocks.py:6:21: error: a condition is needed, this is an expression of type int32
            T.where(3)
                    ^
  compare it: x != 0
TypeMismatch
fail_blocks.py:8:22: error: "SS" has 2 axes, 1 loop is given
            vi, vj = T.axis.remap("SS", [i])
                     ^~~~~~~~~~~~~~~~~~~~~~~
SyntaxError
fail_blocks.py:9:5: error: T.reads belongs into a block
    T.reads(A[0, 0])
    ^~~~~~~~~~~~~~~~
  move it below `with T.block(...):`
SyntaxError
fail_blocks.py:10:10: error: T.init() belongs into a block
    with T.init():
         ^~~~~~~~
  move it below `with T.block(...):`
SyntaxError
fail_blocks.py:12:10: error: T.axis.spatial belongs into a block
    vi = T.axis.spatial(8, 0)
         ^~~~~~~~~~~~~~~~~~~~
  move it below `with T.block(...):`
UndefinedName
fail_blocks.py:13:12: error: T has no 'blok'
    with T.blok("x"):
           ^~~~
  did you mean 'T.block'?
UnsupportedSyntax
fail_blocks.py:15:14: error: a loop runs over range(...), T.grid(...), T.serial(...), T.parallel(...), T.vectorized(...), T.unroll(...) or T.thread_binding(...)
    for i in A:
             ^
SyntaxError
fail_blocks.py:17:9: error: range(...) gives one loop, 2 variables are named
    for i, j in range(8):
        ^~~~
  write T.grid(...) for several loops
SyntaxError
fail_blocks.py:19:5: error: T.grid belongs into a for statement
    T.grid(8)
    ^~~~~~~~~
  write `for i in T.grid(...):`
SyntaxError
fail_blocks.py:20:5: error: T.sblock opens a block
    T.sblock("x")
    ^~~~~~~~~~~~~
  write `with T.sblock(...):` and indent what belongs to it
UnsupportedSyntax
fail_blocks.py:21:10: error: T.grid cannot be opened by `with`
    with T.grid(8):
         ^~~~~~~~~
  a with statement opens T.sblock(...), T.block(...), T.init() or T.attr(...)
UnsupportedSyntax
fail_blocks.py:23:5: error: break and continue are not supported
    break
    ^~~~~
  make the condition part of the loop
