// Policy: every registered primitive has a case that succeeds and one that is refused, in a folder of its name.
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/schedule/primitive.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

TEST(SchedulePolicy, EveryPrimitiveHasAnOkAndAFailCase) {
  const std::filesystem::path cases = LOOPGLASS_SOURCE_DIR "/tests/cases/schedule";
  for (const schedule::PrimitiveSpec* primitive : schedule::primitives()) {
    bool ok = false, refused = false;
    const std::filesystem::path folder = cases / primitive->name;
    ASSERT_TRUE(std::filesystem::exists(folder)) << folder;
    for (const auto& file : case_files(folder)) {
      const ScheduleCase c = read_case(file);
      (c.is_failure() ? refused : ok) |= c.source.find(fmt::format("sch.{}(", primitive->name)) != std::string::npos;
    }
    EXPECT_NE(ok, primitive->is_gpu_only) << primitive->name << (ok ? " is never applied, and has a case that succeeds" : " has no case that succeeds");
    EXPECT_TRUE(refused) << primitive->name << " has no case that is refused";
  }
}

TEST(SchedulePolicy, EveryPrimitiveIsFoundByBothNames) {
  for (const schedule::PrimitiveSpec* primitive : schedule::primitives()) {
    EXPECT_EQ(schedule::find_primitive(primitive->name), primitive);
    EXPECT_EQ(schedule::find_primitive_by_json_kind(primitive->json_kind), primitive);
    EXPECT_NE(primitive->apply, nullptr);
    EXPECT_STRNE(primitive->summary, "");
  }
  EXPECT_EQ(schedule::find_primitive("get_block"), schedule::find_primitive("get_sblock"));
}

}  // namespace
}  // namespace loopglass::tests
