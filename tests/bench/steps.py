"""One step of each primitive on mm_relu: the last statement of a function is timed, here and in TVM. Read by engine_bench and by tvm_peer.py."""


def split(sch):
    i, j, k = sch.get_loops("Y")
    sch.split(j, [None, 4])


def fuse(sch):
    i, j, k = sch.get_loops("Y")
    sch.fuse(i, j)


def reorder(sch):
    i, j, k = sch.get_loops("Y")
    j_0, j_1 = sch.split(j, [None, 4])
    sch.reorder(i, j_0, k, j_1)


def parallel(sch):
    i, j, k = sch.get_loops("Y")
    sch.parallel(i)


def vectorize(sch):
    i, j = sch.get_loops("C")
    sch.vectorize(j)


def unroll(sch):
    i, j, k = sch.get_loops("Y")
    sch.unroll(k)


def compute_at(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    i, j = sch.get_loops("C")
    sch.compute_at(y, i)


def reverse_compute_at(sch):
    c = sch.get_sblock("C", func_name="mm_relu")
    i, j, k = sch.get_loops("Y")
    j_0, j_1 = sch.split(j, [None, 4])
    sch.reorder(i, j_0, k, j_1)
    sch.reverse_compute_at(c, j_0)


def compute_inline(sch):
    c = sch.get_sblock("C", func_name="mm_relu")
    sch.cache_write(c, 0, "global")
    sch.compute_inline(c)


def reverse_compute_inline(sch):
    c = sch.get_sblock("C", func_name="mm_relu")
    copied = sch.cache_write(c, 0, "global")
    sch.reverse_compute_inline(copied)


def cache_read(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.cache_read(y, 1, "global")


def cache_write(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.cache_write(y, 0, "global")


def decompose_reduction(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    i, j, k = sch.get_loops(y)
    sch.decompose_reduction(y, k)


def annotate(sch):
    i, j, k = sch.get_loops("Y")
    sch.annotate(i, "pragma_auto_unroll_max_step", 16)


def get_loops(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.get_loops(y)


def add_unit_loop(sch):
    i, j, k = sch.get_loops("Y")
    sch.add_unit_loop(k)


def loop_partition(sch):
    i, j = sch.get_loops("C")
    sch.loop_partition(j, [32, None])


def merge(sch):
    c = sch.get_sblock("C", func_name="mm_relu")
    sch.cache_write(c, 0, "global")
    i, j = sch.get_loops(c)
    i_1, j_1 = sch.get_loops("C_global")
    sch.merge(i, i_1)


def reorder_block_iter_var(sch):
    c = sch.get_sblock("C", func_name="mm_relu")
    sch.reorder_block_iter_var(c, [1, 0])


def set_scope(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.set_scope(y, 0, "local")


def storage_align(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.storage_align(y, 0, 0, 32, 8)


def rfactor(sch):
    i, j, k = sch.get_loops("Y")
    k_0, k_1 = sch.split(k, [None, 4])
    sch.rfactor(k_0, 0)


def reindex(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.reindex(y, ("read", 1))


def reindex_cache_read(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.reindex_cache_read(y, 0, "global", lambda vi, vj, vk: (vk, vi))


def reindex_cache_write(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.reindex_cache_write(y, 0, "global", lambda vi, vj, vk: (vj, vi))


def transform_layout(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.transform_layout(y, ("write", 0), lambda i, j: (j // 16, i, j % 16))


def transform_block_layout(sch):
    c = sch.get_sblock("C", func_name="mm_relu")
    sch.transform_block_layout(c, lambda i, j: (i * 128 + j,))


def blockize(sch):
    i, j = sch.get_loops("C")
    j_0, j_1 = sch.split(j, [None, 4])
    sch.blockize(j_1)


def pad_einsum(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    sch.pad_einsum(y, [48, 48, 48])


def get_sblock(sch):
    sch.get_sblock("Y", func_name="mm_relu")


def get_child_blocks(sch):
    i, j, k = sch.get_loops("Y")
    sch.get_child_blocks(i)
