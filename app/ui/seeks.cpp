#include "app/ui/seeks.h"

#include <fmt/format.h>
#include <imgui.h>

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "app/model/files.h"
#include "app/ui/played_window.h"
#include "app/ui/quantiles.h"

namespace loopglass::ui {
namespace {

std::string program(int n) {
  return fmt::format(R"(from tvm.script import tir as T


@T.prim_func
def matmul(A: T.Buffer(({0}, {0}), "float32"), B: T.Buffer(({0}, {0}), "float32"), C: T.Buffer(({0}, {0}), "float32")):
    for i, j, k in T.grid({0}, {0}, {0}):
        with T.block("C"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            with T.init():
                C[vi, vj] = T.float32(0)
            C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
)", n);
}

struct Gesture {
  const char* loop;
  enum { Down, Up, Split } kind;
};
// From i j k to j_0 i_0 k_0 j_1 i_1 k_1, in tiles of 64.
constexpr std::array<Gesture, 10> kGestures{{{"j", Gesture::Down}, {"j", Gesture::Split}, {"j_0", Gesture::Up}, {"k", Gesture::Split}, {"i", Gesture::Down},
                                             {"i", Gesture::Down}, {"i", Gesture::Split}, {"i_0", Gesture::Up}, {"k_1", Gesture::Down}, {"j_1", Gesture::Up}}};
constexpr size_t kFirstAtAMoment = 5;      // gestures from here on are made while a moment is shown
constexpr int kSeeksAfterEdit = 2, kSeeksAtTheEnd = 10;
constexpr double kPatienceMs = 20e3;

struct Timed {
  std::string what;
  bool with_caches = false;         // of a seek: the caches' content is shown with it
  double shown_ms = 0;              // from the beginning of the frame of the motion to the end of the one that shows it
  double slowest_frame_ms = 0;      // of an edit, up to the exact misses
  double slowest_work_ms = 0;       // the most processor time that a frame took of this thread
};

double processor_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

class Seeks {
 public:
  explicit Seeks(std::unique_ptr<PlayedWindow> window) : window_(std::move(window)) {}

  Result<void> play() {
    TRY(window_->until("the program is open, and its caches simulated", [this] { return window_->view().figures != nullptr; }));
    window_->sleep_between_frames();
    for (size_t n = 0; n < kGestures.size(); ++n) {
      if (n == kFirstAtAMoment) TRY(show_moment());
      TRY(edit(kGestures[n]));
      for (int i = 0; n >= kFirstAtAMoment && i < kSeeksAfterEdit; ++i) TRY(seek());
      TRY(window_->until("the exact misses have come", [this] { return window_->view().figures != nullptr; }));
      finish(edits_.back());
    }
    TRY(window_->until("the caches' history has come", [this] { return window_->view().instant && !window_->view().instant->levels.empty(); }));
    for (int i = 0; i < kSeeksAtTheEnd; ++i) TRY(seek());
    return {};
  }

  const std::vector<Timed>& edits() const { return edits_; }
  const std::vector<Timed>& seeks() const { return seeks_; }

 private:
  Result<void> show_moment() {
    TRY_ASSIGN(const Rect tab, window_->mark(std::string("tab ") + window_->words()("memory.mode.now")));
    window_->hand().click(middle(tab));
    return window_->until("a moment is shown", [this] { return window_->view().instant && window_->state().marks.contains("moment"); });
  }

  Result<void> edit(const Gesture& gesture) {
    TRY(window_->select(std::string("loop ") + gesture.loop));
    const int before = window_->version();
    if (gesture.kind == Gesture::Split) TRY(split());
    else window_->hand().key(ImGuiMod_Alt | (gesture.kind == Gesture::Up ? ImGuiKey_UpArrow : ImGuiKey_DownArrow));
    const bool at_a_moment = window_->state().heat_mode == HeatMode::Now;
    begin();
    std::optional<PlayedWindow::Moment> motion;   // the key going down, or the button up
    TRY(frames_until("an edit has no picture", [&] {
      if (!motion && (gesture.kind != Gesture::Split || ImGui::IsMouseReleased(ImGuiMouseButton_Left))) motion = window_->last_motion();
      const app::View& view = window_->view();
      return window_->version() != before && view.access && window_->state().pictured == view.access && (!at_a_moment || view.instant);
    }));
    edits_.push_back({.what = window_->view().version()->step, .shown_ms = milliseconds_since(*motion)});
    return {};
  }

  // Up to the click that takes the step.
  Result<void> split() {
    window_->hand().key(ImGuiKey_S);
    TRY(window_->until("the form is open", [this] { return window_->state().form && window_->state().marks.contains("factor 64"); }));
    TRY_ASSIGN(const Rect factor, window_->mark("factor 64"));
    window_->hand().click(middle(factor));
    TRY(window_->until("the preview has come", [this] { return window_->view().preview.has_value(); }));
    TRY_ASSIGN(const Rect apply, window_->mark("apply"));
    window_->hand().click(middle(apply));
    return {};
  }

  // A click on the slider of time, or a drag on that of the innermost loop, by turns; each goes somewhere else.
  Result<void> seek() {
    const bool is_time = seeks_.size() % 2 == 0;
    const std::string slider = is_time ? "moment" : "moment " + window_->view().instant->loops.back().name;
    TRY_ASSIGN(const Rect place, window_->mark(slider));
    const auto part = static_cast<float>((seeks_.size() * 7 + 3) % 20) / 20;
    const auto at = [&](float where) { return ImVec2{place.x + place.width * (0.05f + 0.9f * where), place.y + place.height / 2}; };
    begin();
    const auto shown = window_->view().instant;
    window_->hand().press(at(part));
    std::optional<PlayedWindow::Moment> pressed;
    TRY(frames_until("a seek has shown no moment", [&] {
      if (!pressed && ImGui::IsMouseDown(ImGuiMouseButton_Left)) pressed = window_->last_motion();
      return pressed && window_->view().instant && window_->view().instant != shown;
    }));
    seeks_.push_back({.what = slider, .with_caches = !window_->view().instant->levels.empty(), .shown_ms = milliseconds_since(*pressed)});
    if (!is_time) window_->hand().move_to(at(1 - part));
    window_->hand().release();
    TRY(frames_until("the hand does not let go", [this] { return window_->hand().is_idle(); }));
    finish(seeks_.back());
    return {};
  }

  void begin() {
    window_->forget_frames();
    slowest_work_ms_ = 0;
  }
  void finish(Timed& timed) const {
    timed.slowest_frame_ms = window_->slowest_frame_ms();
    timed.slowest_work_ms = slowest_work_ms_;
  }

  // Not with until(): it waits for the hand, which rests for a few frames after a click.
  Result<void> frames_until(const char* else_said, const std::function<bool()>& holds) {
    const auto start = std::chrono::steady_clock::now();
    do {
      const double before = processor_ms();
      window_->frame();
      slowest_work_ms_ = std::max(slowest_work_ms_, processor_ms() - before);
      if (milliseconds_since(start) > kPatienceMs) return fail(DiagnosticKind::TourStopped, fmt::format("{} after {:.0f} s", else_said, kPatienceMs / 1e3), "");
    } while (!holds());
    return {};
  }

  const std::unique_ptr<PlayedWindow> window_;
  double slowest_work_ms_ = 0;
  std::vector<Timed> edits_, seeks_;
};

nlohmann::ordered_json summary(const std::vector<Timed>& all, double Timed::* what, const std::function<bool(const Timed&)>& counts = {}) {
  std::vector<double> values;
  for (const Timed& timed : all)
    if (!counts || counts(timed)) values.push_back(timed.*what);
  return values.empty() ? nlohmann::ordered_json() : quantiles_of(std::move(values));
}

nlohmann::ordered_json each(const std::vector<Timed>& all) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Timed& timed : all)
    json.push_back({{"what", timed.what}, {"with_caches", timed.with_caches}, {"shown_ms", timed.shown_ms}, {"slowest_frame_ms", timed.slowest_frame_ms}, {"slowest_work_ms", timed.slowest_work_ms}});
  return json;
}

}  // namespace

Result<void> run_seeks(const std::filesystem::path& file, int extent, const std::string& language) {
  TRY_ASSIGN(std::unique_ptr<PlayedWindow> window, PlayedWindow::open(language, program(extent)));
  Seeks seeks(std::move(window));
  TRY(seeks.play());
  nlohmann::ordered_json json{{"extent", extent}};
  const auto tell = [&](const char* key, const char* name, nlohmann::ordered_json quantiles) {
    if (!quantiles.is_null()) print_quantiles(name, quantiles);
    json[key] = std::move(quantiles);
  };
  print_quantile_head(fmt::format("matmul of {0} x {0} x {0}, ms", extent).c_str());
  tell("edit_shown_ms", "edit to its picture (limit 50)", summary(seeks.edits(), &Timed::shown_ms));
  tell("edit_slowest_frame_ms", "slowest frame of an edit (33)", summary(seeks.edits(), &Timed::slowest_frame_ms));
  tell("edit_slowest_work_ms", "of it, this thread's processor time", summary(seeks.edits(), &Timed::slowest_work_ms));
  tell("seek_without_caches_ms", "seek, caches under way: loops, element (16)", summary(seeks.seeks(), &Timed::shown_ms, [](const Timed& t) { return !t.with_caches; }));
  tell("seek_with_caches_ms", "seek, caches: with their content (16)", summary(seeks.seeks(), &Timed::shown_ms, [](const Timed& t) { return t.with_caches; }));
  tell("seek_slowest_frame_ms", "slowest frame of a seek (33)", summary(seeks.seeks(), &Timed::slowest_frame_ms));
  tell("seek_slowest_work_ms", "of it, this thread's processor time", summary(seeks.seeks(), &Timed::slowest_work_ms));
  json["edits"] = each(seeks.edits());
  json["seeks"] = each(seeks.seeks());
  return app::write_file(file, json.dump(1) + "\n");
}

}  // namespace loopglass::ui
