// The visible list of all primitives, in the order that menus show them.
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

const PrimitiveSpec* const kPrimitives[] = {
    &kSplit, &kFuse, &kReorder, &kParallel, &kVectorize, &kUnroll,
    &kComputeAt, &kReverseComputeAt, &kComputeInline, &kReverseComputeInline,
    &kAddUnitLoop, &kMerge, &kLoopPartition,
    &kCacheRead, &kCacheWrite, &kCacheInplace, &kCacheIndex, &kReindex, &kTransformLayout, &kTransformBlockLayout, &kReindexCacheRead, &kReindexCacheWrite, &kRollingBuffer,
    &kSetScope, &kStorageAlign, &kUnsafeSetDtype,
    &kDecomposeReduction, &kRFactor, &kFuseReductionEpilogue,
    &kBlockize, &kTensorize,
    &kPadEinsum, &kDecomposePadding,
    &kAnnotate, &kUnannotate, &kAnnotateBufferAccess, &kReorderBlockIterVar, &kUnsafeHideBufferAccess, &kEnterPostproc,
    &kSamplePerfectTile, &kSamplePartitionedTile, &kSampleCategorical, &kSampleComputeLocation,
    &kBind, &kReadAt, &kWriteAt,
    &kGetSBlock, &kGetLoops, &kGetChildBlocks, &kGetProducers, &kGetConsumers, &kGetOutputBlocks, &kCanDecomposePadding,
};

}  // namespace

std::span<const PrimitiveSpec* const> primitives() { return kPrimitives; }

const PrimitiveSpec* find_primitive(std::string_view name) {
  if (name == "get_block") name = "get_sblock";
  for (const PrimitiveSpec* primitive : kPrimitives)
    if (name == primitive->name) return primitive;
  return nullptr;
}

const PrimitiveSpec* find_primitive_by_json_kind(std::string_view kind) {
  if (kind == "GetBlock") kind = "GetSBlock";   // traces of TVM before 0.20
  for (const PrimitiveSpec* primitive : kPrimitives)
    if (kind == primitive->json_kind) return primitive;
  return nullptr;
}

}  // namespace loopglass::schedule
