// A hash of a list of numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace loopglass::locality {

struct KeyHash {
  size_t operator()(const std::vector<int64_t>& key) const {
    uint64_t hash = 0;
    for (int64_t part : key) hash = (hash ^ static_cast<uint64_t>(part)) * 0x9E3779B97F4A7C15u, hash ^= hash >> 29;
    return hash;
  }
};

}  // namespace loopglass::locality
