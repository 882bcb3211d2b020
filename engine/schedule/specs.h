// The record of every primitive, each defined in the file of its primitive. registry.cpp puts them in order.
#pragma once

#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

// Queries.
extern const PrimitiveSpec kGetSBlock, kGetLoops, kGetChildBlocks, kGetProducers, kGetConsumers;
// Loops.
extern const PrimitiveSpec kSplit, kFuse, kReorder, kParallel, kVectorize, kUnroll;
// Where blocks stand.
extern const PrimitiveSpec kComputeAt, kReverseComputeAt, kComputeInline, kReverseComputeInline;
// Buffers.
extern const PrimitiveSpec kCacheRead, kCacheWrite;
// Reductions.
extern const PrimitiveSpec kDecomposeReduction;
// Annotations.
extern const PrimitiveSpec kAnnotate, kUnannotate;

}  // namespace loopglass::schedule
