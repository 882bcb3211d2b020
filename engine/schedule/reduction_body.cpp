// The numbers of the conditions are TVM's (analysis/reducer.cc).
#include "engine/schedule/reduction_body.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

const char kForm[] =
    "init and body have to be one plain store, or one for each buffer; with several buffers, a let for each new value comes first and the "
    "stores store just these";

Error refuse(const Place& block, int condition, std::string why) {
  Error error = fail(DiagnosticKind::RFactorNotApplicable, fmt::format("the reduction of {} cannot be factored (condition {}: {})", quoted(block), condition, why),
                     kForm, {label(block, "")});
  error.error().values = {{"block", block.block().name}};
  return error;
}

// A body as TVM sees it: lets and stores one after the other.
void flatten(const ir::Stmt& s, std::vector<ir::Stmt>& out) {
  if (const ir::Seq* seq = ir::as<ir::Seq>(s)) {
    for (const ir::Stmt& child : seq->stmts) flatten(child, out);
    return;
  }
  out.push_back(s);
  if (const ir::LetStmt* let = ir::as<ir::LetStmt>(s)) flatten(let->body, out);
}

std::vector<ir::Stmt> flat(const ir::Stmt& s) {
  std::vector<ir::Stmt> out;
  flatten(s, out);
  return out;
}

using Stores = std::vector<ReductionUpdate>;

ReductionUpdate update_of(const ir::BufferStore& store) { return {store.buffer, store.indices, store.value}; }

const ReductionUpdate* store_of(const Stores& stores, const ir::Buffer& buffer) {
  const auto it = std::find_if(stores.begin(), stores.end(), [&](const ReductionUpdate& s) { return s.buffer == buffer; });
  return it == stores.end() ? nullptr : &*it;
}

Result<Stores> inits(const Place& block) {
  const ir::Stmt& init = block.block().init;
  if (!init) return refuse(block, 1, "it has no init");
  Stores stores;
  for (const ir::Stmt& s : flat(init)) {
    const ir::BufferStore* store = ir::as<ir::BufferStore>(s);
    if (!store) return refuse(block, 1, "its init holds something else than stores");
    if (store_of(stores, store->buffer)) return refuse(block, 2, fmt::format("its init stores {} twice", store->buffer->name));
    stores.push_back(update_of(*store));
  }
  return stores;
}

// The stores of a body with lets, each with the value of its let.
Result<Stores> updates_by_lets(const Place& block, const std::vector<ir::Stmt>& body, size_t buffers) {
  std::vector<const ir::LetStmt*> lets;
  for (size_t i = 0; i < buffers; ++i) {
    const ir::LetStmt* let = i < body.size() ? ir::as<ir::LetStmt>(body[i]) : nullptr;
    if (!let) return refuse(block, 3, fmt::format("its init stores {} buffers, but its body does not begin with {} lets", buffers, buffers));
    lets.push_back(let);
  }
  if (buffers < body.size() && ir::as<ir::LetStmt>(body[buffers]))
    return refuse(block, 3, fmt::format("its init stores {} buffers, but its body has more lets", buffers));
  if (body.size() != 2 * buffers)
    return refuse(block, 6, fmt::format("its init stores {} buffers, its body has {} statements after the lets", buffers, body.size() - buffers));
  Stores updates(buffers), seen;
  for (size_t i = buffers; i < body.size(); ++i) {
    const ir::BufferStore* store = ir::as<ir::BufferStore>(body[i]);
    if (!store) return refuse(block, 5, "its body holds something else than stores after the lets");
    const auto let = std::find_if(lets.begin(), lets.end(), [&](const ir::LetStmt* l) { return store->value == l->var; });
    if (let == lets.end()) return refuse(block, 7, fmt::format("what it stores in {} is none of its lets", store->buffer->name));
    ReductionUpdate& update = updates[let - lets.begin()];
    if (update.buffer) return refuse(block, 8, fmt::format("it stores {} twice", (*let)->var->name));
    if (store_of(seen, store->buffer)) return refuse(block, 9, fmt::format("its body stores {} twice", store->buffer->name));
    seen.push_back(update_of(*store));
    update = {store->buffer, store->indices, (*let)->value};
  }
  return updates;
}

Result<Stores> updates(const Place& block, size_t buffers) {
  const std::vector<ir::Stmt> body = flat(block.block().body);
  if (body.size() > 1) return updates_by_lets(block, body, buffers);
  const ir::BufferStore* store = ir::as<ir::BufferStore>(body[0]);
  if (!store) return refuse(block, 3, "its body is no store");
  if (buffers != 1) return refuse(block, 6, fmt::format("its init stores {} buffers, its body one", buffers));
  return Stores{update_of(*store)};
}

bool same(const std::vector<ir::Expr>& a, const std::vector<ir::Expr>& b) {
  const arith::Analyzer analyzer;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const ir::Expr& x, const ir::Expr& y) { return analyzer.can_prove_equal(x, y); });
}

// All buffers have one shape, all stores the same indices, and each init has its update.
Result<void> check_fit(const Place& block, const Stores& inits, const Stores& updates) {
  for (size_t i = 0; i < updates.size(); ++i) {
    if (!same(updates[i].buffer->shape, updates[0].buffer->shape))
      return refuse(block, 11, fmt::format("{} and {} differ in shape", updates[0].buffer->name, updates[i].buffer->name));
    if (!same(inits[i].indices, updates[0].indices) || !same(updates[i].indices, updates[0].indices))
      return refuse(block, 12, "its stores have different indices");
    if (!store_of(updates, inits[i].buffer)) return refuse(block, 10, fmt::format("its init stores {}, its body does not", inits[i].buffer->name));
  }
  return {};
}

}  // namespace

Result<ReductionBody> reduction_body(const Place& block) {
  TRY_ASSIGN(const Stores init_stores, inits(block));
  ReductionBody body;
  TRY_ASSIGN(body.updates, updates(block, init_stores.size()));
  TRY(check_fit(block, init_stores, body.updates));
  std::vector<ir::Expr> identities, loads, values;
  for (const ReductionUpdate& update : body.updates) {
    identities.push_back(store_of(init_stores, update.buffer)->value);
    loads.push_back(ir::make_load(update.buffer, update.indices));
    values.push_back(update.value);
  }
  if (auto matched = match_reducer(identities, loads, values)) {
    body.reducer = *std::move(matched);
    return body;
  }
  std::string text;
  for (size_t i = 0; i < values.size(); ++i)
    text += fmt::format("{}{} = {} from {}", text.empty() ? "" : ", ", body.updates[i].buffer->name, script::print_expr(values[i]), script::print_expr(identities[i]));
  Error error = fail(DiagnosticKind::NoMatchedReducer, fmt::format("the update of {} is no reduction that can be taken apart: {}", quoted(block), text),
              "it has to be B[...] + x from 0, B[...] * x from 1, T.min(B[...], x) or T.max(B[...], x) from the largest or smallest value of the type, or such a "
              "reduction of pairs: two sums, argmax, argmin",
              {label(block, "")});
  error.error().values = {{"block", block.block().name}};
  return error;
}

}  // namespace loopglass::schedule
