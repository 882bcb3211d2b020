// What a person has chosen to see of the memory: which quantity, on which scale, which plane of each buffer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace loopglass::app {

// Which plane of a buffer of any rank is on the screen.
struct PlaneChoice {
  int across = -1, down = -1;             // dimensions; -1: the default (the last two)
  std::vector<int64_t> at;                // index in each of the others
  bool operator==(const PlaneChoice&) const = default;
};

struct PictureChoice {
  std::string mode = "accesses";          // as `export --mode` names it
  bool is_moment = false;                 // View::instant; the mode then says nothing
  bool is_difference = false;             // to View::compared
  bool logarithmic = false;
  std::map<std::string, PlaneChoice> planes;   // by buffer name
  std::string language = "en";            // of the words; "zh"
};

}  // namespace loopglass::app
