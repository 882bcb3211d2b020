#include "app/model/export.h"

#include <gtest/gtest.h>

#include "tests/model/program.h"

namespace loopglass::app {
namespace {

TEST(Export, EveryReplayedFormatComesBackToTheSameProgram) {
  const History history = opened_program();
  for (const ExportFormat& format : export_formats()) {
    if (!format.is_replayed) continue;
    for (const VersionPtr& version : history.versions()) {
      const Result<std::string> text = export_text(version->schedule, {}, format.name);
      EXPECT_TRUE(text) << format.name << " " << version->step << ": " << text.error().message;
    }
  }
}

TEST(Export, AnotherProgramIsFoundOut) {
  const History history = opened_program();
  for (const ExportFormat& format : export_formats()) {
    if (!format.is_replayed) continue;
    const std::string text = export_text(history.at(1)->schedule, {}, format.name).value();
    const Result<void> checked = check_export(history.at(4)->schedule, format.name, text);
    ASSERT_FALSE(checked) << format.name;
    EXPECT_EQ(checked.error().kind, std::string_view(format.name) == "project" ? DiagnosticKind::ExportDiffers : DiagnosticKind::ExportMismatch);
  }
}

TEST(Export, AnUnknownFormatIsRefused) {
  EXPECT_EQ(export_text(opened_program().at(0)->schedule, {}, "poem").error().kind, DiagnosticKind::BadArgument);
}

}  // namespace
}  // namespace loopglass::app
