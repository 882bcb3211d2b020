#include "engine/script/scope.h"

namespace loopglass::script {

const Value* Scope::find(std::string_view name) const {
  const auto found = places_.find(name);
  return found == places_.end() || found->second.empty() ? nullptr : &names_[found->second.back()].value;
}

bool Scope::defined_in_frame(std::string_view name) const {
  const auto found = places_.find(name);
  return found != places_.end() && !found->second.empty() && found->second.back() >= frame_base_;
}

void Scope::set(std::string_view name, Value value) {
  if (defined_in_frame(name)) {
    names_[places_.find(name)->second.back()].value = std::move(value);
    return;
  }
  places_[std::string(name)].push_back(names_.size());
  names_.push_back({std::string(name), std::move(value)});
}

std::vector<std::string_view> Scope::names() const {
  std::vector<std::string_view> result;
  for (const Entry& entry : names_) result.push_back(entry.name);
  return result;
}

void Scope::forget(size_t size) {
  for (; names_.size() > size; names_.pop_back()) places_.find(names_.back().name)->second.pop_back();
}

}  // namespace loopglass::script
