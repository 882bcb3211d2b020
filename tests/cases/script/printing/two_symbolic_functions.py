@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def first(a: T.handle):
        n = T.int64()
        A = T.match_buffer(a, (n,), "float32")
        T.evaluate(0)

    @T.prim_func(s_tir=True)
    def second(a: T.handle, b: T.handle):
        m = T.int64()
        n = T.int64()
        k = T.int64()
        A = T.match_buffer(a, (m, n), "float32")
        B = T.match_buffer(b, (k, n), "float32")
        T.evaluate(0)
# ---- expected ----
# from typing import TypeVar
# from tvm.script import ir as I
# from tvm.script import tirx as T
# from tvm.tirx.layout import Axis

n = TypeVar("n")
k = TypeVar("k")
m = TypeVar("m")
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def first(A: T.Buffer((n,), "float32")):
        T.evaluate(0)

    @T.prim_func(s_tir=True)
    def second(A: T.Buffer((m, n), "float32"), B: T.Buffer((k, n), "float32")):
        T.evaluate(0)
