#include "app/ui/actions.h"

#include <fmt/format.h>

#include <array>

#include "app/model/export.h"
#include "app/model/places.h"
#include "app/ui/loop_tree_panel.h"
#include "app/ui/memory_layout.h"
#include "app/ui/memory_modes.h"
#include "app/ui/text_panel.h"

namespace loopglass::ui {
namespace {

namespace fs = std::filesystem;

// The folder that was used last, else that of the file that is open; the program's own are no place for a person's files.
fs::path folder_of(const app::Version* version, const app::Settings& settings) {
  std::error_code error;
  if (fs::is_directory(settings.last_folder, error)) return settings.last_folder;
  if (!version || !version->source || version->source->path.empty()) return app::home_directory();
  const fs::path folder = fs::absolute(version->source->path, error).parent_path();
  const bool own = folder.lexically_normal().string().starts_with(fs::absolute(app::assets_directory(), error).lexically_normal().string());
  return own ? app::home_directory() : folder;
}

// The schedules of assets/shelf, from the course's program to what stands further from it.
constexpr std::array kShelf{"mm_relu_128", "matmul_1024_tiled", "matmul_1024_packed", "matmul_1024_parallel", "matmul_int8", "conv2d_3x3", "depthwise_3x3",
                            "batch_matmul", "softmax", "layernorm", "gelu_chain", "sum_rfactor", "stencil_2d", "transpose_2048"};

std::string stem_of(const PanelContext& context) {
  const app::Version* version = context.view.version();
  if (!version || !version->source) return "program";
  const std::string stem = fs::path(version->source->path).stem().string();
  return stem.empty() ? version->source->function : stem;
}

// What the memory panel shows, as `export --mode` names it; nothing where it shows no pictures of that kind.
std::optional<std::string> mode_on_screen(const PanelContext& context) {
  if (const int level = level_of(context.state.heat_mode); level >= 0) {
    const std::vector<std::string> levels = simulated_levels(context.caches);
    return level < static_cast<int>(levels.size()) ? std::optional(levels[static_cast<size_t>(level)]) : std::nullopt;
  }
  if (const auto computed = element_quantity(context.state.heat_mode)) return app::to_string(*computed);
  switch (context.state.heat_mode) {
    case HeatMode::Accesses: return "accesses";
    case HeatMode::Reads: return "reads";
    case HeatMode::Writes: return "writes";
    case HeatMode::FirstTouch: return "first";
    case HeatMode::LastTouch: return "last";
    default: return std::nullopt;
  }
}

bool shows_moment(const PanelContext& context) {
  return context.state.heat_mode == HeatMode::Now && context.view.instant && !context.view.instant->levels.empty();
}

bool shows_differences(const PanelContext& context) {
  const app::View& view = context.view;
  return view.compared && view.access && view.compared != view.access && is_comparable(context.state.heat_mode) && has_values(*view.compared, context.state.heat_mode);
}

app::PictureChoice pictures_on_screen(const PanelContext& context) {
  const std::string mode = mode_on_screen(context).value_or(app::PictureChoice().mode);
  return {mode, shows_moment(context), shows_differences(context), context.state.logarithmic, context.state.planes, to_string(context.words.language())};
}

// Asks for a file, and sends the command that `command` makes of it.
template <class Make>
void choose(const PanelContext& context, Desk* desk, FileChooser::Purpose purpose, const char* title, const std::string& name, Make command) {
  desk->chooser.open(purpose, title, folder_of(context.view.version(), desk->settings), name, [desk, send = context.send, command](const fs::path& path) {
    desk->settings.last_folder = path.parent_path().string();
    send(command(path));
  });
}

class Builder {
 public:
  Builder(const PanelContext& context, Desk& desk) : context_(context), desk_(desk), words_(context.words) {}

  std::vector<Action> build() {
    file();
    edit();
    schedule();
    view();
    help();
    for (auto& action : actions_) action.where = way_to(action.menu);
    return std::move(actions_);
  }

 private:
  Action& add(Menu menu, const char* key, ImGuiKeyChord chord, const char* shortcut, std::function<void()> run) {
    actions_.push_back({menu, words_(key), {}, chord, shortcut, {}, {}, false, std::move(run)});
    return actions_.back();
  }
  std::string way_to(Menu menu) const {
    switch (menu) {
      case Menu::File: return words_("menu.file");
      case Menu::Recent: return fmt::format("{} > {}", words_("menu.file"), words_("menu.recent"));
      case Menu::Shelf: return fmt::format("{} > {}", words_("menu.file"), words_("menu.shelf"));
      case Menu::Export: return fmt::format("{} > {}", words_("menu.file"), words_("menu.export"));
      case Menu::Edit: return words_("menu.edit");
      case Menu::Schedule: return words_("menu.schedule");
      case Menu::View: return words_("menu.view");
      case Menu::Theme: return fmt::format("{} > {}", words_("menu.view"), words_("menu.theme"));
      case Menu::Scale: return fmt::format("{} > {}", words_("menu.view"), words_("menu.scale"));
      case Menu::LanguageMenu: return fmt::format("{} > {}", words_("menu.view"), words_("menu.language"));
      case Menu::Help: return words_("menu.help");
    }
    return {};
  }
  void needs_program(Action& action) const {
    if (!context_.view.version()) action.why_not = words_("action.needs_program");
  }

  void file() {
    const PanelContext* context = &context_;
    Desk* desk = &desk_;
    add(Menu::File, "action.open", ImGuiMod_Ctrl | ImGuiKey_O, "Ctrl+O",
        [=] { choose(*context, desk, FileChooser::Purpose::Open, "chooser.open_title", "", [](const fs::path& path) { return app::OpenFile{path}; }); });
    for (const auto& recent : desk_.settings.recent_files)
      actions_.push_back({Menu::Recent, recent, {}, 0, "", {}, {}, false, [context, recent] { context->send(app::OpenFile{recent}); }});
    for (const char* name : kShelf)
      add(Menu::Shelf, fmt::format("shelf.{}", name).c_str(), 0, "", [context, name] { context->send(app::OpenFile{app::assets_directory() / "shelf" / fmt::format("{}.py", name)}); });
    needs_program(add(Menu::File, "action.save", ImGuiMod_Ctrl | ImGuiKey_S, "Ctrl+S", [=] {
      choose(*context, desk, FileChooser::Purpose::Save, "chooser.save_title", stem_of(*context) + ".loopglass",
             [](const fs::path& path) { return app::SaveProject{path}; });
    }));
    const bool has_pictures = mode_on_screen(context_).has_value() || shows_moment(context_);
    for (const auto& format : app::export_formats()) {
      if (std::string_view(format.name) == "project") continue;  // Save
      Action action{Menu::Export, words_(fmt::format("export.{}", format.name)), {}, 0, "", {}, {}, false, {}};
      action.run = [=, &format] {
        choose(*context, desk, FileChooser::Purpose::Save, "chooser.export_title", stem_of(*context) + "_scheduled" + format.extension,
               [&format, pictures = pictures_on_screen(*context)](const fs::path& path) { return app::ExportAs{format.name, path, pictures}; });
      };
      needs_program(action);
      if (action.why_not.empty() && format.is_drawn && std::string_view(format.name) != "html" && !has_pictures) action.why_not = words_("action.no_pictures");
      actions_.push_back(std::move(action));
    }
    add(Menu::File, "action.quit", ImGuiMod_Ctrl | ImGuiKey_Q, "Ctrl+Q", [desk] { desk->quit = true; });
  }

  void edit() {
    const PanelContext* context = &context_;
    const app::History* history = context_.view.history.get();
    ViewState* state = &context_.state;
    Action& undo = add(Menu::Edit, "action.undo", ImGuiMod_Ctrl | ImGuiKey_Z, "Ctrl+Z", [context] { context->send(app::Undo{}); });
    if (!history || !history->can_undo()) undo.why_not = words_("action.no_undo");
    Action& redo = add(Menu::Edit, "action.redo", ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Z, "Ctrl+Shift+Z", [context] { context->send(app::Redo{}); });
    if (!history || !history->can_redo()) redo.why_not = words_("action.no_redo");
    Action& text = add(Menu::Edit, "action.edit_text", ImGuiMod_Ctrl | ImGuiKey_E, "Ctrl+E", [state, view = &context_.view] { toggle_editing(*state, *view); });
    text.checked = state->editing;
    needs_program(text);
    Action& tidy = add(Menu::Edit, "action.remove_dead_steps", 0, "", [context] { context->send(app::RemoveDeadSteps{}); });
    tidy.help = words_("action.remove_dead_steps_help");
    if (!history || history->empty() || history->depth() == 0) tidy.why_not = words_("action.no_steps");
    needs_program(add(Menu::Edit, "action.measure", ImGuiMod_Ctrl | ImGuiKey_M, "Ctrl+M", [context] { context->send(app::MeasureAgain{}); }));
    Action& cold = add(Menu::Edit, "action.cold", 0, "", [context, desk = &desk_] { context->send(app::MeasureCold{desk->settings.cold = !desk->settings.cold}); });
    cold.checked = desk_.settings.cold;
    cold.help = words_("action.cold_help");
  }

  void schedule() {
    for (const auto* primitive : schedule::primitives()) {
      if (primitive->is_query) continue;
      Action action{Menu::Schedule, primitive->name, {}, 0, key_of(*primitive), words_(fmt::format("primitive.{}.summary", primitive->name)), {}, false, {}};
      action.why_not = why_not(context_, *primitive);
      action.run = [primitive, context = &context_] { start_primitive(*context, *primitive); };
      actions_.push_back(std::move(action));
    }
  }

  void view() {
    Desk* desk = &desk_;
    ViewState* state = &context_.state;
    for (const char* name : {"dark", "light", "projector"}) {
      Action& theme = add(Menu::Theme, "", 0, "", [desk, name] { desk->settings.theme = name; });
      theme.label = words_(fmt::format("theme.{}", name));
      theme.checked = desk_.settings.theme == name;
    }
    for (const int percent : {75, 100, 125, 150, 200}) {
      Action& scale = add(Menu::Scale, "", 0, "", [desk, percent] { desk->settings.scale = percent / 100.0; });
      scale.label = fmt::format("{} %", percent);
      scale.checked = static_cast<int>(desk_.settings.scale * 100 + 0.5) == percent;
    }
    for (const char* name : {"en", "zh"}) {
      Action& language = add(Menu::LanguageMenu, "", 0, "", [desk, name] { desk->settings.language = name; });
      language.label = words_(fmt::format("language.{}", name));
      language.checked = std::string_view(to_string(words_.language())) == name;
    }
    add(Menu::View, "action.show_diff", ImGuiMod_Ctrl | ImGuiKey_D, "Ctrl+D", [state] { state->show_diff = !state->show_diff; }).checked = state->show_diff;
    add(Menu::View, "action.logarithmic", ImGuiMod_Ctrl | ImGuiKey_L, "Ctrl+L", [state] { state->logarithmic = !state->logarithmic; }).checked =
        state->logarithmic;
    add(Menu::View, "action.story", 0, "", [desk, state] {
      desk->settings.show_story = !desk->settings.show_story;
      state->exported = false;   // it can be played again
    }).checked = desk_.settings.show_story;
    add(Menu::View, "action.focus_tree", ImGuiMod_Ctrl | ImGuiKey_T, "Ctrl+T", [state] { state->focus_tree = true; });
    add(Menu::View, "action.reset_layout", 0, "", [desk] { desk->reset_layout = true; });
  }

  void help() {
    Desk* desk = &desk_;
    ViewState* state = &context_.state;
    add(Menu::Help, "action.palette", ImGuiMod_Ctrl | ImGuiKey_P, "Ctrl+P", [state] { state->palette_open = true; });
    add(Menu::Help, "action.keys", ImGuiKey_F1, "F1", [desk] { desk->show_keys = true; });
  }

  const PanelContext& context_;
  Desk& desk_;
  const Locale& words_;
  std::vector<Action> actions_;
};

}  // namespace

std::vector<Action> actions_of(const PanelContext& context, Desk& desk) { return Builder(context, desk).build(); }

}  // namespace loopglass::ui
