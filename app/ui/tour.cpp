#include "app/ui/tour.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "app/gl/png_file.h"
#include "app/model/places.h"
#include "app/model/session.h"
#include "app/model/settings.h"
#include "app/ui/hand.h"
#include "app/ui/quantities.h"
#include "app/ui/shell.h"
#include "app/ui/window.h"

namespace loopglass::ui {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(20);   // for one step

double milliseconds_since(steady_clock::time_point start) { return std::chrono::duration<double, std::milli>(steady_clock::now() - start).count(); }

// The window, its session and the hand, driven frame by frame.
class Tour {
 public:
  Tour(fs::path directory, std::unique_ptr<Window> window, std::unique_ptr<Shell> shell)
      : directory_(std::move(directory)), window_(std::move(window)), shell_(std::move(shell)),
        session_({.worker = app::worker_program(), .state_directory = app::state_directory(), .kernel_directory = app::kernel_directory()}, Window::wake) {
    window_->ignore_devices();
  }

  Result<void> play() {
    fmt::print("{:<28} {:>16} {:>22} {:>14}\n", "step", "time", "gesture to first time", "slowest frame");
    session_.send(app::Start{{}, app::assets_directory() / "programs/mm_relu.py"});
    TRY(until("the program is open and timed", [this] { return is_timed(); }));
    TRY(picture("00_start"));
    TRY(select("loop j"));
    TRY(picture("01_select_j"));
    TRY(split());
    TRY(reorder());
    TRY(place());
    TRY(decompose());
    TRY(undo_and_redo());
    return export_python();
  }

 private:
  const app::View& view() const { return session_.view(); }
  int version() const { return view().version() ? view().version()->id : -1; }

  void frame(gl::Image* picture = nullptr) {
    const auto start = steady_clock::now();
    session_.update();
    window_->wait(0);
    window_->frame([this] { shell_->draw(view(), [this](app::Command command) { session_.send(std::move(command)); }); }, picture, [this] { hand_.next(); });
    slowest_frame_ms_ = std::max(slowest_frame_ms_, milliseconds_since(start));
  }

  // Draws frames until the hand has done all and the condition holds.
  template <class Condition>
  Result<void> until(const char* what, const Condition& holds) {
    const auto start = steady_clock::now();
    while (true) {
      frame();
      if (hand_.is_idle() && holds()) return settle();
      if (steady_clock::now() - start > kPatience)
        return fail(DiagnosticKind::TourStopped, fmt::format("the tour stopped: waited {} s until {}", kPatience.count(), what), "look at the last picture in the tour's folder");
    }
  }

  // A few frames more, so that hover, layout and pictures are those of the new state.
  Result<void> settle() {
    for (int i = 0; i < 4; ++i) frame();
    return {};
  }

  bool is_timed() const {
    const app::Version* now = view().version();
    const app::Measurement* measured = now ? view().measurement(*now) : nullptr;
    return measured && measured->timed && measured->verified && view().access && measured->state == app::Measurement::State::Done;
  }

  Result<Rect> mark(const std::string& name) {
    const auto& marks = shell_->state().marks;
    if (const auto it = marks.find(name); it != marks.end()) return it->second;
    return fail(DiagnosticKind::TourStopped, fmt::format("the tour stopped: there is no {} on the screen", name), "look at the last picture in the tour's folder");
  }

  Result<void> select(const std::string& name) {
    TRY_ASSIGN(const Rect card, mark(name));
    hand_.click({card.x + card.width * 0.6f, card.y + card.height * 0.3f});
    return until("the selection has come", [this] { return shell_->state().selection && view().moves_of == shell_->state().selection; });
  }

  Result<void> split() {
    hand_.key(ImGuiKey_S);
    TRY(until("the form is open", [this] { return shell_->state().form && shell_->state().marks.contains("factor 4"); }));
    TRY_ASSIGN(const Rect four, mark("factor 4"));
    hand_.click(middle(four));
    TRY(until("the preview has come", [this] { return view().preview && view().preview->texts; }));
    TRY(picture("02_split_form"));
    TRY_ASSIGN(const Rect apply, mark("apply"));
    const int before = version();
    hand_.click(middle(apply));
    TRY(until("j is split and timed", [&] { return version() != before && is_timed(); }));
    return picture("03_split");
  }

  // Drags one card onto the upper part of another; a picture while it hovers and one after the drop.
  Result<void> drag(const std::string& from, const std::string& to, const char* hovering, const char* dropped) {
    TRY_ASSIGN(const Rect source, mark(from));
    TRY_ASSIGN(const Rect target, mark(to));
    const int before = version();
    hand_.press({source.x + source.width * 0.4f, source.y + source.height * 0.5f});
    hand_.move_to({target.x + target.width * 0.4f, target.y + target.height * 0.3f});
    hand_.rest(2);
    TRY(until("the preview has come", [this] { return view().preview.has_value(); }));
    TRY(picture(hovering));
    hand_.release();
    TRY(until("the step is taken and timed", [&] { return version() != before && is_timed(); }));
    return picture(dropped);
  }

  Result<void> reorder() { return drag("loop k", "loop j_1", "04_reorder_hover", "05_reorder"); }
  Result<void> place() { return drag("block C", "loop j_0", "06_reverse_compute_at_hover", "07_reverse_compute_at"); }

  Result<void> decompose() {
    TRY(select("loop k"));
    const int before = version();
    hand_.key(ImGuiKey_D);
    TRY(until("the reduction is decomposed and timed", [&] { return version() != before && is_timed(); }));
    return picture("08_decompose_reduction");
  }

  Result<void> undo_and_redo() {
    const int last = version();
    for (int i = 0; i < 4; ++i) hand_.key(ImGuiMod_Ctrl | ImGuiKey_Z);
    TRY(until("four steps are undone", [this] { return view().version()->parent < 0; }));
    TRY(picture("09_undo"));
    for (int i = 0; i < 4; ++i) hand_.key(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Z);
    TRY(until("four steps are redone", [&] { return version() == last && view().access; }));
    return picture("10_redo");
  }

  Result<void> export_python() {
    for (const char* item : {"menu.file", "menu.export"}) {
      TRY_ASSIGN(const Rect place, mark(item));
      hand_.click(middle(place));
      TRY(until("the menu is open", [] { return true; }));
    }
    TRY(picture("11_export_menu"));
    TRY_ASSIGN(const Rect item, mark(shell_->words()("export.python")));
    hand_.click(middle(item));
    TRY(until("the dialog is open", [this] { return shell_->state().marks.contains("accept file"); }));
    hand_.key(ImGuiMod_Ctrl | ImGuiKey_A);
    hand_.type((directory_ / "mm_relu_tvm.py").string());
    TRY(until("the name is typed", [] { return true; }));
    TRY_ASSIGN(const Rect accept, mark("accept file"));
    hand_.click(middle(accept));
    TRY(until("the export is read back and replayed", [this] { return view().notice && view().notice->key == "notice.exported.python"; }));
    return picture("12_exported");
  }

  Result<void> picture(const std::string& name) {
    gl::Image image;
    const double slowest = slowest_frame_ms_;   // reading the picture back is not the window's work
    frame(&image);
    slowest_frame_ms_ = slowest;
    TRY(gl::write_png(image, directory_ / (name + ".png")));
    const app::Version* now = view().version();
    const app::Measurement* measured = now ? view().measurement(*now) : nullptr;
    const bool timed = measured && measured->timed;
    fmt::print("{:<28} {:>16} {:>22} {:>14}\n", name, timed ? format_time(measured->timed->time.median) : "",
               timed ? fmt::format("{:.1f} ms", measured->first_time_ms) : "", fmt::format("{:.1f} ms", slowest_frame_ms_));
    slowest_frame_ms_ = 0;
    return {};
  }

  const fs::path directory_;
  const std::unique_ptr<Window> window_;
  const std::unique_ptr<Shell> shell_;
  app::Session session_;
  Hand hand_;
  double slowest_frame_ms_ = 0;
};

// Settings, journal and caches of this tour's own, so that it neither finds nor leaves anything.
class FreshHome {
 public:
  FreshHome() : path_(fs::temp_directory_path() / fmt::format("loopglass-tour-{}", steady_clock::now().time_since_epoch().count())) {
    fs::create_directories(path_);
    setenv("LOOPGLASS_HOME", path_.c_str(), 1);
  }
  ~FreshHome() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

 private:
  const fs::path path_;
};

}  // namespace

Result<void> run_tour(const fs::path& directory, const std::string& language) {
  std::error_code error;
  const fs::path folder = fs::absolute(directory);
  fs::create_directories(folder, error);
  if (error) return fail(DiagnosticKind::FileError, fmt::format("{} cannot be made: {}", folder.string(), error.message()), "choose another folder");
  const FreshHome home;
  app::Settings settings;
  settings.language = language.empty() ? app::language_of_environment() : language;
  TRY_ASSIGN(std::unique_ptr<Window> window, Window::open({}));
  TRY_ASSIGN(std::unique_ptr<Shell> shell, Shell::create(app::assets_directory(), app::shaders_directory(), settings, window->display_scale()));
  return Tour(folder, std::move(window), std::move(shell)).play();
}

}  // namespace loopglass::ui
