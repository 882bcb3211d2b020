#include "app/ui/edits.h"

#include <fmt/format.h>
#include <imgui.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "app/model/files.h"
#include "app/ui/played_window.h"
#include "app/ui/quantiles.h"

namespace loopglass::ui {
namespace {

constexpr int kDeepest = 7;            // steps, then all are undone
constexpr int kFramesForRefusal = 30;  // in which a step that is taken shows
constexpr uint64_t kSeed = 17;

struct Edit {
  std::vector<std::string> steps;   // from the program to what the edit made of it
  double on_screen_ms = 0;       // from the beginning of the frame of the gesture to the end of the one that shows the time
  double first_time_ms = 0;      // of them, from the step to the worker's first verified time
  double slowest_frame_ms = 0;
};

class Edits {
 public:
  explicit Edits(std::unique_ptr<PlayedWindow> window) : window_(std::move(window)) {}

  Result<std::vector<Edit>> play(int count) {
    TRY(window_->until("the program is open and timed", [this] { return window_->is_timed(); }));
    seen_.insert(window_->view().version()->hash);
    window_->sleep_between_frames();
    while (static_cast<int>(edits_.size()) < count) {
      if (window_->view().history->depth() >= kDeepest) TRY(undo_all());
      else TRY(edit());
    }
    return std::move(edits_);
  }

 private:
  template <class T>
  const T& one_of(const std::vector<T>& all) { return all[std::uniform_int_distribution<size_t>(0, all.size() - 1)(random_)]; }

  std::vector<std::string> marks_with(const std::string& prefix) const {
    std::vector<std::string> names;
    for (const auto& [name, place] : window_->state().marks)
      if (name.starts_with(prefix)) names.push_back(name);
    return names;
  }

  Result<void> undo_all() {
    const int depth = window_->view().history->depth();
    for (int i = 0; i < depth; ++i) window_->hand().key(ImGuiMod_Ctrl | ImGuiKey_Z);
    return window_->until("all is undone", [this] { return window_->view().history->depth() == 0 && window_->view().access; });
  }

  Result<void> edit() {
    const std::vector<std::string> loops = marks_with("loop ");
    if (loops.empty()) return undo_all();
    TRY(window_->select(one_of(loops)));
    const int kind = std::uniform_int_distribution<int>(0, 3)(random_);
    const int before = window_->version();
    if (kind == 0) window_->hand().key(ImGuiMod_Alt | ImGuiKey_DownArrow);
    else if (kind == 1) window_->hand().key(ImGuiMod_Alt | ImGuiKey_UpArrow);
    else TRY(split());
    return watch(before, kind > 1);
  }

  // Up to the click that takes the step.
  Result<void> split() {
    window_->hand().key(ImGuiKey_S);
    TRY(window_->until("the form is open", [this] { return window_->state().form && window_->state().marks.contains("apply"); }));
    const std::vector<std::string> factors = marks_with("factor ");
    if (factors.empty()) {   // nothing divides it
      window_->hand().key(ImGuiKey_Escape);
      return window_->until("the form is closed", [this] { return !window_->state().form; });
    }
    TRY_ASSIGN(const Rect factor, window_->mark(one_of(factors)));
    window_->hand().click(middle(factor));
    TRY(window_->until("the preview has come", [this] { return window_->view().preview.has_value(); }));
    TRY_ASSIGN(const Rect apply, window_->mark("apply"));
    window_->hand().click(middle(apply));
    return {};
  }

  std::vector<std::string> steps_so_far() const {
    std::vector<std::string> steps;
    for (const app::Version* at = window_->view().version(); at->parent >= 0; at = window_->view().history->at(at->parent).get()) steps.insert(steps.begin(), at->step);
    return steps;
  }

  bool shows_time() const {
    const app::Measurement* now = window_->measured();
    return now && now->verified && now->timed && now->timed->time.samples > 0;
  }

  // From the gesture, the key going down or the button up, until a verified time has been drawn.
  Result<void> watch(int before, bool is_click) {
    window_->forget_frames();
    std::optional<PlayedWindow::Moment> gesture;
    int frames = 0;
    while (window_->version() == before && frames < kFramesForRefusal) {
      window_->frame();
      if (!gesture && (!is_click || ImGui::IsMouseReleased(ImGuiMouseButton_Left))) gesture = window_->last_motion();
      frames += window_->hand().is_idle();
    }
    if (window_->version() == before) {   // the step is refused, or there was none
      window_->hand().key(ImGuiKey_Escape);
      return window_->until("the refusal is closed", [this] { return !window_->state().form; });
    }
    const bool is_new = seen_.insert(window_->view().version()->hash).second;
    TRY(time_shown());
    if (is_new && gesture) {
      Edit edit{steps_so_far(), milliseconds_since(*gesture), window_->measured()->first_time_ms, window_->slowest_frame_ms()};
      edits_.push_back(std::move(edit));
    }
    // The next edit may come while samples are still taken, but not before the code is what will be kept.
    return window_->until("the optimised code is timed", [this] { return window_->measured() && window_->measured()->is_of_optimised_code() && window_->view().access; });
  }

  // Not with until(): it waits for the hand, which rests for a few frames after a click.
  Result<void> time_shown() {
    const auto start = std::chrono::steady_clock::now();
    while (!shows_time()) {
      window_->frame();
      if (milliseconds_since(start) > 20e3) return fail(DiagnosticKind::TourStopped, "an edit had no verified time after 20 s", "");
    }
    return {};
  }

  const std::unique_ptr<PlayedWindow> window_;
  std::mt19937_64 random_{kSeed};
  std::set<uint64_t> seen_;
  std::vector<Edit> edits_;
};

nlohmann::ordered_json summary(const std::vector<Edit>& edits, double Edit::* what) {
  std::vector<double> values;
  for (const Edit& edit : edits) values.push_back(edit.*what);
  return quantiles_of(std::move(values));
}

}  // namespace

Result<void> run_edits(const std::filesystem::path& file, int count, const std::string& language) {
  TRY_ASSIGN(std::unique_ptr<PlayedWindow> window, PlayedWindow::open(language));
  TRY_ASSIGN(const std::vector<Edit> edits, Edits(std::move(window)).play(count));
  nlohmann::ordered_json json{{"edits", edits.size()}};
  print_quantile_head(fmt::format("{} edits, ms", edits.size()).c_str());
  for (const auto& [key, name, what] : {std::tuple("on_screen_ms", "verified time on the screen", &Edit::on_screen_ms),
                                        {"first_time_ms", "of them, step to first time", &Edit::first_time_ms},
                                        {"slowest_frame_ms", "slowest frame of an edit", &Edit::slowest_frame_ms}}) {
    json[key] = summary(edits, what);
    print_quantiles(name, json[key]);
  }
  for (const Edit& edit : edits)
    json["each"].push_back({{"steps", edit.steps}, {"on_screen_ms", edit.on_screen_ms}, {"first_time_ms", edit.first_time_ms}, {"slowest_frame_ms", edit.slowest_frame_ms}});
  return app::write_file(file, json.dump(1) + "\n");
}

}  // namespace loopglass::ui
