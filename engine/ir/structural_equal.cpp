#include "engine/ir/structural_equal.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "engine/ir/structural_code.h"

namespace loopglass::ir {
namespace {

template <class T>
std::vector<uint64_t> code_of(const T& node, FreeVars free_vars) {
  StructuralCode code(free_vars);
  code.add(node);
  return code.words();
}

template <class T>
bool equal_codes(const T& a, const T& b, FreeVars free_vars) {
  return a == b || code_of(a, free_vars) == code_of(b, free_vars);
}

uint64_t mix(uint64_t x) {  // splitmix64's finalizer
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

template <class T>
uint64_t hash_code(const T& node) {
  uint64_t hash = 0;
  for (uint64_t word : code_of(node, FreeVars::Numbered)) hash = mix(hash ^ word);
  return hash;
}

std::string describe(const StructuralCode::Mark* mark) {
  return mark ? mark->place + ": " + mark->field : "the end of the module";
}

bool equal_all(const std::vector<Expr>& a, const std::vector<Expr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Expr& x, const Expr& y) { return structural_equal(x, y); });
}

// All NaNs are one number, the zeros are two.
bool same_number(double a, double b) { return std::isnan(a) ? std::isnan(b) : std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

// Without writing codes: simplification compares small expressions all the time. Requires: one kind and type. Nothing where the node
// binds variables, which the code renames.
std::optional<bool> equal_by_parts(const Expr& a, const Expr& b) {
  switch (a->kind) {
    case ExprKind::Var: return false;  // another pointer
    case ExprKind::IntImm: return get<IntImm>(a).value == get<IntImm>(b).value;
    case ExprKind::FloatImm: return same_number(get<FloatImm>(a).value, get<FloatImm>(b).value);
    case ExprKind::Not: return structural_equal(get<Not>(a).a, get<Not>(b).a);
    case ExprKind::Cast: return structural_equal(get<Cast>(a).value, get<Cast>(b).value);
    case ExprKind::Call: return get<Call>(a).op == get<Call>(b).op && equal_all(get<Call>(a).args, get<Call>(b).args);
    case ExprKind::BufferLoad:
      return get<BufferLoad>(a).buffer == get<BufferLoad>(b).buffer && equal_all(get<BufferLoad>(a).indices, get<BufferLoad>(b).indices);
    default: break;
  }
  if (!Binary::is(a->kind)) return std::nullopt;
  return structural_equal(get<Binary>(a).a, get<Binary>(b).a) && structural_equal(get<Binary>(a).b, get<Binary>(b).b);
}

}  // namespace

bool structural_equal(const Module& a, const Module& b) { return equal_codes(a, b, FreeVars::Numbered); }
bool structural_equal(const Function& a, const Function& b) { return equal_codes(a, b, FreeVars::Numbered); }
bool structural_equal(const Stmt& a, const Stmt& b) { return equal_codes(a, b, FreeVars::Numbered); }
bool structural_equal(const Expr& a, const Expr& b) {
  if (a == b) return true;
  if (a->kind != b->kind || a->dtype != b->dtype) return false;
  const std::optional<bool> equal = equal_by_parts(a, b);
  return equal ? *equal : equal_codes(a, b, FreeVars::Themselves);
}

uint64_t structural_hash(const Module& module) { return hash_code(module); }
uint64_t structural_hash(const Function& function) { return hash_code(function); }
uint64_t structural_hash(const Expr& e) { return hash_code(e); }

std::string first_difference(const Module& a, const Module& b) {
  StructuralCode code_a(FreeVars::Numbered, true), code_b(FreeVars::Numbered, true);
  code_a.add(a);
  code_b.add(b);
  auto [at_a, at_b] = std::mismatch(code_a.words().begin(), code_a.words().end(), code_b.words().begin(), code_b.words().end());
  if (at_a == code_a.words().end() && at_b == code_b.words().end()) return {};
  const auto position = static_cast<size_t>(at_a - code_a.words().begin());
  const std::string in_a = describe(code_a.mark_at(position)), in_b = describe(code_b.mark_at(position));
  return in_a == in_b ? in_a : in_a + " / " + in_b;
}

}  // namespace loopglass::ir
