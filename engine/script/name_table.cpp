#include "engine/script/name_table.h"

#include <cctype>

namespace loopglass::script {

const std::string& NameTable::define(const void* object, std::string_view wish) {
  if (const auto known = names_.find(object); known != names_.end()) return known->second.text;
  std::string stem(wish);
  for (char& c : stem)
    if (c != '_' && !std::isalnum(static_cast<unsigned char>(c))) c = '_';
  std::string name = stem;
  for (int i = 1; taken_.contains(name); ++i) name = stem + "_" + std::to_string(i);
  taken_.insert(name);
  defined_.push_back(object);
  return names_.emplace(object, Entry{std::move(name), true}).first->second.text;
}

void NameTable::define_as(const void* object, std::string text) {
  if (!names_.emplace(object, Entry{std::move(text), false}).second) return;
  defined_.push_back(object);
}

const std::string* NameTable::find(const void* object) const {
  const auto found = names_.find(object);
  return found == names_.end() ? nullptr : &found->second.text;
}

bool NameTable::is_scalar(const void* object) const {
  const auto found = names_.find(object);
  return found != names_.end() && found->second.is_scalar;
}

void NameTable::forget(size_t size) {
  for (; defined_.size() > size; defined_.pop_back()) {
    const auto entry = names_.find(defined_.back());
    if (entry->second.reserves) taken_.erase(entry->second.text);
    names_.erase(entry);
  }
}

}  // namespace loopglass::script
