// Pages and drawings of tests/cases/report, with made-up times on a made-up machine: as expected, well-formed, in both languages. The pictures inside
// are left out of the expectations: their bytes depend on zlib. LOOPGLASS_UPDATE_CASES=1 rewrites the expectations.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "app/command_line/report.h"
#include "app/model/cache_levels.h"
#include "app/report/draw.h"
#include "app/report/quantity.h"
#include "app/ui/quantities.h"
#include "tests/report/xml.h"

namespace loopglass::report {
namespace {

const std::string kCases = LOOPGLASS_SOURCE_DIR "/tests/cases/report/";

Facts facts() {
  Facts facts = *load_facts(LOOPGLASS_SOURCE_DIR "/assets", {.model = "A <CPU> & more", .cores = 4, .caches = {{"L1", 512, 2, 64, 1}, {"L2", 4096, 4, 64, 4}}, .vector_extensions = {"avx2"}},
                              measure::Peaks{100, {{"L1", 200}, {"memory", 10}}}, 1);
  facts.date = "2026-11-26";
  return facts;
}

app::Measurement measured(double ms) {
  return {.verified = measure::Verified{true, 1.5e-7, {}}, .timed = measure::Timed{.time = {ms, ms, ms * 0.99, ms * 1.01, 40, 0.5}, .flops = 1'000'000}};
}

// Of small.py, its two ends measured.
app::View view() {
  const app::Program program = app::load_program({.file = kCases + "small.py"});
  app::View view = app::view_of(program, "product", {.levels = app::cache_levels(facts().machine), .with_times = false});
  const auto& versions = view.history->versions();
  view.measurements[view.time_key(*versions.front())] = std::make_shared<const app::Measurement>(measured(0.5));
  view.measurements[view.time_key(*versions.back())] = std::make_shared<const app::Measurement>(measured(0.125));
  return view;
}

std::string without_pictures(const std::string& text) { return std::regex_replace(text, std::regex("base64,[A-Za-z0-9+/=]+"), "base64,"); }

void expect_case(const std::string& name, const std::string& text) {
  const std::string got = without_pictures(text);
  if (std::getenv("LOOPGLASS_UPDATE_CASES")) std::ofstream(kCases + name) << got;
  std::ifstream file(kCases + name);
  EXPECT_EQ(got, std::string(std::istreambuf_iterator<char>(file), {})) << name;
}

TEST(ReportCases, APage) {
  Facts plain = facts();
  plain.style.clear();
  const Result<std::string> html = draw(view(), "html", {}, plain);
  ASSERT_TRUE(html) << html.error().message;
  expect_case("small.html", *html);
}

TEST(ReportCases, ADrawing) {
  for (const char* mode : {"accesses", "L1", "last"}) {
    const Result<std::string> svg = draw(view(), "svg", {.mode = mode, .language = mode == std::string("L1") ? "zh" : "en"}, facts());
    ASSERT_TRUE(svg) << svg.error().message;
    EXPECT_EQ(xml_error(*svg), std::nullopt);
    expect_case(std::string("small_") + mode + ".svg", *svg);
  }
}

TEST(Report, IsWellFormedAndEscaped) {
  for (const char* mode : {"accesses", "writes", "L2"}) {
    const std::string html = *draw(view(), "html", {.mode = mode}, facts());
    EXPECT_EQ(xml_error(html), std::nullopt);
    EXPECT_EQ(html.find("<b>&"), std::string::npos);
    EXPECT_NE(html.find("&lt;b&gt;&amp;&#39;x&#39;"), std::string::npos) << "the annotation";
    EXPECT_NE(html.find("A &lt;CPU&gt; &amp; more"), std::string::npos);
    EXPECT_EQ(html.find("http"), std::string::npos) << "it needs nothing else";
  }
}

TEST(Report, IsInBothLanguages) {
  const std::string html = *draw(view(), "html", {}, facts());
  for (const char* words : {"<span lang=\"en\">unscheduled program</span><span lang=\"zh\">未调度的程序</span>", "重量", "把一个循环拆分成嵌套的多个循环", "4.0×"})
    EXPECT_NE(html.find(words), std::string::npos) << words;
  const auto chosen = [](const std::string& page) { return page.find("id=\"in-chinese\" checked"); };
  EXPECT_EQ(chosen(html), std::string::npos);
  EXPECT_NE(chosen(*draw(view(), "html", {.language = "zh"}, facts())), std::string::npos);
}

TEST(Report, SaysWhatIsNotKnown) {
  app::View bare = view();
  bare.measurements.clear();
  bare.traffic.clear();
  bare.access.reset();
  bare.figures.reset();
  const std::string html = *draw(bare, "html", {}, facts());
  EXPECT_EQ(xml_error(html), std::nullopt);
  for (const char* words : {"not measured", "have not been counted", "尚未统计"}) EXPECT_NE(html.find(words), std::string::npos) << words;
  EXPECT_EQ(draw(bare, "svg", {}, facts()).error().kind, DiagnosticKind::BadArgument);
}

TEST(Report, SaysHowTheModelAgreesWithTheTimes) {
  app::View timed = view();
  const auto& versions = timed.history->versions();
  for (size_t id = 0; id < versions.size(); ++id) {
    app::Measurement made = measured(static_cast<double>(1 + id));
    made.compiled = measure::Compiled{};
    timed.measurements[timed.time_key(*versions[id])] = std::make_shared<const app::Measurement>(made);
    timed.traffic[static_cast<int>(id)] = {64, {100 * static_cast<int64_t>(id + 1), 50}};
  }
  const std::string html = *draw(timed, "html", {}, facts());
  EXPECT_NE(html.find("over 4 versions: L1 1.00, 1.00"), std::string::npos);
  EXPECT_EQ(draw(view(), "html", {}, facts())->find("Correlation of"), std::string::npos) << "two versions are too few";
}

TEST(Report, HoldsTheModelAgainstWhatHardwareCounted) {
  app::View view = report::view();
  app::Measurement counted = measured(0.5);
  counted.compiled = measure::Compiled{.code = "optimised"};
  counted.timed->counters = {{"cycles", 1e6}, {"L1-dcache-load-misses", 1234567}};
  view.measurements[view.time_key(*view.version())] = std::make_shared<const app::Measurement>(counted);
  const std::string html = *draw(view, "html", {}, facts());
  EXPECT_NE(html.find("567 by the hardware counter L1-dcache-load-misses"), std::string::npos);
  EXPECT_EQ(html.find("LLC-load-misses"), std::string::npos);
}

// A value of each kind of what is computed when it is asked for; the pages of what is not there say so.
TEST(Report, DrawsWhatIsComputedOfEachElement) {
  app::View with = view();
  const ir::Function function = ir::find_function(with.version()->schedule.module(), with.version()->source->function);
  for (const app::ElementQuantity quantity : {app::ElementQuantity::ReuseMedian, app::ElementQuantity::LineUse, app::ElementQuantity::Thread}) {
    with.values = std::make_shared<const app::ElementValues>(*app::element_values(function, *with.access, quantity, 2, {}));
    const std::string mode = app::to_string(quantity);
    EXPECT_EQ(app::element_quantity_named(mode), quantity);
    const Result<std::string> svg = draw(with, "svg", {.mode = mode}, facts());
    ASSERT_TRUE(svg) << svg.error().message;
    EXPECT_EQ(xml_error(*svg), std::nullopt);
    EXPECT_NE(svg->find(facts().english("memory.mode." + mode)), std::string::npos) << mode;
    EXPECT_NE(draw(with, "html", {.mode = mode}, facts())->find(facts().chinese("memory.mode." + mode)), std::string::npos);
  }
  const Result<std::string> other = draw(with, "svg", {.mode = "reuse_max"}, facts());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, DiagnosticKind::BadArgument);
}

locality::Access with_misses(const ir::Function& function, const std::vector<locality::CacheLevel>& levels) {
  const locality::CacheOptions options{.levels = levels};
  return locality::with_misses(*locality::count_accesses(function, {}), *locality::simulate_caches(function, options), options);
}

// Each buffer's misses now and before, the one less the other, as totals and element by element.
TEST(Report, DrawsTheDifferenceToAnotherVersion) {
  app::View with = view();
  const app::Version& start = *with.history->versions().front();
  EXPECT_FALSE(draw(with, "svg", {.mode = "L1", .is_difference = true}, facts())) << "there is no other version";
  with.compared_with = start.id;
  with.compared = std::make_shared<const locality::Access>(with_misses(ir::find_function(start.schedule.module(), start.source->function), app::cache_levels(facts().machine)));
  const app::PictureChoice choice{.mode = "L1", .is_difference = true};
  const Result<std::string> svg = draw(with, "svg", choice, facts());
  ASSERT_TRUE(svg) << svg.error().message;
  EXPECT_EQ(xml_error(*svg), std::nullopt);
  EXPECT_NE(svg->find("L1 miss: difference to"), std::string::npos);
  EXPECT_NE(draw(with, "html", choice, facts())->find("L1 缺失：与"), std::string::npos);
  const Quantity quantity = *quantity_of(choice, with);
  int64_t changed = 0;
  for (size_t b = 0; b < with.access->buffers.size(); ++b) {
    const locality::BufferAccess &now = with.access->buffers[b], &before = with.compared->buffers[b];
    const int64_t more = now.misses[0].count - before.misses[0].count;
    EXPECT_EQ(total_of(now, quantity), more);
    EXPECT_NE(svg->find(ui::format_difference(more)), std::string::npos);
    const locality::ElementCounts values = values_of(now, quantity);
    for (size_t i = 0; i < values.size(); ++i) {
      const int64_t expected = now.misses[0].of_elements[i] - before.misses[0].of_elements[i];
      EXPECT_EQ(values[i], now.first[i] < 0 ? never_of(quantity) : expected) << i;
      changed += now.first[i] >= 0 && expected != 0;
    }
  }
  EXPECT_GT(changed, 0);
}

// What each level holds at a moment, in words and element by element.
TEST(Report, DrawsAMoment) {
  app::View with = view();
  EXPECT_FALSE(draw(with, "svg", {.is_moment = true}, facts())) << "no moment is shown";
  const ir::Function function = ir::find_function(with.version()->schedule.module(), with.version()->source->function);
  app::Moments moments = *app::Moments::make(function, with.access, {});
  auto pass = locality::CacheHistory::simulate(function, {.levels = app::cache_levels(facts().machine)});
  moments.set_history(std::make_shared<locality::CacheHistory>(std::move(pass->history)));
  with.instant = std::make_shared<const app::Instant>(*moments.at(with.access->accesses / 2));
  ASSERT_EQ(with.instant->levels.size(), 2u);
  const Result<std::string> svg = draw(with, "svg", {.is_moment = true}, facts());
  ASSERT_TRUE(svg) << svg.error().message;
  EXPECT_EQ(xml_error(*svg), std::nullopt);
  const std::string html = *draw(with, "html", {.is_moment = true}, facts());
  const Quantity quantity = *quantity_of({.is_moment = true}, with);
  for (const std::string& name : value_names(quantity, facts().english)) {
    EXPECT_NE(svg->find(name), std::string::npos) << name;
    EXPECT_NE(html.find(name), std::string::npos) << name;
  }
  std::vector<std::set<int64_t>> lines(3);   // by value
  for (const locality::BufferAccess& buffer : with.access->buffers) {
    const locality::ElementCounts values = values_of(buffer, quantity);
    for (size_t i = 0; i < values.size(); ++i) lines.at(static_cast<size_t>(values[i])).insert((buffer.base + static_cast<int64_t>(i) * 4) / 64);
  }
  EXPECT_EQ(static_cast<int64_t>(lines[2].size()), with.instant->levels[0].held);
  EXPECT_GT(lines[0].size(), 0u) << "lines that no level holds";
}

TEST(Report, RefusesAModeThatThereIsNot) {
  const Result<std::string> svg = draw(view(), "svg", {.mode = "L7"}, facts());
  ASSERT_FALSE(svg);
  EXPECT_EQ(svg.error().help, "choose one of accesses, reads, writes, first, last, L1, L2, reuse_min, reuse_median, reuse_max, line_use, thread");
}

TEST(Report, IsAPictureWithoutAWindow) {
  const std::string png = *draw(view(), "png", {.mode = "L1"}, facts());
  EXPECT_TRUE(png.starts_with("\x89PNG"));
  EXPECT_GT(png.size(), 5000u) << "letters and pictures";
}

}  // namespace
}  // namespace loopglass::report
