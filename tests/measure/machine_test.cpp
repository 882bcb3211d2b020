#include "engine/measure/machine.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/measure/cpu_caches.h"

namespace loopglass::measure {
namespace {

namespace fs = std::filesystem;

class Sysfs : public testing::Test {
 protected:
  Sysfs() : cpu_(fs::path(testing::TempDir()) / ("loopglass_sysfs_" + std::to_string(::getpid()))) { fs::remove_all(cpu_); }
  ~Sysfs() override { fs::remove_all(cpu_); }
  void add(int index, const std::map<std::string, std::string>& files) {
    const fs::path folder = cpu_ / "cache" / ("index" + std::to_string(index));
    fs::create_directories(folder);
    for (const auto& [name, text] : files) std::ofstream(folder / name) << text << "\n";
  }
  fs::path cpu_;
};

TEST_F(Sysfs, GivesDataAndUnifiedCachesInTheOrderOfTheirLevels) {
  add(0, {{"type", "Unified"}, {"level", "3"}, {"size", "32M"}, {"ways_of_associativity", "16"}, {"coherency_line_size", "64"}, {"shared_cpu_list", "0-3,8-11"}});
  add(1, {{"type", "Data"}, {"level", "1"}, {"size", "48K"}, {"ways_of_associativity", "12"}, {"coherency_line_size", "64"}, {"shared_cpu_list", "0"}});
  add(2, {{"type", "Instruction"}, {"level", "1"}, {"size", "32K"}, {"ways_of_associativity", "8"}, {"coherency_line_size", "64"}, {"shared_cpu_list", "0"}});
  EXPECT_EQ(caches_from_sysfs(cpu_), (std::vector<Cache>{{"L1", 48 << 10, 12, 64, 1}, {"L3", 32 << 20, 16, 64, 8}}));
}

TEST_F(Sysfs, NothingThereGivesNothing) {
  EXPECT_TRUE(caches_from_sysfs(cpu_).empty());
  add(0, {{"type", "Data"}, {"level", "1"}, {"size", "?"}});
  EXPECT_TRUE(caches_from_sysfs(cpu_).empty());
}

TEST(Machine, BothSourcesAgreeWhereBothTell) {
  const auto sysfs = caches_from_sysfs("/sys/devices/system/cpu/cpu0");
  const auto cpuid = caches_from_cpuid();
  if (sysfs.empty() || cpuid.empty()) GTEST_SKIP() << "one source tells nothing here";
  // CPUID speaks of the CPU, the system of what a virtual machine was given: L1 and L2 belong to the core and agree.
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(sysfs.at(i).name, cpuid.at(i).name);
    EXPECT_EQ(sysfs.at(i).bytes, cpuid.at(i).bytes);
    EXPECT_EQ(sysfs.at(i).ways, cpuid.at(i).ways);
  }
}

TEST(Machine, SaysWhatItHasAndWhatItHasNot) {
  const Machine machine = read_machine();
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.memory_bytes, 1 << 20);
  EXPECT_NE(machine.counters.empty(), machine.counters_missing.empty());
  const auto json = to_json(machine);
  EXPECT_EQ(json.at("cores"), machine.cores);
  EXPECT_EQ(json.at("caches").size(), machine.caches.size());
  EXPECT_FALSE(json.contains("peak_gflops")) << "nothing is shown that has not been measured";
}

}  // namespace
}  // namespace loopglass::measure
