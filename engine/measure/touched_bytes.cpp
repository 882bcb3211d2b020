#include "engine/measure/touched_bytes.h"

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_set>

#include "engine/ir/visitor.h"
#include "engine/measure/access_site.h"
#include "engine/measure/index_value.h"

namespace loopglass::measure {
namespace {

constexpr int64_t kMaxSteps = int64_t{1} << 28;

using Vars = std::unordered_set<const ir::VarNode*>;
Vars vars_of(const ir::Expr& e) {
  Vars vars;
  ir::for_each_expr(e, [&](const ir::Expr& part) { if (part->kind == ir::ExprKind::Var) vars.insert(static_cast<const ir::VarNode*>(part.get())); });
  return vars;
}

bool overlap(const Vars& a, const Vars& b) {
  return std::any_of(a.begin(), a.end(), [&](const ir::VarNode* v) { return b.contains(v); });
}

// Dimensions of an access that share loops or conditions, and so are looked at together; different groups are independent, and the touched
// set is the product of theirs.
struct Group {
  Vars vars;
  std::vector<size_t> dimensions;
  std::vector<ir::Expr> conditions;
};

void merge_in(std::vector<Group>& groups, Group added) {
  for (size_t i = 0; i < groups.size();) {
    if (!overlap(groups[i].vars, added.vars)) {
      ++i;
      continue;
    }
    added.vars.insert(groups[i].vars.begin(), groups[i].vars.end());
    added.dimensions.insert(added.dimensions.end(), groups[i].dimensions.begin(), groups[i].dimensions.end());
    added.conditions.insert(added.conditions.end(), groups[i].conditions.begin(), groups[i].conditions.end());
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(i));
  }
  groups.push_back(std::move(added));
}

std::vector<Group> groups_of(const AccessSite& site) {
  std::vector<Group> groups;
  for (size_t d = 0; d < site.indices.size(); ++d) merge_in(groups, {vars_of(site.indices[d]), {d}, {}});
  for (const ir::Expr& condition : site.conditions) merge_in(groups, {vars_of(condition), {}, {condition}});
  // The bounds of a loop may depend on other loops' variables.
  for (const ir::For* loop : site.loops) {
    Vars bounds = vars_of(loop->min);
    bounds.merge(vars_of(loop->extent));
    if (bounds.empty()) continue;
    bounds.insert(loop->loop_var.get());
    merge_in(groups, {std::move(bounds), {}, {}});
  }
  return groups;
}

// The elements of one buffer touched so far.
class TouchedSet {
 public:
  explicit TouchedSet(const ir::BufferNode& buffer) {
    for (const ir::Expr& extent : buffer.shape) shape_.push_back(ir::as_int(extent).value_or(0));
    elements_ = 1;
    for (const int64_t extent : shape_) elements_ *= extent;
  }
  int64_t count() const { return full_ ? elements_ : std::count(marks_.begin(), marks_.end(), true); }
  bool full() const { return full_; }
  void fill() { full_ = true; }

  // Adds a site's elements; what cannot be told is the whole buffer.
  void add(const AccessSite& site, int64_t& steps) {
    if (full_ || elements_ == 0) return;
    if (elements_ > kMaxSteps) return fill();
    std::vector<std::set<int64_t>> offsets;
    int64_t count = 1;
    for (const Group& group : groups_of(site)) {
      if (!enumerate(site, group, 0, offsets.emplace_back(), steps)) return fill();
      count *= static_cast<int64_t>(offsets.back().size());
    }
    if (count == 0) return;   // never runs
    if (count == elements_) return fill();
    mark(offsets);
  }

 private:
  void mark(const std::vector<std::set<int64_t>>& offsets) {
    std::vector<int64_t> flat = {0};
    for (const std::set<int64_t>& factor : offsets) {
      std::vector<int64_t> product;
      product.reserve(flat.size() * factor.size());
      for (const int64_t base : flat)
        for (const int64_t offset : factor) product.push_back(base + offset);
      flat = std::move(product);
    }
    marks_.resize(static_cast<size_t>(elements_));
    for (const int64_t element : flat) marks_[static_cast<size_t>(element)] = true;
    if (std::count(marks_.begin(), marks_.end(), true) == elements_) fill();
  }

  // Walks the group's loops from the `next` one of the site's on. False where something is not known.
  bool enumerate(const AccessSite& site, const Group& group, size_t next, std::set<int64_t>& offsets, int64_t& steps) {
    while (next < site.loops.size() && !group.vars.contains(site.loops[next]->loop_var.get())) ++next;
    if (next == site.loops.size()) return add_offset(site, group, offsets);
    const ir::For& loop = *site.loops[next];
    const auto min = index_value(loop.min, values_), extent = index_value(loop.extent, values_);
    const auto step = loop.step ? index_value(loop.step, values_) : std::optional<int64_t>(1);
    if (!min || !extent || !step || *step < 1) return false;
    for (int64_t i = 0; i < *extent; i += *step) {
      if (++steps > kMaxSteps) return false;
      values_[loop.loop_var.get()] = *min + i;
      if (!enumerate(site, group, next + 1, offsets, steps)) return false;
    }
    values_.erase(loop.loop_var.get());
    return true;
  }

  bool add_offset(const AccessSite& site, const Group& group, std::set<int64_t>& offsets) {
    for (const ir::Expr& condition : group.conditions) {
      const auto holds = index_value(condition, values_);
      if (!holds) return false;
      if (!*holds) return true;
    }
    int64_t offset = 0;
    for (const size_t d : group.dimensions) {
      const auto index = index_value(site.indices[d], values_);
      if (!index || *index < 0 || d >= shape_.size() || *index >= shape_[d]) return false;
      int64_t stride = 1;
      for (size_t inner = d + 1; inner < shape_.size(); ++inner) stride *= shape_[inner];
      offset += *index * stride;
    }
    offsets.insert(offset);
    return true;
  }

  std::vector<int64_t> shape_;
  int64_t elements_ = 1;
  bool full_ = false;
  std::vector<bool> marks_;
  Environment values_;
};

// Sites without a condition come first: where one covers the whole buffer, the others need not be looked at.
int64_t distinct_elements(const ir::Buffer& buffer, std::vector<const AccessSite*> sites, int64_t& steps) {
  std::stable_sort(sites.begin(), sites.end(), [](const AccessSite* a, const AccessSite* b) { return a->conditions.size() < b->conditions.size(); });
  TouchedSet touched(*buffer);
  for (const AccessSite* site : sites) {
    if (site->buffer == buffer) touched.add(*site, steps);
    else touched.fill();   // another view of the same memory
    if (touched.full()) break;
  }
  return touched.count();
}

}  // namespace

int64_t distinct_parameter_bytes(const ir::Function& plain) {
  const std::vector<AccessSite> sites = parameter_accesses(*plain);
  int64_t bytes = 0, steps = 0;
  for (const ir::Param& param : plain->params)
    for (const bool is_write : {false, true}) {
      if (!param.buffer) continue;
      std::vector<const AccessSite*> own;
      for (const AccessSite& site : sites)
        if (site.is_write == is_write && site.buffer->data == param.buffer->data) own.push_back(&site);
      if (!own.empty()) bytes += distinct_elements(param.buffer, own, steps) * param.buffer->dtype.bytes();
    }
  return bytes;
}

}  // namespace loopglass::measure
