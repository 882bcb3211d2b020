// "Did you mean ...?" for a misspelt name.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace loopglass::script {

// The candidate with the fewest changed, added, left out or swapped letters, where they are few enough for a slip; else
// empty. Of equals the first.
std::string_view closest_name(std::string_view name, std::span<const std::string_view> candidates);
// "did you mean 'T.grid'?", or empty.
std::string suggest(std::string_view name, std::span<const std::string_view> candidates, std::string_view prefix = {});

}  // namespace loopglass::script
