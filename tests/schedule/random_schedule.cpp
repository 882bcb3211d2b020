#include "tests/schedule/random_schedule.h"

#include <fmt/format.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/tree.h"

namespace loopglass::tests {
namespace {

struct Stage {
  std::string text;                 // the loops and the block
  std::string buffer;
  int64_t rows, columns;
};

class ProgramWriter {
 public:
  explicit ProgramWriter(Random& random) : random_(random), dtype_(random.chance(40) ? "int32" : "float32") {}

  std::string write() {
    int64_t rows = random_.between(3, 9) * (random_.chance(50) ? 2 : 1), columns = random_.between(3, 8) * (random_.chance(50) ? 2 : 1);
    std::string params = param("A", rows, columns), body, allocs, source = "A";
    const int stages = static_cast<int>(random_.between(2, 4));
    for (int i = 0; i < stages; ++i) {
      const std::string buffer = std::string(1, static_cast<char>('B' + i));
      const Stage stage = next(source, buffer, rows, columns, params);
      body += stage.text;
      rows = stage.rows;
      columns = stage.columns;
      if (i + 1 < stages)
        allocs += fmt::format("        {} = T.sblock_alloc_buffer(({}, {}), \"{}\")\n", buffer, rows, columns, dtype_);
      else
        params += ", " + param(buffer, rows, columns);
      source = buffer;
    }
    return "@I.ir_module\nclass Module:\n    @T.prim_func(s_tir=True)\n    def main(" + params + "):\n" + allocs + body;
  }

 private:
  std::string param(const std::string& name, int64_t rows, int64_t columns) {
    return fmt::format("{}: T.Buffer(({}, {}), \"{}\")", name, rows, columns, dtype_);
  }
  std::string constant() { return dtype_ == "int32" ? std::to_string(random_.between(1, 5)) : fmt::format("T.float32({})", random_.between(1, 5)); }
  std::string zero() { return dtype_ == "int32" ? "0" : "T.float32(0)"; }

  static std::string spatial(const std::string& buffer, int64_t rows, int64_t columns, const std::string& value) {
    return fmt::format(
        "        for i, j in T.grid({}, {}):\n            with T.sblock(\"{}\"):\n                vi, vj = T.axis.remap(\"SS\", [i, j])\n"
        "                {}[vi, vj] = {}\n",
        rows, columns, buffer, buffer, value);
  }

  Stage next(const std::string& source, const std::string& buffer, int64_t rows, int64_t columns, std::string& params) {
    const int64_t kind = random_.below(7);
    switch (columns < 4 && (kind == 3 || kind == 5) ? 0 : kind) {   // a window needs room
      case 0: return {spatial(buffer, rows, columns, fmt::format("{}[vi, vj] * {}", source, constant())), buffer, rows, columns};
      case 1: return {spatial(buffer, rows, columns, fmt::format("T.max({}[vi, vj], {})", source, constant())), buffer, rows, columns};
      case 2: return {spatial(buffer, columns, rows, fmt::format("{}[vj, vi] + {}", source, constant())), buffer, columns, rows};
      case 3: return {spatial(buffer, rows, columns - 2, fmt::format("{}[vi, vj] + {}[vi, vj + 2]", source, source)), buffer, rows, columns - 2};
      case 4:
        return {spatial(buffer, rows + 2, columns,
                        fmt::format("T.if_then_else(1 <= vi and vi < {}, {}[vi - 1, vj], {})", rows + 1, source, zero())),
                buffer, rows + 2, columns};
      case 5: return window_sum(source, buffer, rows, columns);
      default: return product(source, buffer, rows, columns, params);
    }
  }

  Stage reduction(const std::string& buffer, int64_t rows, int64_t columns, int64_t steps, const std::string& term) {
    return {fmt::format("        for i, j, k in T.grid({}, {}, {}):\n            with T.sblock(\"{}\"):\n"
                        "                vi, vj, vk = T.axis.remap(\"SSR\", [i, j, k])\n                with T.init():\n"
                        "                    {}[vi, vj] = {}\n                {}[vi, vj] = {}[vi, vj] + {}\n",
                        rows, columns, steps, buffer, buffer, zero(), buffer, buffer, term),
            buffer, rows, columns};
  }

  Stage window_sum(const std::string& source, const std::string& buffer, int64_t rows, int64_t columns) {
    return reduction(buffer, rows, columns - 2, 3, fmt::format("{}[vi, vj + vk]", source));
  }

  Stage product(const std::string& source, const std::string& buffer, int64_t rows, int64_t columns, std::string& params) {
    const int64_t width = random_.between(3, 8);
    params += ", " + param("W" + buffer, columns, width);
    return reduction(buffer, rows, width, columns, fmt::format("{}[vi, vk] * W{}[vk, vj]", source, buffer));
  }

  Random& random_;
  const std::string dtype_;
};

// A block of the program and what a step needs to know of it.
struct Target {
  std::string name;
  int64_t loops = 0;
  std::vector<int64_t> extents;
  std::vector<std::string> axes;
  std::vector<size_t> read_ranks, write_ranks;   // of the buffers in T.reads and T.writes
};

std::vector<size_t> ranks(const std::vector<ir::BufferRegion>& regions) {
  std::vector<size_t> result;
  for (const ir::BufferRegion& region : regions) result.push_back(region.buffer->shape.size());
  return result;
}

std::vector<Target> targets(const ir::Module& module) {
  std::vector<Target> result;
  for (const schedule::Place& block : schedule::all_blocks_below(*schedule::place_at(module, {"main", {}}))) {
    Target target{block.block().name, 0, {}, {}, ranks(block.block().reads), ranks(block.block().writes)};
    for (const ir::IterVar& axis : block.block().iter_vars) target.axes.push_back(axis.var->name);
    for (const schedule::Place& loop : schedule::loops_above(block)) {
      ++target.loops;
      target.extents.push_back(ir::as_int(loop.loop().extent).value_or(1));
    }
    result.push_back(std::move(target));
  }
  return result;
}

class StepWriter {
 public:
  StepWriter(Random& random, std::vector<Target> blocks) : random_(random), blocks_(std::move(blocks)) {}

  std::string write() {
    const Target& block = random_.choose(blocks_);
    if (block.loops == 0) return "sch.annotate(" + quoted(block) + ", \"n\", 1)\n";
    const std::string loops = "l = sch.get_loops(" + quoted(block) + ")\n";
    const int64_t n = block.loops;
    switch (random_.below(34)) {
      case 0: case 1: case 2: return loops + split(block);
      case 3: {
        const int64_t first = random_.below(n), count = std::min<int64_t>(n - first, random_.between(2, 3));
        return loops + fmt::format("sch.fuse(*l[{}:{}])\n", first, first + count);
      }
      case 4: case 5: return loops + reorder(n);
      case 6: return loops + fmt::format("sch.vectorize(l[{}])\n", n - 1 - random_.below(std::min<int64_t>(n, 2)));
      case 7: return loops + fmt::format("sch.parallel(l[{}])\n", random_.below(std::min<int64_t>(n, 2)));
      case 8: return loops + fmt::format("sch.unroll(l[{}])\n", random_.below(n));
      case 9: case 10: return loops + fmt::format("sch.compute_at({}, l[{}]{})\n", quoted(other()), random_.below(n), placing());
      case 11: case 12: return loops + fmt::format("sch.reverse_compute_at({}, l[{}]{})\n", quoted(other()), random_.below(n), placing());
      case 13: return fmt::format("sch.{}({})\n", random_.chance(60) ? "compute_inline" : "reverse_compute_inline", quoted(block));
      case 14: return fmt::format("sch.{}({}, 0, \"{}\")\n", random_.chance(50) ? "cache_read" : "cache_write", quoted(block), random_.chance(70) ? "global" : "local");
      case 15: return loops + fmt::format("sch.decompose_reduction({}, l[{}])\n", quoted(block), random_.below(n));
      case 16: case 17: return loops + fmt::format("sch.rfactor(l[{}], {})\n", random_.below(n), random_.between(-1, 2));
      case 18: case 19: return fmt::format("sch.reindex({}, {})\n", quoted(block), access(block).text);
      case 20: return reindex_cache(block);
      case 21: case 22: return transform_layout(block);
      case 23: return fmt::format("sch.transform_block_layout({}, lambda *a: ({},))\n", quoted(block), flat(block));
      case 24: case 25: return loops + fmt::format("sch.blockize(l[{}]{})\n", random_.below(n), random_.chance(20) ? ", preserve_unit_iters=False" : "");
      case 26: return fmt::format("sch.pad_einsum({}, [{}])\n", quoted(block), paddings(block));
      case 27: return loops + fmt::format("sch.decompose_padding({}, l[{}])\n", quoted(block), random_.below(n));
      case 28: return fmt::format("sch.rolling_buffer({}, 0)\n", quoted(block));
      case 29: return random_.chance(50) ? fmt::format("sch.cache_inplace({}, 0, \"global\")\n", quoted(block)) : fmt::format("sch.cache_index({}, \"global\", {})\n", quoted(block), random_.below(2));
      case 30: return fmt::format("sch.fuse_reduction_epilogue({}, {})\n", quoted(block), quoted(other()));
      case 31: return loops + fmt::format("sch.loop_partition(l[{}], [{}, None])\n", random_.below(n), random_.between(1, 3));
      case 32: return fmt::format("m = sch.get_loops({})\n", quoted(other())) + loops + "sch.merge(l[0], m[0])\n";
      default: return fmt::format("sch.set_scope({}, 0, \"{}\")\n", quoted(block), random_.chance(50) ? "local" : "global");
    }
  }

 private:
  static std::string quoted(const Target& block) { return "\"" + block.name + "\""; }
  const Target& other() { return random_.choose(blocks_); }
  std::string placing() {
    std::string text;
    if (random_.chance(20)) text += ", preserve_unit_loops=True";
    if (random_.chance(20)) text += ", index=-2";
    return text;
  }

  std::string split(const Target& block) {
    const int64_t loop = random_.below(block.loops), extent = block.extents[loop];
    const int64_t factor = random_.between(1, std::max<int64_t>(2, extent));
    std::string factors = random_.chance(50) ? fmt::format("None, {}", factor) : fmt::format("{}, None", factor);
    if (random_.chance(25)) factors = fmt::format("{}, None, {}", random_.between(1, 3), random_.between(1, 3));
    return fmt::format("sch.split(l[{}], [{}]{})\n", loop, factors, random_.chance(15) ? ", preserve_unit_iters=False" : "");
  }

  // A buffer that the block accesses: ("read", 1).
  struct BufferChoice {
    std::string text;
    bool is_read;
    size_t index, rank;
  };
  BufferChoice access(const Target& block) {
    const bool is_read = !block.read_ranks.empty() && random_.chance(60);
    const std::vector<size_t>& ranks = is_read ? block.read_ranks : block.write_ranks;
    const size_t index = ranks.empty() ? 0 : static_cast<size_t>(random_.below(static_cast<int64_t>(ranks.size())));
    return {fmt::format("(\"{}\", {})", is_read ? "read" : "write", index), is_read, index, ranks.empty() ? 1 : ranks[index]};
  }

  // "lambda a, b: (b, a)": the parameters in another order.
  std::string permuted(size_t parameters, bool all) {
    std::string names, order;
    std::vector<size_t> places;
    for (size_t i = 0; i < parameters; ++i) {
      names += fmt::format("{}a{}", i ? ", " : "", i);
      if (all || random_.chance(70)) places.insert(places.begin() + random_.below(static_cast<int64_t>(places.size()) + 1), i);
    }
    for (size_t i : places) order += fmt::format("a{}, ", i);
    return fmt::format("lambda {}: ({})", names, order);
  }

  std::string reindex_cache(const Target& block) {
    const bool is_read = random_.chance(50);
    return fmt::format("sch.reindex_cache_{}({}, 0, \"global\", {})\n", is_read ? "read" : "write", quoted(block), permuted(block.axes.size(), random_.chance(50)));
  }

  std::string transform_layout(const Target& block) {
    const BufferChoice choice = access(block);
    const int64_t tile = random_.between(2, 4);
    const std::string map = choice.rank == 2 && random_.chance(70) ? fmt::format("lambda i, j: (j // {}, i, j % {})", tile, tile) : permuted(choice.rank, true);
    return fmt::format("sch.transform_layout({}, {}, {}{})\n", quoted(block), choice.text, map, random_.chance(50) ? ", pad_value=0" : "");
  }

  std::string flat(const Target& block) {
    std::string text = "0";
    for (size_t i = 0; i < block.axes.size(); ++i) text = fmt::format("({}) * {} + a[{}]", text, i < block.extents.size() ? block.extents[i] : 1, i);
    return text;
  }

  std::string paddings(const Target& block) {
    std::string text;
    for (size_t i = 0; i < block.axes.size(); ++i) text += fmt::format("{}{}", i ? ", " : "", random_.between(1, 4));
    return text;
  }

  std::string reorder(int64_t loops) {
    std::vector<int64_t> order;
    for (int64_t i = 0; i < loops; ++i)
      if (random_.chance(75)) order.insert(order.begin() + random_.below(static_cast<int64_t>(order.size()) + 1), i);
    std::string list;
    for (int64_t i : order) list += fmt::format("{}l[{}]", list.empty() ? "" : ", ", i);
    return "sch.reorder(" + list + ")\n";
  }

  Random& random_;
  const std::vector<Target> blocks_;
};

}  // namespace

std::string random_program(Random& random) { return ProgramWriter(random).write(); }

std::string random_step(Random& random, const ir::Module& module) { return StepWriter(random, targets(module)).write(); }

}  // namespace loopglass::tests
