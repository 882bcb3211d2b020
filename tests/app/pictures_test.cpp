// Pictures of the whole window, in both languages and all themes and two sizes, written to build/…/pictures to be looked at; and what must
// hold of every picture.
#include <glad/gl.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include <cstdlib>
#include <ctime>
#include <set>

#include "app/image/png.h"
#include "app/model/cache_levels.h"
#include "app/model/known_peaks.h"
#include "app/model/moves.h"
#include "app/ui/shell.h"
#include "app/ui/step_form.h"
#include "app/ui/window.h"
#include "tests/app/program_fixture.h"

namespace loopglass::ui {
namespace {

// What is changed before a picture is taken: a state of the window that a person comes to.
using Scene = void (*)(app::View& view, Shell& shell);

struct Picture {
  const char* name;
  int width, height;
  const char* theme;
  const char* language;
  Scene scene = nullptr;
  Scene before = nullptr;          // what is seen before it
  const char* mark = nullptr;      // what has to be there (ViewState::marks)
};

class Pictures : public testing::TestWithParam<Picture> {};

double processor_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Draws until all has settled, and gives the picture and the milliseconds of processor time that one more frame takes, all threads together.
std::pair<image::Image, double> draw(Window& window, Shell& shell, const app::View& view) {
  image::Image image, whole;
  const auto contents = [&] { shell.draw(view, [](const app::Command&) {}); };
  constexpr int kSettle = 30;   // frames: a dialog darkens what is behind it in some, and the machine's peaks are read
  for (int i = 0; i < kSettle; ++i) {
    window.wait(0.01);
    window.frame(contents, i + 1 == kSettle ? &image : nullptr);
  }
  constexpr int kFrames = 10;
  const double start = processor_ms();
  for (int i = 0; i < kFrames; ++i) {
    window.forget_picture();
    window.frame(contents, i == 0 ? &whole : nullptr);
  }
  glFinish();
  EXPECT_EQ(image.rgba, whole.rgba) << "a frame of which only the changes are drawn is another than the same drawn as a whole";
  return {std::move(image), (processor_ms() - start) / kFrames};
}

TEST_P(Pictures, OfTheWindow) {
  if (!std::getenv("DISPLAY")) GTEST_SKIP() << "no display";
  static const measure::Peaks known = app::known_peaks(measure::read_machine());   // measured once, so that they do not come while a picture is taken
  EXPECT_GT(known.gflops, 0);
  const Picture& picture = GetParam();
  auto window = Window::open({picture.width, picture.height, true, {}});
  ASSERT_TRUE(window) << window.error().message;
  app::Settings settings;
  settings.theme = picture.theme;
  settings.language = picture.language;
  const std::filesystem::path root = LOOPGLASS_SOURCE_DIR;
  auto shell = Shell::create(root / "assets", root / "shaders", settings, 1);
  ASSERT_TRUE(shell) << shell.error().message;
  app::View view = view_of(matmul_relu(128), {{"split", "j", "4"}, {"reorder", "k", "j_1"}, {"reverse_compute_at", "C", "j_0"}});
  const app::Version& version = *view.version();
  const ir::NodePath k = node_named(version.schedule.module(), "k");
  (*shell)->state().selection = k;
  view.moves = app::legal_moves(version.schedule, k);
  view.moves_of = k;
  const auto* loop = ir::as<ir::For>(ir::node_at(version.schedule.module(), k));
  auto touched = locality::touched_by_iteration(version.schedule.module()->functions[0].function, loop->loop_var.get());
  ASSERT_TRUE(touched);
  view.touched = std::make_shared<const std::vector<locality::Touched>>(*touched);
  view.touched_loop = k;
  draw(**window, **shell, view);
  if (picture.before) {
    picture.before(view, **shell);
    draw(**window, **shell, view);
  }
  if (picture.scene) picture.scene(view, **shell);
  const auto [image, ms] = draw(**window, **shell, view);
  EXPECT_TRUE(!picture.mark || (*shell)->state().marks.contains(picture.mark));
  const std::filesystem::path folder = std::filesystem::path(LOOPGLASS_BINARY_DIR) / "pictures";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(image::write_png(image, folder / (std::string(picture.name) + ".png")));
  RecordProperty("frame_ms", std::to_string(ms));
  std::printf("%s: %.1f ms of processor time a frame, %d vertices\n", picture.name, ms, ImGui::GetIO().MetricsRenderVertices);
  EXPECT_EQ(image.width, picture.width);
  std::set<std::array<uint8_t, 3>> colours;
  for (size_t i = 0; i + 3 < image.rgba.size(); i += 4) colours.insert({image.rgba[i], image.rgba[i + 1], image.rgba[i + 2]});
  EXPECT_GT(colours.size(), 200u) << "the picture is empty";
}

void refused(app::View& view, Shell&) {
  const app::Version& version = *view.version();
  const ir::NodePath k = node_named(version.schedule.module(), "k");
  const app::StepRequest request{schedule::find_primitive("parallel"), {k}};
  const auto step = app::apply_step(version.schedule, request);
  ASSERT_FALSE(step);
  view.refusal = step.error();
  view.refused_request = request;
}

void palette(app::View&, Shell& shell) { shell.state().palette_open = true; }

void form(app::View& view, Shell& shell) {
  const app::Version& version = *view.version();
  shell.state().form = open_form(version.schedule, *schedule::find_primitive("split"), shell.state().selection);
}

void editing(app::View& view, Shell& shell) {
  view.edited_text = view.texts->script.text + "\n    for i in 变量:\n";
  view.text_errors = script::parse_file(view.edited_text).errors;
  shell.state().editing = true;
  shell.state().edit_buffer = view.edited_text;
}

void first_touch(app::View& view, Shell& shell) {
  shell.state().heat_mode = HeatMode::FirstTouch;
  shell.state().selection.reset();
  view.touched.reset();
  shell.state().text_tab = TextTab::Numpy;
  auto texts = std::make_shared<app::Texts>(*view.texts);
  texts->numpy = *emit::to_numpy(view.version()->schedule.module());
  view.texts = texts;
  view.parent_texts.reset();
}

void a_moment(app::View& view, Shell& shell) {
  shell.state().heat_mode = HeatMode::Now;
  const ir::Function function = view.version()->schedule.module()->functions[0].function;
  app::Moments moments = *app::Moments::make(function, view.access, {});
  auto pass = locality::CacheHistory::simulate(function, {.levels = {{"L1", 4096, 4}, {"L2", 32768, 8}}});
  moments.set_history(std::make_shared<locality::CacheHistory>(std::move(pass->history)));
  view.instant = std::make_shared<const app::Instant>(*moments.at(moments.accesses() / 3));
}

void figures(app::View& view, Shell& shell) {
  shell.state().heat_mode = HeatMode::Figures;
  const auto& versions = view.history->versions();
  const locality::CacheOptions options{.levels = {{"L1", 4096, 4}, {"L2", 32768, 8}}};
  const auto function_of = [](const app::Version& version) { return version.schedule.module()->functions[0].function; };
  const app::Version &now = *view.version(), &parent = *versions.at(static_cast<size_t>(now.parent));
  const locality::Access was = *locality::count_accesses(function_of(parent));
  const locality::CacheResult before = *locality::simulate_caches(function_of(parent), options);
  view.access = std::make_shared<const locality::Access>(*locality::with_misses(*view.access, function_of(now), options));
  auto made = app::memory_figures(function_of(now), *view.access, *locality::simulate_caches(function_of(now), options), options.levels);
  app::compare(made, parent.id, {function_of(parent), &was, &before}, function_of(now), *view.access, options.levels);
  made.reuse = locality::measure_reuse(function_of(now))->buffers;
  view.figures = std::make_shared<const app::MemoryFigures>(std::move(made));
}

void misses(app::View& view, Shell& shell) {
  shell.state().heat_mode = HeatMode::Misses1;
  view.access = std::make_shared<const locality::Access>(*locality::with_misses(*view.access, view.version()->schedule.module()->functions[0].function, {.levels = {{"L1", 4096, 4}}}));
}

// A step later: the misses are not there yet.
void simulating(app::View& view, Shell&) {
  auto counted = *view.access;
  for (locality::BufferAccess& buffer : counted.buffers) buffer.misses.clear();
  view.access = std::make_shared<const locality::Access>(std::move(counted));
}

// They will not come at all.
void too_large(app::View& view, Shell& shell) {
  simulating(view, shell);
  shell.state().heat_mode = HeatMode::Misses1;
  view.misses_error = Diagnostic{DiagnosticKind::KernelMemory, "the buffers cover 134217728 lines, too many to count each line's misses", "make the buffers or their row pitch smaller"};
}

void too_large_figures(app::View& view, Shell& shell) {
  too_large(view, shell);
  view.figures.reset();
  shell.state().heat_mode = HeatMode::Figures;
}

// Of what is still being computed that does not stop.
void too_large_reuse(app::View& view, Shell& shell) {
  too_large(view, shell);
  shell.state().heat_mode = HeatMode::ReuseMedian;
}

// L1 misses against those of the start, the rows of B moved apart.
void difference(app::View& view, Shell& shell) {
  shell.state().heat_mode = HeatMode::Misses1;
  const locality::CacheOptions options{.levels = {{"L1", 4096, 4}}};
  const auto function_of = [](const app::Version& version) { return version.schedule.module()->functions[0].function; };
  const auto with_misses = [&](const app::Version& version) {
    return std::make_shared<const locality::Access>(*locality::with_misses(*locality::count_accesses(function_of(version)), function_of(version), options));
  };
  view.access = with_misses(*view.version());
  view.compared_with = 0;
  view.compared = with_misses(*view.history->at(0));
  view.row_pitch = {{"B", 576}};
}

// Elements so large that their numbers can be read, one of them pinned; no loop is selected.
void close_up(app::View& view, Shell& shell) {
  const locality::ReuseResult reuse = *locality::measure_reuse(view.version()->schedule.module()->functions[0].function, {}, {.by_line = true});
  app::ElementValues values{app::ElementQuantity::ReuseMedian, 0, {}};
  for (const auto& buffer : view.access->buffers) values.by_buffer.push_back(locality::reuse_of_elements(reuse, reuse.by_line.median, buffer));
  view.values = std::make_shared<const app::ElementValues>(std::move(values));
  shell.state().heat_mode = HeatMode::ReuseMedian;
  shell.state().own_scales = true;
  shell.state().selection.reset();
  view.touched.reset();
  shell.state().windows["A"] = {0.1f, 0.2f, 10.0f / 128, 10.0f / 128};
  shell.state().windows["Y"] = {0.4f, 0.4f, 0.5f, 0.5f};
  shell.state().pinned = app::BufferElement{"A", {30, 17}};
}

// The caches of this machine, of every version.
void simulate_all(app::View& view) {
  const std::vector<locality::CacheLevel> levels = app::cache_levels(measure::read_machine());
  for (const app::VersionPtr& version : view.history->versions())
    view.traffic[version->id] = app::traffic_of(*locality::simulate_caches(version->schedule.module()->functions[0].function, {.levels = levels}));
}

void roofline(app::View& view, Shell& shell) {
  simulate_all(view);
  view.traffic.erase(1);
  shell.state().time_page = TimePage::Roofline;
  shell.state().traffic_level = 0;
}

void model(app::View& view, Shell& shell) {
  simulate_all(view);
  shell.state().time_page = TimePage::Model;
  shell.state().traffic_level = 0;
}

void counted_by_hardware(app::View& view, Shell& shell) {
  model(view, shell);
  double share = 1.4;   // of the modelled misses
  for (const app::VersionPtr& version : view.history->versions()) {
    const std::vector<int64_t>& misses = view.traffic[version->id].misses;
    app::Measurement measured = *view.measurement(*version);
    measured.timed->counters = {{"cycles", 1e6}, {"L1-dcache-load-misses", share * static_cast<double>(misses.front())}, {"LLC-load-misses", 4200}};
    view.measurements[view.time_key(*version)] = std::make_shared<const app::Measurement>(measured);
    share *= 0.8;
  }
}

void exported(app::View& view, Shell&) { view.notice = app::Notice{"notice.exported.python", {{"path", "/home/li/mm_relu_scheduled.py"}}, {}, 1}; }

void nothing_open(app::View& view, Shell&) { view = app::View{}; view.history = std::make_shared<const app::History>(); }

void choosing(app::View&, Shell& shell) {
  shell.desk().chooser.open(FileChooser::Purpose::Save, "chooser.export_title", LOOPGLASS_SOURCE_DIR, "mm_relu_scheduled.py", [](const auto&) {});
}

void keys(app::View&, Shell& shell) { shell.desk().show_keys = true; }

INSTANTIATE_TEST_SUITE_P(Scenes, Pictures,
                         testing::Values(Picture{"difference", 1600, 940, "light", "en", difference}, Picture{"difference_zh", 1280, 720, "dark", "zh", difference},
                                         Picture{"too_large", 1600, 940, "light", "en", too_large}, Picture{"too_large_figures_zh", 1280, 720, "dark", "zh", too_large_figures},
                                         Picture{"too_large_reuse_zh", 1280, 720, "light", "zh", too_large_reuse},
                                         Picture{"close_up", 1600, 940, "dark", "en", close_up}, Picture{"close_up_zh", 1280, 720, "light", "zh", close_up},
                                         Picture{"refused", 1600, 940, "dark", "en", refused}, Picture{"refused_zh", 1280, 720, "light", "zh", refused},
                                         Picture{"palette", 1600, 940, "dark", "zh", palette}, Picture{"form", 1600, 940, "light", "en", form},
                                         Picture{"editing", 1600, 940, "dark", "zh", editing}, Picture{"first_touch", 1600, 940, "dark", "en", first_touch},
                                         Picture{"exported", 1280, 720, "dark", "zh", exported}, Picture{"nothing_open", 1280, 720, "dark", "en", nothing_open},
                                         Picture{"choosing", 1280, 720, "light", "en", choosing}, Picture{"keys", 1280, 720, "dark", "zh", keys},
                                         Picture{"moment", 1600, 940, "light", "en", a_moment}, Picture{"moment_zh", 1280, 720, "dark", "zh", a_moment},
                                         Picture{"roofline", 1600, 940, "light", "en", roofline}, Picture{"roofline_zh", 1280, 720, "dark", "zh", roofline},
                                         Picture{"model", 1600, 940, "dark", "en", model}, Picture{"model_zh", 1280, 720, "light", "zh", model},
                                         Picture{"counters", 1600, 940, "light", "zh", counted_by_hardware},
                                         Picture{"simulating", 1600, 940, "light", "en", simulating, misses, "veil"}, Picture{"simulating_zh", 1280, 720, "dark", "zh", simulating, misses, "veil"},
                                         Picture{"figures", 1600, 940, "light", "en", figures}, Picture{"figures_zh", 1280, 720, "dark", "zh", figures}),
                         [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(Window, Pictures,
                         testing::Values(Picture{"dark_en", 1600, 940, "dark", "en"}, Picture{"light_zh", 1600, 940, "light", "zh"},
                                         Picture{"dark_zh_small", 1280, 720, "dark", "zh"}, Picture{"light_en_small", 1280, 720, "light", "en"},
                                         Picture{"projector_en", 1600, 940, "projector", "en"}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace loopglass::ui
