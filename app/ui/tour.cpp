#include "app/ui/tour.h"

#include <fmt/format.h>

#include <functional>

#include "app/image/png.h"
#include "app/ui/played_window.h"
#include "app/ui/quantities.h"

namespace loopglass::ui {
namespace {

namespace fs = std::filesystem;

class Tour {
 public:
  Tour(fs::path directory, std::unique_ptr<PlayedWindow> window) : directory_(std::move(directory)), window_(std::move(window)), hand_(window_->hand()) {}

  Result<void> play() {
    fmt::print("{:<28} {:>16} {:>22} {:>14}\n", "step", "time", "gesture to first time", "slowest frame");
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
  const app::View& view() const { return window_->view(); }
  int version() const { return window_->version(); }
  bool is_timed() const { return window_->is_timed(); }
  Result<Rect> mark(const std::string& name) { return window_->mark(name); }

  Result<void> until(const char* what, const std::function<bool()>& holds) {
    TRY(window_->until(what, holds));
    return settle();
  }

  // A few frames more, so that hover, layout and pictures are those of the new state.
  Result<void> settle() {
    for (int i = 0; i < 4; ++i) window_->frame();
    return {};
  }

  Result<void> select(const std::string& name) {
    TRY(window_->select(name));
    return settle();
  }

  Result<void> split() {
    hand_.key(ImGuiKey_S);
    TRY(until("the form is open", [this] { return window_->state().form && window_->state().marks.contains("factor 4"); }));
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
    TRY_ASSIGN(const Rect item, mark(window_->words()("export.python")));
    hand_.click(middle(item));
    TRY(until("the dialog is open", [this] { return window_->state().marks.contains("accept file"); }));
    hand_.key(ImGuiMod_Ctrl | ImGuiKey_A);
    hand_.type((directory_ / "mm_relu_tvm.py").string());
    TRY(until("the name is typed", [] { return true; }));
    TRY_ASSIGN(const Rect accept, mark("accept file"));
    hand_.click(middle(accept));
    TRY(until("the export is read back and replayed", [this] { return view().notice && view().notice->key == "notice.exported.python"; }));
    return picture("12_exported");
  }

  Result<void> picture(const std::string& name) {
    image::Image image;
    const double slowest = window_->slowest_frame_ms();   // reading the picture back is not the window's work
    window_->frame(&image);
    window_->forget_frames(slowest);
    TRY(image::write_png(image, directory_ / (name + ".png")));
    const app::Measurement* measured = window_->measured();
    const bool timed = measured && measured->timed;
    fmt::print("{:<28} {:>16} {:>22} {:>14}\n", name, timed ? format_time(measured->timed->time.median) : "",
               timed ? fmt::format("{:.1f} ms", measured->first_time_ms) : "", fmt::format("{:.1f} ms", slowest));
    window_->forget_frames();
    return {};
  }

  const fs::path directory_;
  const std::unique_ptr<PlayedWindow> window_;
  Hand& hand_;
};

}  // namespace

Result<void> run_tour(const fs::path& directory, const std::string& language) {
  std::error_code error;
  const fs::path folder = fs::absolute(directory);
  fs::create_directories(folder, error);
  if (error) return fail(DiagnosticKind::FileError, fmt::format("{} cannot be made: {}", folder.string(), error.message()), "choose another folder");
  TRY_ASSIGN(std::unique_ptr<PlayedWindow> window, PlayedWindow::open(language));
  return Tour(folder, std::move(window)).play();
}

}  // namespace loopglass::ui
