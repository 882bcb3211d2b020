#include "tests/codegen/random_program.h"

#include <fmt/format.h>

#include <random>
#include <vector>

namespace loopglass::codegen {

namespace {

struct Stage {
  std::string name;        // of its buffer and block
  int halo = 0;            // columns beyond the output's that later stages need
  int reads_ahead = 0;     // it reads the stage before at column vj .. vj + reads_ahead
  int reduction = 0;       // extent of its reduction axis; 0: none
};

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  std::string program() {
    dtype_ = one_of({"int32", "int32", "int8", "uint8", "int16", "int64", "float32", "float32", "float64"});
    rows_ = between(1, 6);
    columns_ = between(1, 20);
    depth_ = between(0, 2);
    tile_ = between(1, 9);
    tiles_in_parallel_ = chance(20);
    make_stages();
    header();
    if (depth_ == 0)
      for (const Stage& stage : stages_) nest(stage, 2);
    else
      shared_nest();
    return text_;
  }

 private:
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int percent) { return between(1, 100) <= percent; }
  std::string one_of(std::vector<std::string> items) { return items[static_cast<size_t>(between(0, static_cast<int>(items.size()) - 1))]; }
  std::string fresh(const std::string& name) { return fmt::format("{}_{}", name, next_name_++); }
  void line(int indent, const std::string& text) { text_ += std::string(static_cast<size_t>(indent) * 4, ' ') + text + "\n"; }
  std::string constant(int value) const {
    const bool is_float = dtype_.starts_with("float");
    return is_float ? fmt::format("T.{}({}.5)", dtype_, value) : fmt::format("T.{}({})", dtype_, value);
  }

  void make_stages() {
    const int count = between(1, 3);
    stages_.resize(static_cast<size_t>(count));
    int halo = 0;
    for (int s = count - 1; s >= 0; --s) {
      Stage& stage = stages_[static_cast<size_t>(s)];
      stage.name = s == count - 1 ? "B" : fmt::format("S{}", s);
      stage.halo = halo;
      stage.reads_ahead = between(0, 3);
      stage.reduction = chance(50) ? between(1, 7) : 0;
      halo += stage.reads_ahead;
    }
    input_columns_ = columns_ + halo;
  }

  void header() {
    line(0, "from tvm.script import ir as I");
    line(0, "from tvm.script import tirx as T\n");
    line(0, "@I.ir_module\nclass Module:");
    line(1, "@T.prim_func(s_tir=True)");
    line(1, fmt::format("def main(A: T.Buffer(({0}, {1}), \"{2}\"), K: T.Buffer((8,), \"{2}\"), B: T.Buffer(({0}, {3}), \"{2}\")):", rows_, input_columns_,
                        dtype_, columns_));
    for (const Stage& stage : stages_)
      if (stage.name != "B") line(2, fmt::format("{} = T.sblock_alloc_buffer(({}, {}), \"{}\")", stage.name, rows_, columns_ + stage.halo, dtype_));
  }

  std::string kind(int extent, bool is_spatial) {
    const int roll = between(1, 100);
    if (roll <= 25 && is_spatial) return fmt::format("T.vectorized({})", extent);
    if (roll <= 40) return fmt::format("T.unroll({})", extent);
    return fmt::format("range({})", extent);
  }

  // All stages inside common loops over rows (and tiles of columns), each computing what the tile of the output needs.
  void shared_nest() {
    const std::string i = fresh("i");
    line(2, fmt::format("for {} in {}:", i, chance(40) ? fmt::format("T.parallel({})", rows_) : fmt::format("range({})", rows_)));
    if (depth_ == 1) {
      for (const Stage& stage : stages_) columns(stage, 3, i, "", columns_ + stage.halo, columns_ + stage.halo);
      return;
    }
    const std::string tile = fresh("j");
    const int tiles = (columns_ + tile_ - 1) / tile_;
    line(3, fmt::format("for {} in {}:", tile, tiles_in_parallel_ ? fmt::format("T.parallel({})", tiles) : fmt::format("range({})", tiles)));
    for (const Stage& stage : stages_) columns(stage, 4, i, fmt::format("{} * {}", tile, tile_), tile_ + stage.halo, columns_ + stage.halo);
  }

  // A nest of its own, loops over rows and columns apart or fused.
  void nest(const Stage& stage, int indent) {
    const int extent = columns_ + stage.halo;
    if (chance(30)) {
      const std::string fused = fresh("f");
      line(indent, fmt::format("for {} in {}:", fused, chance(30) ? fmt::format("T.parallel({})", rows_ * extent) : kind(rows_ * extent, true)));
      reduce(stage, indent + 1, fmt::format("{} // {}", fused, extent), fmt::format("{} % {}", fused, extent), "");
      return;
    }
    const std::string i = fresh("i");
    line(indent, fmt::format("for {} in {}:", i, chance(30) ? fmt::format("T.parallel({})", rows_) : kind(rows_, true)));
    columns(stage, indent + 1, i, "", extent, extent);
  }

  // Loops over `extent` columns from `start` on, of which those below `limit` exist.
  void columns(const Stage& stage, int indent, const std::string& row, const std::string& start, int extent, int limit) {
    const std::string from = start.empty() ? "" : start + " + ";
    const std::string beyond = start.empty() && extent <= limit ? "" : fmt::format("{} < {}", "{}", limit);
    if (chance(40) && extent > 1) {
      const std::string outer = fresh("j"), inner = fresh("j");
      const int factor = between(1, extent), outers = (extent + factor - 1) / factor;
      line(indent, fmt::format("for {} in {}:", outer, kind(outers, true)));
      line(indent + 1, fmt::format("for {} in {}:", inner, kind(factor, true)));
      const std::string offset = fmt::format("{} * {} + {}", outer, factor, inner);
      std::string where = outers * factor > extent ? fmt::format("{} < {}", offset, extent) : "";
      if (!beyond.empty()) where += (where.empty() ? "" : " and ") + fmt::format(fmt::runtime(beyond), from + offset);
      reduce(stage, indent + 2, row, from + offset, where);
      return;
    }
    const std::string j = fresh("j");
    line(indent, fmt::format("for {} in {}:", j, kind(extent, true)));
    reduce(stage, indent + 1, row, from + j, beyond.empty() ? "" : fmt::format(fmt::runtime(beyond), from + j));
  }

  // The reduction's loops, if it has one, and the block; decomposed into two blocks, or one with an init.
  void reduce(const Stage& stage, int indent, const std::string& row, const std::string& column, const std::string& where) {
    if (stage.reduction == 0) return block(stage, indent, row, column, "", where, Part::Whole);
    const bool decomposed = chance(40);
    if (decomposed) block(stage, indent, row, column, "", where, Part::Init);
    const Part part = decomposed ? Part::Update : Part::Whole;
    const int factor = between(1, stage.reduction), outers = (stage.reduction + factor - 1) / factor;
    if (chance(40)) {
      const std::string outer = fresh("k"), inner = fresh("k");
      line(indent, fmt::format("for {} in {}:", outer, kind(outers, false)));
      line(indent + 1, fmt::format("for {} in {}:", inner, kind(factor, false)));
      const std::string k = fmt::format("{} * {} + {}", outer, factor, inner);
      const std::string guard = outers * factor > stage.reduction ? fmt::format("{} < {}", k, stage.reduction) : "";
      return block(stage, indent + 2, row, column, k, where.empty() ? guard : guard.empty() ? where : where + " and " + guard, part);
    }
    const std::string k = fresh("k");
    line(indent, fmt::format("for {} in {}:", k, kind(stage.reduction, false)));
    block(stage, indent + 1, row, column, k, where, part);
  }

  enum class Part { Whole, Init, Update };

  void block(const Stage& stage, int indent, const std::string& row, const std::string& column, const std::string& k, const std::string& where, Part part) {
    line(indent, fmt::format("with T.sblock(\"{}\"):", fresh(stage.name)));
    const bool reduces = stage.reduction > 0 && part != Part::Init;
    line(indent + 1, fmt::format("vi = T.axis.spatial({}, {})", rows_, row));
    line(indent + 1, fmt::format("vj = T.axis.spatial({}, {})", columns_ + stage.halo, column));
    if (reduces) line(indent + 1, fmt::format("vk = T.axis.reduce({}, {})", stage.reduction, k));
    if (!where.empty()) line(indent + 1, fmt::format("T.where({})", where));
    const std::string target = stage.name + "[vi, vj]";
    if (part == Part::Init) return line(indent + 1, fmt::format("{} = {}", target, constant(1)));
    if (reduces && part == Part::Whole) {
      line(indent + 1, "with T.init():");
      line(indent + 2, fmt::format("{} = {}", target, constant(1)));
    }
    const std::string value = expression(stage, reduces);
    line(indent + 1, reduces ? fmt::format("{0} = {0} + {1}", target, value) : fmt::format("{} = {}", target, value));
  }

  // Of the stage before, at random columns ahead; a fixed value where it is a reduction, so that the order of rounding is one.
  std::string expression(const Stage& stage, bool reduces) {
    const std::string source = &stage == stages_.data() ? "A" : (&stage - 1)->name;
    const std::string ahead = fmt::format("{}[vi, vj + {}]", source, between(0, stage.reads_ahead));
    const std::string here = fmt::format("{}[vi, vj]", source);
    const std::string weight = reduces ? "K[vk]" : constant(between(1, 5));
    switch (between(0, 5)) {
      case 0: return fmt::format("{} * {}", ahead, weight);
      case 1: return fmt::format("T.max({}, {} + {})", here, ahead, weight);
      case 2: return fmt::format("T.if_then_else(vj >= {0}, {1}[vi, vj - {0}] * {3}, {2})", back(), source, ahead, weight);
      case 3: return fmt::format("T.Select(vj % {} == 0, {}, {} - {})", between(1, 4), ahead, here, weight);
      case 4: return fmt::format("{}[(vi * {} + vj) % {}, vj] + {}", "A", between(1, 5), rows_, weight);
      default: return fmt::format("{} + {} * {}", here, ahead, weight);
    }
  }

  // How far back a stage reads: into the tile before, unless tiles run at once.
  int back() { return depth_ == 2 && tiles_in_parallel_ ? 0 : between(0, 2); }

  std::mt19937_64 random_;
  std::string text_, dtype_;
  std::vector<Stage> stages_;
  bool tiles_in_parallel_ = false;
  int rows_ = 0, columns_ = 0, input_columns_ = 0, depth_ = 0, tile_ = 0, next_name_ = 0;
};

}  // namespace

std::string random_program(uint64_t seed) { return Generator(seed).program(); }

}  // namespace loopglass::codegen
