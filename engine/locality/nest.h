// A function as loops, guards and accesses with index terms: what there is to count, without the arithmetic on the data.
#pragma once

#include <optional>
#include <variant>

#include "engine/interp/observer.h"
#include "engine/ir/module.h"
#include "engine/locality/layout.h"
#include "engine/locality/term.h"

namespace loopglass::locality {

struct Item;

struct AccessItem {
  int reference;                  // numbered as interp::Program numbers them
  int buffer;                     // into Layout::buffers
  bool is_write;
  std::vector<TermPtr> indices;   // of the buffer itself, not of a view
};

struct GuardItem {
  TermPtr condition;
  std::vector<Item> body;
};

struct LoopItem {
  int id;                         // in program order
  int depth;
  ir::Var var;
  bool is_parallel;
  TermPtr first, step;            // the variable's value at counter 0, and what each iteration adds
  TermPtr count;
  std::vector<Item> body;
  std::vector<TermPtr> atoms;     // terms inside that are not affine by themselves and depend on this loop
  std::vector<const LoopItem*> inner;   // all loops inside, outer ones first
  bool shapes_inner = false;      // the number of iterations of a loop inside depends on this one
};

struct Item {
  std::variant<AccessItem, GuardItem, std::unique_ptr<LoopItem>> value;
};

struct Nest {
  std::vector<Item> items;
  std::vector<const LoopItem*> loops;   // by id
  std::vector<interp::Reference> references;
};

// Nothing where the function's accesses cannot be told without executing it: a bound, guard or index that depends on data, a while loop,
// a vector access, a view of other shape, a nest deeper than kMaxDepth.
std::optional<Nest> build_nest(const ir::Function& function, const Layout& layout);

}  // namespace loopglass::locality
