#include "engine/measure/cpu_caches.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace loopglass::measure {
namespace {

std::string read_word(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

int64_t read_number(const std::filesystem::path& path) {
  const std::string word = read_word(path);
  return word.empty() || word.find_first_not_of("0123456789") != std::string::npos ? 0 : std::stoll(word);
}

// "48K", "1024K", "32M" in bytes.
int64_t size_in_bytes(const std::string& text) {
  const size_t end = text.find_first_not_of("0123456789");
  if (end == 0 || text.empty()) return 0;
  const int64_t number = std::stoll(text.substr(0, end));
  const char unit = end == std::string::npos ? ' ' : text[end];
  return unit == 'K' ? number << 10 : unit == 'M' ? number << 20 : unit == 'G' ? number << 30 : number;
}

// How many CPUs "0-3,8" names.
int count_of_list(const std::string& list) {
  int count = 0;
  for (size_t at = 0; at < list.size();) {
    const size_t end = std::min(list.find(',', at), list.size());
    int first = 0, last = 0;
    const int fields = std::sscanf(list.substr(at, end - at).c_str(), "%d-%d", &first, &last);
    count += fields == 2 ? last - first + 1 : fields == 1;
    at = end + 1;
  }
  return std::max(count, 1);
}

void sort_by_level(std::vector<Cache>& caches) {
  std::sort(caches.begin(), caches.end(), [](const Cache& a, const Cache& b) { return a.name < b.name; });
}

}  // namespace

std::vector<Cache> caches_from_sysfs(const std::filesystem::path& cpu) {
  std::vector<Cache> caches;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(cpu / "cache", none)) {
    const std::filesystem::path index = entry.path();
    const std::string type = read_word(index / "type");
    if (type != "Data" && type != "Unified") continue;
    const Cache cache{fmt::format("L{}", read_number(index / "level")), size_in_bytes(read_word(index / "size")),
                      static_cast<int>(read_number(index / "ways_of_associativity")),
                      read_number(index / "coherency_line_size"), count_of_list(read_word(index / "shared_cpu_list"))};
    if (cache.bytes > 0) caches.push_back(cache);
  }
  sort_by_level(caches);
  return caches;
}

std::vector<Cache> caches_from_cpuid() {
  std::vector<Cache> caches;
#if defined(__x86_64__) || defined(__i386__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool amd = __get_cpuid(0x80000000, &a, &b, &c, &d) && a >= 0x8000001D && __get_cpuid(0, &a, &b, &c, &d) && c == 0x444D4163;
  for (unsigned index = 0; __get_cpuid_count(amd ? 0x8000001D : 4, index, &a, &b, &c, &d); ++index) {
    const unsigned type = a & 31;   // 0: no more; 1: data, 2: instruction, 3: unified
    if (type == 0 || index > 16) break;
    if (type == 2) continue;
    const int64_t line = (b & 0xFFF) + 1, partitions = ((b >> 12) & 0x3FF) + 1, ways = (b >> 22) + 1, sets = int64_t{c} + 1;
    caches.push_back({fmt::format("L{}", (a >> 5) & 7), line * partitions * ways * sets, static_cast<int>(ways), line,
                      static_cast<int>((a >> 14) & 0xFFF) + 1});
  }
  sort_by_level(caches);
#endif
  return caches;
}

}  // namespace loopglass::measure
