#include "app/ui/shell.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>

#include "app/model/known_peaks.h"
#include "app/ui/gestures.h"
#include "app/ui/step_form.h"
#include "app/ui/story.h"
#include "app/ui/time_panel.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kFootHeight = 34;

Language language_of(const app::Settings& settings) {
  if (settings.language == "zh") return Language::Chinese;
  return settings.language == "en" ? Language::English : language_of_environment();
}

// What was done before came back: a person may want the file as it is.
bool offers_start_anew(const app::Notice& notice) {
  return !notice.error && (notice.key == "notice.resumed" || notice.key == "notice.recovered" || notice.key == "notice.file_changed");
}

}  // namespace

Result<std::unique_ptr<Shell>> Shell::create(const std::filesystem::path& assets, const std::filesystem::path& shaders, app::Settings settings,
                                             float display_scale) {
  TRY_ASSIGN(Locale words, Locale::load(assets / "locale"));
  TRY_ASSIGN(gl::HeatmapRenderer heatmaps, gl::HeatmapRenderer::load(shaders));
  return std::unique_ptr<Shell>(new Shell(std::move(words), std::move(heatmaps), std::move(settings), display_scale));
}

Shell::Shell(Locale words, gl::HeatmapRenderer heatmaps, app::Settings settings, float display_scale)
    : words_(std::move(words)), heatmaps_(std::move(heatmaps)), fonts_(load_fonts()), machine_(measure::read_machine()), display_scale_(display_scale) {
  desk_.settings = std::move(settings);
  apply_settings();
}

void Shell::apply_settings() {
  words_.set_language(language_of(desk_.settings));
  const Theme theme = make_theme(parse_theme_name(desk_.settings.theme).value_or(ThemeName::Dark), display_scale_ * static_cast<float>(desk_.settings.scale));
  if (is_themed_ && theme.name == theme_.name && theme.scale == theme_.scale) return;
  is_themed_ = true;
  theme_ = theme;
  apply(theme_);
}

// The selection goes along with the step: to the same loop or block in the new version.
void Shell::follow(const app::View& view, const std::function<void(app::Command)>& send) {
  const app::VersionPtr now = view.version() ? view.history->current() : nullptr;
  if (now != shown_ && now) {
    if (toast_ && offers_start_anew(*toast_)) toast_.reset();   // taken up: work goes on
    if (state_.selection && shown_ && shown_->source == now->source) {
      const schedule::Forwarding& forwarding = now->parent == shown_->id ? now->forwarding : shown_->forwarding;
      state_.selection = carry_node(shown_->schedule.module(), now->schedule.module(), forwarding, *state_.selection);
    } else if (state_.selection && !ir::node_at(now->schedule.module(), *state_.selection)) {
      state_.selection.reset();
    }
    if (shown_ && shown_->source != now->source) state_.folded.clear();
    if (shown_ && shown_->source->path != now->source->path) state_.editing = state_.edit_ends = false;
    if (!now->source->path.empty() && (!shown_ || shown_->source->path != now->source->path))
      app::remember_file(desk_.settings, std::filesystem::absolute(now->source->path).string());
    state_.form.reset();
    state_.placing_block = false;
    state_.tree_note.clear();
    if (state_.selection) send(app::SelectNode{state_.selection});
  }
  shown_ = now;
  if (view.notice && view.notice->serial != state_.notice_seen) {
    state_.notice_seen = view.notice->serial;
    toast_ = view.notice;
    toast_frames_ = toast_->error ? 0 : 1;
    if (!view.notice->error && view.notice->key.starts_with("notice.exported.")) state_.exported = true;
    if (view.notice->key == "notice.saved") app::remember_file(desk_.settings, std::filesystem::absolute(view.notice->values.at(0).second).string());
  }
}

// The machine's peaks, once there is a kernel to hold against them: measured beside it where they are not kept from an earlier run.
void Shell::look_for_peaks(const app::View& view) {
  if (peaks_) return;
  const bool is_due = std::ranges::any_of(view.measurements, [](const auto& entry) { return entry.second->timed.has_value(); });
  if (is_due && !peaks_to_come_.valid()) peaks_to_come_ = std::async(std::launch::async, app::known_peaks, machine_);
  if (peaks_to_come_.valid() && peaks_to_come_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) peaks_ = peaks_to_come_.get();
}

void Shell::draw(const app::View& view, const std::function<void(app::Command)>& send) {
  apply_settings();
  const std::function<void(app::Command)> counting = [this, send](app::Command command) {
    if (std::holds_alternative<app::ApplyStep>(command)) state_.undone = state_.redone = 0;
    if (std::holds_alternative<app::Undo>(command)) ++state_.undone;
    if (std::holds_alternative<app::Redo>(command)) ++state_.redone;
    send(std::move(command));
  };
  follow(view, counting);
  look_for_peaks(view);
  const PanelContext context{view, theme_, fonts_, words_, machine_.caches, peaks_ ? &*peaks_ : nullptr, desk_.settings.threads, heatmaps_, state_, counting};
  const std::vector<Action> actions = actions_of(context, desk_);
  const bool modal = desk_.chooser.is_open();
  for (const auto& action : actions)
    if (action.chord && action.why_not.empty() && !modal && ImGui::Shortcut(action.chord, ImGuiInputFlags_RouteGlobal)) action.run();
  if (!modal && view.history && view.history->can_redo() && ImGui::Shortcut(ImGuiMod_Ctrl | ImGuiKey_Y, ImGuiInputFlags_RouteGlobal)) counting(app::Redo{});

  state_.marks.clear();
  draw_title_strip(context, actions);
  draw_foot(context);
  const bool reset = desk_.reset_layout;
  desk_.reset_layout = false;
  draw_dock_space(context, reset);
  text_.draw(context);
  memory_.draw(context);
  draw_time_panel(context);
  history_.draw(context);
  tree_.draw(context);
  if (ImGui::IsKeyPressed(ImGuiKey_Escape, false) && !has_dialog()) escape();
  const bool settled = first_frames_ > 0 && --first_frames_ == 0;   // the dock
  if (settled || (state_.focus_tree && !has_dialog())) {
    if (!state_.editing) ImGui::SetWindowFocus((std::string(words_("panel.tree")) + "###tree").c_str());
    state_.focus_tree = false;
  }
  draw_form(context);
  palette_.draw(context, actions);
  desk_.chooser.draw(context);
  draw_keys(context, actions);
  draw_toast(context);
}

// The innermost menu closes; where none is open the keyboard goes back to the tree.
void Shell::escape() {
  const int open = ImGui::GetCurrentContext()->OpenPopupStack.Size;
  if (open > 0) ImGui::ClosePopupToLevel(open - 1, true);
  else if (!ImGui::GetIO().WantTextInput) state_.focus_tree = true;
}

bool Shell::has_dialog() const { return state_.form || state_.palette_open || desk_.chooser.is_open() || desk_.show_keys; }

void Shell::draw_dock_space(const PanelContext& context, bool reset) {
  const ImGuiViewport& viewport = *ImGui::GetMainViewport();
  const float edge = context.px(8);
  const ImVec2 from{viewport.WorkPos.x + edge, viewport.WorkPos.y}, size{viewport.WorkSize.x - 2 * edge, viewport.WorkSize.y - edge};
  ImGui::SetNextWindowPos(from);
  ImGui::SetNextWindowSize(size);
  ImGui::SetNextWindowViewport(viewport.ID);
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoDocking | ImGuiWindowFlags_NoBackground |
                                      ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNavFocus | ImGuiWindowFlags_NoSavedSettings;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::Begin("###desk", nullptr, kFlags);
  ImGui::PopStyleVar();
  const ImGuiID dock = ImGui::GetID("panels");
  constexpr ImGuiDockNodeFlags kDockFlags = ImGuiDockNodeFlags_AutoHideTabBar;
  if (reset) {
    ImGui::DockBuilderRemoveNode(dock);
    ImGui::DockBuilderAddNode(dock, kDockFlags | static_cast<ImGuiDockNodeFlags>(ImGuiDockNodeFlags_DockSpace));
    ImGui::DockBuilderSetNodeSize(dock, size);
    ImGuiID upper = 0, lower = 0, text = 0, middle = 0, tree = 0, memory = 0, time = 0, history = 0;
    ImGui::DockBuilderSplitNode(dock, ImGuiDir_Down, 0.315f, &lower, &upper);
    ImGui::DockBuilderSplitNode(upper, ImGuiDir_Left, 0.372f, &text, &middle);
    ImGui::DockBuilderSplitNode(middle, ImGuiDir_Left, 0.44f, &tree, &memory);
    ImGui::DockBuilderSplitNode(lower, ImGuiDir_Left, 0.45f, &time, &history);
    for (const auto& [id, node] : {std::pair("###text", text), {"###tree", tree}, {"###memory", memory}, {"###time", time}, {"###history", history}})
      ImGui::DockBuilderDockWindow(id, node);
    for (const ImGuiID node : {text, tree, memory, time, history})
      ImGui::DockBuilderGetNode(node)->SetLocalFlags(static_cast<ImGuiDockNodeFlags>(ImGuiDockNodeFlags_HiddenTabBar));
    ImGui::DockBuilderFinish(dock);
  }
  ImGui::PushStyleColor(ImGuiCol_Border, context.colour().ground);   // the gaps between panels
  ImGui::DockSpace(dock, {0, 0}, kDockFlags);
  ImGui::PopStyleColor();
  ImGui::End();
}

void Shell::draw_foot(const PanelContext& context) {
  const StoryStep step = story_step(context.view, state_);
  if (step == StoryStep::Done && context.view.version()) desk_.settings.show_story = false;   // played to its end
  const std::string text = desk_.settings.show_story && !state_.story_dismissed ? story_text(context.view, step, words_) : std::string();
  const std::string missing = fonts_.has_cjk || words_.language() == Language::English ? std::string() : "Install fonts-noto-cjk to see Chinese letters.";
  if (text.empty() && missing.empty()) return;
  const Palette& c = context.colour();
  ImGui::PushStyleColor(ImGuiCol_WindowBg, c.ground);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  if (ImGui::BeginViewportSideBar("###foot", ImGui::GetMainViewport(), ImGuiDir_Down, context.px(kFootHeight), ImGuiWindowFlags_NoDecoration)) {
    const ImVec2 origin = ImGui::GetWindowPos();
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const TextStyle style = ui_text(context, c.text);
    const float y = origin.y + (context.px(kFootHeight - 4) - style.size) / 2;
    float x = origin.x + context.px(22);
    if (!missing.empty()) x += put_text(draw, {style.font, style.size, c.warn}, {x, y}, missing) + context.px(20);
    if (!text.empty()) {
      const std::string count = words_.format("story.count", {{"step", std::to_string(static_cast<int>(step) + 1)}, {"of", "7"}});
      x += put_text(draw, {style.font, style.size, c.accent}, {x, y}, count) + context.px(12);
      x += put_text(draw, style, {x, y}, text) + context.px(20);
      const char* dismiss = words_("story.dismiss");
      ImGui::SetCursorScreenPos({origin.x + ImGui::GetWindowWidth() - text_width(style, dismiss) - context.px(22), y - context.px(2)});
      if (link(context, dismiss)) desk_.settings.show_story = false;
    }
  }
  ImGui::End();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

void Shell::draw_keys(const PanelContext& context, const std::vector<Action>& actions) {
  if (!desk_.show_keys) return;
  const std::string title = std::string(words_("action.keys")) + "###keys";
  ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Appearing, {0.5f, 0.5f});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(16), context.px(12)});
  if (ImGui::Begin(title.c_str(), &desk_.show_keys, ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoDocking | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoCollapse)) {
    auto row = [&](std::string_view key, std::string_view what) {
      ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(context.colour().accent), "%.*s", static_cast<int>(key.size()), key.data());
      ImGui::SameLine(context.px(140));
      ImGui::TextUnformatted(what.data(), what.data() + what.size());
    };
    for (const auto& action : actions)
      if (!action.shortcut.empty() && action.menu != Menu::Schedule) row(action.shortcut, action.label);
    ImGui::Separator();
    row("↑ ↓", words_("keys.select"));
    row("Alt+↑ Alt+↓", words_("keys.move"));
    row("m", words_("keys.place"));
    for (const auto& action : actions)
      if (action.menu == Menu::Schedule && action.shortcut.size() == 1 && action.shortcut != "m") row(action.shortcut, action.label);
    row("Esc, Ctrl+T", words_("keys.tree"));
    ImGui::TextDisabled("%s", words_("keys.focus"));
    if (ImGui::IsKeyPressed(ImGuiKey_Escape, false)) desk_.show_keys = false;
  }
  ImGui::End();
  if (!desk_.show_keys) state_.focus_tree = true;
  ImGui::PopStyleVar();
}

// What an export, a save or an import came to: below on the right, until it is closed or a while has passed.
void Shell::draw_toast(const PanelContext& context) {
  if (!toast_) return;
  const Palette& c = context.colour();
  const ImGuiViewport& viewport = *ImGui::GetMainViewport();
  const std::vector<std::pair<std::string_view, std::string_view>> values(toast_->values.begin(), toast_->values.end());
  const std::string text = substitute(words_(toast_->key), values);
  const auto line = std::ranges::find(values, "line", [](const auto& value) { return value.first; });
  ImGui::SetNextWindowPos({viewport.WorkPos.x + viewport.WorkSize.x - context.px(20), viewport.WorkPos.y + viewport.WorkSize.y - context.px(20)}, ImGuiCond_Always, {1, 1});
  ImGui::SetNextWindowSize({context.px(380), 0});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, toast_->error ? c.bad_fill : c.card);
  ImGui::PushStyleColor(ImGuiCol_Border, toast_->error ? c.bad_line : c.line_strong);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(14), context.px(10)});
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoDocking | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoFocusOnAppearing |
                                      ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoMove;
  bool close = false;
  if (ImGui::Begin("###toast", nullptr, kFlags)) {
    ImGui::TextWrapped("%s", text.c_str());
    if (toast_->error) {
      const std::string message = words_.message(*toast_->error);
      ImGui::TextWrapped("%s", line == values.end() ? message.c_str() : words_.format("notice.at_line", {*line, {"message", message}}).c_str());
    }
    if (toast_->error && !toast_->error->help.empty()) {
      ImGui::PushStyleColor(ImGuiCol_Text, c.text_muted);
      ImGui::TextWrapped("%s", words_.help(*toast_->error).c_str());
      ImGui::PopStyleColor();
    }
    close = link(context, words_("common.close"));
    if (offers_start_anew(*toast_)) {
      ImGui::SameLine(0, context.px(18));
      if (link(context, words_("notice.start_anew"))) {
        context.send(app::StartAnew{});
        close = true;
      }
    }
  }
  ImGui::End();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor(2);
  if (close) toast_.reset();
  toast_frames_ = 0;
}

}  // namespace loopglass::ui
