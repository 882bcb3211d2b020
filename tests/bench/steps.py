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


def reverse_compute_inline(sch):
    y = sch.get_sblock("Y", func_name="mm_relu")
    copied = sch.cache_write(y, 0, "global")
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
