#include "engine/schedule/find_primitive.h"

#include <algorithm>

#include <fmt/format.h>

namespace loopglass::schedule {
namespace {

// The number of letters to insert, drop or change (Levenshtein).
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row.back();
}

// What TVM 0.27 has and this program has not (yet), by Python name and JSON kind.
constexpr std::pair<std::string_view, std::string_view> kTvmAlone[] = {
    {"annotate_buffer_access", "AnnotateBufferAccess"}, {"blockize", "Blockize"},
    {"cache_index", "CacheIndex"}, {"cache_inplace", "CacheInplace"}, {"decompose_padding", "DecomposePadding"},
    {"fuse_reduction_epilogue", "FuseReductionEpilogue"},
    {"pad_einsum", "PadEinsum"}, {"reindex", "ReIndex"},
    {"reindex_cache_read", "ReindexCacheRead"}, {"reindex_cache_write", "ReindexCacheWrite"},
    {"rfactor", "RFactor"}, {"rolling_buffer", "RollingBuffer"},
    {"tensorize", "Tensorize"},
    {"transform_block_layout", "TransformBlockLayout"}, {"transform_layout", "TransformLayout"},
};

Error unknown(std::string_view name, bool by_kind) {
  for (const auto& [python, kind] : kTvmAlone)
    if (name == (by_kind ? kind : python))
      return fail(DiagnosticKind::UnknownPrimitive, fmt::format("{} is a primitive of TVM that this program does not know yet", python),
                  "take the step out of the schedule, or apply it in TVM afterwards");
  std::string_view nearest;
  size_t best = name.size() / 2 + 1;
  for (const PrimitiveSpec* primitive : primitives()) {
    const std::string_view known = by_kind ? primitive->json_kind : primitive->name;
    if (const size_t distance = edit_distance(name, known); distance < best) {
      best = distance;
      nearest = known;
    }
  }
  return fail(DiagnosticKind::UnknownPrimitive, fmt::format("there is no schedule primitive \"{}\"", name),
              nearest.empty() ? std::string() : fmt::format("did you mean \"{}\"?", nearest));
}

}  // namespace

Result<const PrimitiveSpec*> require_primitive(std::string_view name) {
  if (const PrimitiveSpec* primitive = find_primitive(name)) return primitive;
  return unknown(name, false);
}

Result<const PrimitiveSpec*> require_primitive_by_json_kind(std::string_view kind) {
  if (const PrimitiveSpec* primitive = find_primitive_by_json_kind(kind)) return primitive;
  return unknown(kind, true);
}

}  // namespace loopglass::schedule
