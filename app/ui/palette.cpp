#include "app/ui/palette.h"

#include <imgui.h>
#include <misc/cpp/imgui_stdlib.h>

#include <algorithm>
#include <cctype>

#include "app/ui/widgets.h"

namespace loopglass::ui {

namespace {

// ASCII letters in lower case; what separates words becomes a space.
std::string folded(std::string_view text) {
  constexpr std::string_view kBetweenWords = "_->():.,/";
  std::string out;
  for (const char c : text)
    out += kBetweenWords.find(c) != kBetweenWords.npos ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool starts_a_word(const std::string& text, size_t at) { return at == 0 || text[at - 1] == ' '; }

// "rca" for reverse_compute_at: each letter begins a word or follows the one before it.
bool abbreviates(std::string_view search, const std::string& text, size_t from = 0) {
  if (search.empty()) return true;
  for (size_t at = from; at < text.size(); ++at)
    if (text[at] == search[0] && (starts_a_word(text, at) || (from > 0 && at == from)) && abbreviates(search.substr(1), text, at + 1)) return true;
  return false;
}

// Every word of the search is in the text; what is not ASCII has no spaces between its words.
bool has_all(const std::vector<std::string>& words, const std::string& text, bool at_beginnings) {
  return std::ranges::all_of(words, [&](const std::string& word) {
    for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1))
      if (!at_beginnings || starts_a_word(text, at)) return true;
    return false;
  });
}

enum Match { Exact, Prefix, Words, Menu, Inside, Abbreviation, Help, Nothing };

Match match(const Action& action, const std::string& search) {
  const std::string label = folded(action.label), wanted = folded(search), where = folded(action.where) + " " + label;
  const std::vector<std::string> words = words_of(wanted);
  if (label == wanted) return Exact;
  if (label.starts_with(wanted)) return Prefix;
  if (has_all(words, label, true)) return Words;
  if (has_all(words, where, true)) return Match::Menu;
  if (has_all(words, where, false)) return Inside;
  if (words.size() == 1 && abbreviates(words[0], label)) return Abbreviation;
  return has_all(words, folded(action.help), true) || action.help.find(search) != std::string::npos ? Help : Nothing;
}

}  // namespace

std::vector<size_t> find_actions(const std::vector<Action>& actions, const std::string& search) {
  std::vector<std::pair<int, size_t>> found;
  for (size_t i = 0; i < actions.size(); ++i) {
    if (words_of(folded(search)).empty()) {
      found.emplace_back(0, i);
    } else if (const Match how = match(actions[i], search); how != Nothing) {
      const bool last = !actions[i].why_not.empty() && how != Exact;
      found.emplace_back(how + (last ? Nothing : 0), i);
    }
  }
  std::ranges::stable_sort(found, {}, &std::pair<int, size_t>::first);
  std::vector<size_t> order;
  for (const auto& [rank, index] : found) order.push_back(index);
  return order;
}

void CommandPalette::draw(const PanelContext& context, const std::vector<Action>& actions) {
  bool& open = context.state.palette_open;
  const bool opened = open && !was_open_;
  was_open_ = open;
  if (!open) return;
  if (opened) {
    search_.clear();
    chosen_ = 0;
  }
  const Palette& c = context.colour();
  const ImGuiViewport& viewport = *ImGui::GetMainViewport();
  ImGui::SetNextWindowPos({viewport.GetCenter().x, viewport.Pos.y + context.px(70)}, ImGuiCond_Always, {0.5f, 0});
  ImGui::SetNextWindowSize({context.px(560), context.px(380)});
  if (opened) ImGui::SetNextWindowFocus();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(12), context.px(12)});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, c.card);
  ImGui::PushStyleColor(ImGuiCol_Border, c.line_strong);
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoDocking |
                                      ImGuiWindowFlags_NoSavedSettings;
  std::optional<size_t> run;
  if (ImGui::Begin("###palette", nullptr, kFlags)) {
    if (opened) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1);
    if (ImGui::InputTextWithHint("##search", context.words("palette.hint"), &search_)) chosen_ = 0;
    const std::vector<size_t> found = find_actions(actions, search_);
    const int last = static_cast<int>(found.size()) - 1;
    const int move = ImGui::IsKeyPressed(ImGuiKey_DownArrow) ? 1 : ImGui::IsKeyPressed(ImGuiKey_UpArrow) ? -1 : 0;
    chosen_ = std::clamp(chosen_ + move, 0, std::max(last, 0));
    ImGui::BeginChild("##found");
    for (int i = 0; i <= last; ++i) {
      const Action& action = actions[found[static_cast<size_t>(i)]];
      const bool able = action.why_not.empty();
      ImGui::PushID(static_cast<int>(found[static_cast<size_t>(i)]));
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const float width = ImGui::GetContentRegionAvail().x, height = context.px(30);
      const bool clicked = ImGui::InvisibleButton(action.label.c_str(), {width, height});
      if (i == chosen_ || ImGui::IsItemHovered()) ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + width, at.y + height}, i == chosen_ ? c.accent_fill : c.card_hover, context.px(4));
      if (i == chosen_ && move) ImGui::SetScrollHereY(0.5f);
      const TextStyle style = ui_text(context, able ? c.text : c.text_faint), muted = small_text(context, c.text_muted);
      const float y = at.y + (height - style.size) / 2;
      const float label = put_text(*ImGui::GetWindowDrawList(), style, {at.x + context.px(10), y}, action.label);
      const std::string& more = !able ? action.why_not : action.help.empty() ? action.where : action.help;
      const float shortcut = text_width(muted, action.shortcut), room = width - label - shortcut - context.px(54);
      put_text(*ImGui::GetWindowDrawList(), muted, {at.x + label + context.px(26), y + context.px(1)}, fitted(muted, more, std::max(room, 0.0f)));
      put_text(*ImGui::GetWindowDrawList(), muted, {at.x + width - shortcut - context.px(10), y + context.px(1)}, action.shortcut);
      if (able && (clicked || (i == chosen_ && ImGui::IsKeyPressed(ImGuiKey_Enter, false)))) run = found[static_cast<size_t>(i)];
      ImGui::PopID();
    }
    if (found.empty()) centred_note(context, context.words("palette.nothing"));
    ImGui::EndChild();
    if (!opened && !ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows)) open = false;
  }
  ImGui::End();
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar();
  if (run || ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
    open = false;
    context.state.focus_tree = true;
  }
  if (run) actions[*run].run();
}

}  // namespace loopglass::ui
