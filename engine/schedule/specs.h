// The record of every primitive, each defined in the file of its primitive. registry.cpp puts them in order.
#pragma once

#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

// Queries.
extern const PrimitiveSpec kGetSBlock, kGetLoops, kGetChildBlocks, kGetProducers, kGetConsumers, kGetOutputBlocks;
// Loops.
extern const PrimitiveSpec kSplit, kFuse, kReorder, kParallel, kVectorize, kUnroll;
extern const PrimitiveSpec kAddUnitLoop, kMerge, kLoopPartition, kBind;
// Padding.
extern const PrimitiveSpec kDecomposePadding, kCanDecomposePadding, kPadEinsum;
// Where blocks stand.
extern const PrimitiveSpec kComputeAt, kReverseComputeAt, kComputeInline, kReverseComputeInline;
// Buffers.
extern const PrimitiveSpec kReindex, kCacheRead, kCacheWrite, kCacheInplace, kCacheIndex, kRollingBuffer;
extern const PrimitiveSpec kSetScope, kStorageAlign, kUnsafeSetDtype;
extern const PrimitiveSpec kReadAt, kWriteAt;
// Layouts.
extern const PrimitiveSpec kTransformLayout, kTransformBlockLayout, kReindexCacheRead, kReindexCacheWrite;
// Reductions.
extern const PrimitiveSpec kDecomposeReduction, kRFactor, kFuseReductionEpilogue;
// Blocks.
extern const PrimitiveSpec kBlockize, kTensorize;
// Sampling: what a tuner decides.
extern const PrimitiveSpec kSamplePerfectTile, kSamplePartitionedTile, kSampleCategorical, kSampleComputeLocation;
// Annotations.
extern const PrimitiveSpec kAnnotate, kUnannotate, kAnnotateBufferAccess;
// What is said of blocks, and of the trace.
extern const PrimitiveSpec kReorderBlockIterVar, kUnsafeHideBufferAccess, kEnterPostproc;

}  // namespace loopglass::schedule
