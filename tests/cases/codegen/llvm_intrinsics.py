# exact
# LLVM's dot products and pairwise sums, by the instruction where the CPU has it and by what it computes elsewhere. The multiplications make bytes and words of all
# values of the arguments, so that sums reach the ends of their types.
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def vpdpbusd_512(A: T.Buffer((64,), "uint8"), B: T.Buffer((64,), "int8"), C: T.Buffer((16,), "int32")):
        X = T.alloc_buffer((64,), "uint8")
        Y = T.alloc_buffer((64,), "int8")
        for i in range(64):
            X[i] = A[i] * T.uint8(37) + T.Cast("uint8", i * 29)
        for i in range(64):
            Y[i] = B[i] * T.int8(91) + T.Cast("int8", i * 53)
        C[0:16] = T.call_llvm_pure_intrin("int32x16", "llvm.x86.avx512.vpdpbusd.512", C[T.Ramp(0, 1, 16)], T.reinterpret("int32x16", X[T.Ramp(0, 1, 64)]), T.reinterpret("int32x16", Y[T.Ramp(0, 1, 64)]))

    @T.prim_func(s_tir=True)
    def vpdpbusd_256(A: T.Buffer((32,), "uint8"), B: T.Buffer((32,), "int8"), C: T.Buffer((8,), "int32")):
        X = T.alloc_buffer((32,), "uint8")
        Y = T.alloc_buffer((32,), "int8")
        for i in range(32):
            X[i] = A[i] * T.uint8(37) + T.Cast("uint8", i * 29)
        for i in range(32):
            Y[i] = B[i] * T.int8(91) + T.Cast("int8", i * 53)
        C[0:8] = T.call_llvm_pure_intrin("int32x8", "llvm.x86.avx512.vpdpbusd.256", C[T.Ramp(0, 1, 8)], T.reinterpret("int32x8", X[T.Ramp(0, 1, 32)]), T.reinterpret("int32x8", Y[T.Ramp(0, 1, 32)]))

    @T.prim_func(s_tir=True)
    def vpdpbusd_128(A: T.Buffer((16,), "uint8"), B: T.Buffer((16,), "int8"), C: T.Buffer((4,), "int32")):
        X = T.alloc_buffer((16,), "uint8")
        Y = T.alloc_buffer((16,), "int8")
        for i in range(16):
            X[i] = A[i] * T.uint8(37) + T.Cast("uint8", i * 29)
        for i in range(16):
            Y[i] = B[i] * T.int8(91) + T.Cast("int8", i * 53)
        C[0:4] = T.call_llvm_pure_intrin("int32x4", "llvm.x86.avx512.vpdpbusd.128", C[T.Ramp(0, 1, 4)], T.reinterpret("int32x4", X[T.Ramp(0, 1, 16)]), T.reinterpret("int32x4", Y[T.Ramp(0, 1, 16)]))

    @T.prim_func(s_tir=True)
    def pmaddubs_512(A: T.Buffer((64,), "uint8"), B: T.Buffer((64,), "int8"), C: T.Buffer((32,), "int16")):
        X = T.alloc_buffer((64,), "uint8")
        Y = T.alloc_buffer((64,), "int8")
        for i in range(64):
            X[i] = A[i] * T.uint8(37) + T.Cast("uint8", i * 29)
        for i in range(64):
            Y[i] = B[i] * T.int8(91) + T.Cast("int8", i * 53)
        C[0:32] = T.call_llvm_pure_intrin("int16x32", "llvm.x86.avx512.pmaddubs.w.512", X[T.Ramp(0, 1, 64)], Y[T.Ramp(0, 1, 64)])

    @T.prim_func(s_tir=True)
    def pmaddubs_256(A: T.Buffer((32,), "uint8"), B: T.Buffer((32,), "int8"), C: T.Buffer((16,), "int16")):
        X = T.alloc_buffer((32,), "uint8")
        Y = T.alloc_buffer((32,), "int8")
        for i in range(32):
            X[i] = A[i] * T.uint8(37) + T.Cast("uint8", i * 29)
        for i in range(32):
            Y[i] = B[i] * T.int8(91) + T.Cast("int8", i * 53)
        C[0:16] = T.call_llvm_pure_intrin("int16x16", "llvm.x86.avx2.pmadd.ub.sw", X[T.Ramp(0, 1, 32)], Y[T.Ramp(0, 1, 32)])

    @T.prim_func(s_tir=True)
    def pmaddwd_512(A: T.Buffer((32,), "int16"), B: T.Buffer((32,), "int16"), C: T.Buffer((16,), "int32")):
        X = T.alloc_buffer((32,), "int16")
        Y = T.alloc_buffer((32,), "int16")
        for i in range(32):
            X[i] = A[i] * T.int16(9173) + T.Cast("int16", i * 2917)
        for i in range(32):
            Y[i] = B[i] * T.int16(12011) + T.Cast("int16", i * 5431)
        C[0:16] = T.call_llvm_pure_intrin("int32x16", "llvm.x86.avx512.pmaddw.d.512", X[T.Ramp(0, 1, 32)], Y[T.Ramp(0, 1, 32)])

    @T.prim_func(s_tir=True)
    def pmaddwd_256(A: T.Buffer((16,), "int16"), B: T.Buffer((16,), "int16"), C: T.Buffer((8,), "int32")):
        X = T.alloc_buffer((16,), "int16")
        Y = T.alloc_buffer((16,), "int16")
        for i in range(16):
            X[i] = A[i] * T.int16(9173) + T.Cast("int16", i * 2917)
        for i in range(16):
            Y[i] = B[i] * T.int16(12011) + T.Cast("int16", i * 5431)
        C[0:8] = T.call_llvm_pure_intrin("int32x8", "llvm.x86.avx2.pmadd.wd", X[T.Ramp(0, 1, 16)], Y[T.Ramp(0, 1, 16)])

    @T.prim_func(s_tir=True)
    def sdot(A: T.Buffer((16,), "int8"), B: T.Buffer((16,), "int8"), C: T.Buffer((4,), "int32")):
        X = T.alloc_buffer((16,), "int8")
        Y = T.alloc_buffer((16,), "int8")
        for i in range(16):
            X[i] = A[i] * T.int8(37) + T.Cast("int8", i * 29)
        for i in range(16):
            Y[i] = B[i] * T.int8(91) + T.Cast("int8", i * 53)
        C[0:4] = T.call_llvm_pure_intrin("int32x4", "llvm.aarch64.neon.sdot", C[T.Ramp(0, 1, 4)], X[T.Ramp(0, 1, 16)], Y[T.Ramp(0, 1, 16)])

    @T.prim_func(s_tir=True)
    def udot(A: T.Buffer((16,), "uint8"), B: T.Buffer((16,), "uint8"), C: T.Buffer((4,), "uint32")):
        X = T.alloc_buffer((16,), "uint8")
        Y = T.alloc_buffer((16,), "uint8")
        for i in range(16):
            X[i] = A[i] * T.uint8(37) + T.Cast("uint8", i * 29)
        for i in range(16):
            Y[i] = B[i] * T.uint8(91) + T.Cast("uint8", i * 53)
        C[0:4] = T.call_llvm_pure_intrin("uint32x4", "llvm.aarch64.neon.udot", C[T.Ramp(0, 1, 4)], X[T.Ramp(0, 1, 16)], Y[T.Ramp(0, 1, 16)])

    @T.prim_func(s_tir=True)
    def tensorized(A: T.Buffer((4, 32), "uint8"), B: T.Buffer((2, 8, 16, 4), "int8"), C: T.Buffer((4, 32), "int32")):
        for i, j_0, k_0 in T.grid(4, 2, 8):
            with T.sblock("C_update_o"):
                vi_o, vj_o, vk_o = T.axis.remap("SSR", [i, j_0, k_0])
                T.reads(C[vi_o, vj_o * 16:vj_o * 16 + 16], A[vi_o, vk_o * 4:vk_o * 4 + 4], B[vj_o, vk_o, 0:16, 0:4])
                T.writes(C[vi_o, vj_o * 16:vj_o * 16 + 16])
                A_1 = T.match_buffer(A[vi_o, vk_o * 4:vk_o * 4 + 4], (4,), "uint8", offset_factor=1)
                B_1 = T.match_buffer(B[vj_o, vk_o, 0:16, 0:4], (16, 4), "int8", offset_factor=1)
                C_1 = T.match_buffer(C[vi_o, vj_o * 16:vj_o * 16 + 16], (16,), "int32", offset_factor=1)
                A_u8x4: T.uint8x4 = A_1[T.Ramp(0, 1, 4)]
                A_i32: T.int32 = T.reinterpret("int32", A_u8x4)
                B_i8x64: T.int8x64 = B_1[0, T.Ramp(0, 1, 64)]
                B_i32x16: T.int32x16 = T.reinterpret("int32x16", B_i8x64)
                C_i32x16: T.int32x16 = C_1[T.Ramp(0, 1, 16)]
                C_1[0:16] = T.call_llvm_pure_intrin("int32x16", "llvm.x86.avx512.vpdpbusd.512", C_i32x16, T.Broadcast(A_i32, 16), B_i32x16)
