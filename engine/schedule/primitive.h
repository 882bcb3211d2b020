// One record per schedule primitive: everything that the form, the menu, the palette, validation, replay, export and documentation know
// of it. The records stand in registry.cpp's list; each primitive's file defines its own.
#pragma once

#include <span>

#include "engine/ir/node_path.h"
#include "engine/ir/tensor_intrin.h"
#include "engine/schedule/value.h"
#include "engine/support/result.h"

namespace loopglass::schedule {

enum class ParamKind {
  Block, Loop, Loops,          // random variables
  BlockOrLoop,                 // annotate, get_child_blocks
  LoopOrBlocks,                // blockize: a loop, or a list of blocks
  Factors,                     // split: integers, at most one None
  Int, Ints, Bool, String, StringOrInt, Index, Annotation, Blocks, Any,
  Numbers,                     // a list of integers and floats
  Lambda,                      // an index map
  RangeLambda,                 // the same with a beginning and an end for each index (annotate_buffer_access)
  PadValue,                    // a number, or an index map that gives one value; None
  BufferAccess,                // ("read", 0), ("write", 0) or a name
  AccessKind,                  // "read" or "write"
};

struct ParamSpec {
  const char* name;            // as in TVM's Python signature
  ParamKind kind;
  const char* summary;         // one English phrase; the UI's texts are primitive.<name>.<param> in assets/locale
  std::optional<Value> default_value;   // absent: required
  bool is_attr;                // in the trace's JSON: among attrs (else inputs)
  bool json_int = false;       // a Bool that TVM's JSON writes as 0 or 1
  bool positional = false;     // TVM's Python trace writes it without its name (Loops always are)
  const char* trace_name = nullptr;     // TVM's Python trace calls it so, unlike the signature; both are read
  bool is_decision = false;    // what a sampling step drew: recorded apart from inputs and attrs; None before it has drawn
};

// What a step refers to in the module that it is applied to.
// `hint`: where it was last seen, looked at first; may be null, and wrong.
struct LoopRef { ir::Var var; std::shared_ptr<const ir::NodePath> hint; };
struct BlockRef { ir::BlockId id; std::shared_ptr<const ir::NodePath> hint; };
using NodeRef = std::variant<LoopRef, BlockRef>;
// What sample_compute_location may give in the place of a loop: leave the block where it is, or inline it.
enum class LocationMark { Root, Inline };
// A step's arguments with random variables looked up: NodeRefs for blocks and loops, values for the rest.
struct Argument;
using ArgumentList = std::vector<Argument>;
struct Argument {
  std::variant<Value, NodeRef, ArgumentList, LocationMark> v;
};

class Judgements;

struct Context {
  const ir::Module& module;
  bool enable_check = true;    // TVM's Schedule(..., enable_check=)
  bool trust = false;          // apply what TVM accepts and our own analysis finds unsound
  const Judgements* judgements = nullptr;   // null: every block is judged as it stands in `module`
  // What a sampling step without a decision draws with: the same for the same step of the same schedule.
  uint64_t seed = 0;
  ir::TensorIntrins intrinsics = nullptr;   // Options::intrinsics
};

// What a step has TVM judge again (judgement.h).
struct JudgedAgain {
  enum What {
    Binding,   // the block's own axes
    Assumed,   // the same: they are taken for an affine map without a look
    Below,     // every block below it
    Scope,     // the same, and its child blocks as a stage pipeline
  };
  BlockRef block;
  What what;
};

// Selection that should move: a loop or block that is gone -> the one that stands for it now.
struct Forwarding {
  std::vector<std::pair<NodeRef, NodeRef>> moved;
};

struct Rewrite {
  ir::Module module;
  // What the step gives: a loop, a block, an integer, None, or a list of them (get_loops: one list).
  std::vector<Argument> results;
  Forwarding forwarding;
  // What is said of the step though it was applied (an unsound step under `trust`).
  std::vector<Diagnostic> warnings;
  std::vector<JudgedAgain> judged_again = {};
  // Of a sampling step: what it drew, or what became of the decision that it was given.
  std::optional<Value> decision = std::nullopt;
  // The program makes the same accesses in the same order as before: there is nothing for our own checks to find.
  bool same_accesses = false;
};

// How a hand asks for a primitive.
enum class Gesture {
  OnNode,             // on the selected loop or block
  BlockInsideLoop,    // on a selected loop, for the one reduction block inside it
  DragLoop,           // a loop dragged along its nest
  DragBlock,          // a block dragged onto a loop
};

struct PrimitiveSpec {
  const char* name;            // "reverse_compute_at"
  const char* json_kind;       // "ReverseComputeAt"
  const char* summary;         // one English sentence; UI: primitive.<name>.summary
  std::vector<ParamSpec> params;
  bool is_query = false;       // changes nothing: get_sblock, get_loops, ...
  Result<Rewrite> (*apply)(const Context& context, std::span<const Argument> args) = nullptr;  // args in params' order, defaults filled in
  // Puts arguments into the form that the trace records before they are applied: a buffer's index for its name, the function that
  // get_sblock without one means. Null: nothing to do.
  Result<void> (*normalize)(const Context& context, std::span<Argument> args) = nullptr;
  bool gives_list = false;     // in Python: a list of loops or blocks, even of one (get_loops, split)
  Gesture gesture = Gesture::OnNode;
  bool is_gpu_only = false;    // known, so that traces with it can be read and written; never applied
  bool takes_location_mark = false;   // its loop may be a LocationMark
  bool is_traced = true;       // false: the query gives a plain value, and the trace does not know of it, as TVM's does not
};

// All primitives, in the order that menus show them.
std::span<const PrimitiveSpec* const> primitives();
// By name ("split"; "get_block" is "get_sblock") or by JSON kind ("Split"); null for none.
const PrimitiveSpec* find_primitive(std::string_view name);
const PrimitiveSpec* find_primitive_by_json_kind(std::string_view kind);

}  // namespace loopglass::schedule
