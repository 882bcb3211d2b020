// Dependences, decided by looking at the elements themselves: which two iterations touch one element, and one of them writes it. Our own
// check, independent of the rules that the steps follow: it uses neither T.reads and T.writes nor the kinds of axes.
//
// A search is exact over the iterations that it looks at, and looks at the first iterations of every loop, more of them where its budget
// allows. What it finds is there; that it finds nothing proves something only where the result says so.
#pragma once

#include <optional>

#include "engine/schedule/access_walk.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// The first access is the earlier one.
struct Collision {
  Witness witness;
  bool first_writes = false, second_writes = false;
  ir::BlockId first_block, second_block;
};

struct DependenceAnswer {
  std::optional<Collision> collision;
  bool exhaustive = false;   // every iteration was looked at: without a collision there is none
  bool by_data = false;      // an index that depends on data may collide
};

struct DependenceLimits {
  int64_t accesses = 50000;   // looked at, in all
};

// Two iterations of the loop, in one iteration of all loops around it, that touch one element of a buffer that lives outside the loop. Two
// writes are preferred to a write and a read. Without one, the loop's iterations can run in any order and at the same time.
DependenceAnswer carried_dependence(const Place& loop, const DependenceLimits& limits = {});

// Two iterations of the loop that give another result where they run at the same time. As carried_dependence, except for buffers that the
// loop alone uses: code generation gives each iteration its own part of them, so only a value that another iteration left there collides.
DependenceAnswer concurrent_conflict(const Place& loop, const DependenceLimits& limits = {});

// An element that both blocks touch, one of them writing it: why they cannot change places. Requires: they are different blocks of one
// function, `earlier` before `later` in program order.
DependenceAnswer conflict(const Place& earlier, const Place& later, const DependenceLimits& limits = {});

// Two nests of equally many loops (outermost first), `earlier` before `later` in program order, were they one nest that runs, in each
// iteration, the first's body and then the second's: an element that an iteration of `later` touches and an iteration of `earlier` that would
// then come after it, one of them writing it.
DependenceAnswer merged_conflict(const std::vector<Place>& earlier, const std::vector<Place>& later, const DependenceLimits& limits = {});

// The variables around a place, its loops `nth` iterations after their first (at the last where there are fewer).
Bindings iterations(const Place& place, int64_t nth);

// "iterations k=0 and k=1 both write Y[0, 0]", "iteration i=1 reads A[0], which iteration i=0 writes".
std::string describe(const Collision& collision);

// Adds the collision that a loop carries, where there is one, to a refusal: the witness, and its words to the message.
void add_carried_witness(Diagnostic& diagnostic, const Place& loop);

}  // namespace loopglass::schedule
