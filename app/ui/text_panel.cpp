#include "app/ui/text_panel.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/ui/assembly_layout.h"
#include "app/ui/gestures.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kLineSpacing = 1.42f;   // times the letters' size

TextKind kind_of(TextTab tab) {
  if (tab == TextTab::C) return TextKind::C;
  return tab == TextTab::Assembly ? TextKind::Assembly : TextKind::Python;
}

ImU32 ink_of(const Palette& c, TokenClass kind) {
  switch (kind) {
    case TokenClass::Keyword: return c.code_keyword;
    case TokenClass::Function: return c.code_function;
    case TokenClass::Number: return c.code_number;
    case TokenClass::String: return c.code_string;
    case TokenClass::Type: return c.code_type;
    case TokenClass::Comment: return c.code_comment;
    case TokenClass::Plain: break;
  }
  return c.text;
}

const measure::Compiled* compiled_of(const app::View& view) {
  const app::Version* version = view.version();
  const app::Measurement* measured = version ? view.measurement(*version) : nullptr;
  return measured && measured->compiled && !measured->compiled->assembly.empty() ? &*measured->compiled : nullptr;
}

// The texts on the screen: the preview's while there is one, else the program's.
const app::Texts* texts_of(const app::View& view) {
  if (view.preview && view.preview->texts) return view.preview->texts.get();
  return view.texts.get();
}

const app::Texts* texts_before(const app::View& view, const ViewState& state) {
  if (view.preview && view.preview->texts) return view.texts.get();
  return state.show_diff ? view.parent_texts.get() : nullptr;
}

LinkedLines lines_of(const app::Texts& texts, const ViewState& state) {
  switch (state.text_tab) {
    case TextTab::Numpy: return linked_lines(texts.numpy.text, texts.numpy.lines);
    case TextTab::C: return linked_lines(texts.c.text, texts.c.lines);
    default: return linked_lines(state.other_dialect ? texts.other_dialect : texts.script);
  }
}

float width_to(const TextStyle& style, const std::string& text, uint32_t byte) { return text_width(style, std::string_view(text).substr(0, byte)); }

// The version of the preview, where the text shows it.
const app::Version* previewed(const PanelContext& context) { return context.view.preview ? context.view.preview->version.get() : nullptr; }

// The line belongs to what stands inside the selected loop or block.
bool is_inside(const TextLine& line, const std::optional<ir::NodePath>& selection) {
  return selection && std::ranges::any_of(line.nodes, [&](const LineNode& node) {
    const auto& outer = selection->steps;
    return node.path.function == selection->function && node.path.steps.size() > outer.size() && std::equal(outer.begin(), outer.end(), node.path.steps.begin());
  });
}

bool selects(const TextLine& line, const std::optional<ir::NodePath>& selection) {
  return selection && std::ranges::find(line.nodes, *selection, &LineNode::path) != line.nodes.end();
}

// What the foot says of the text that is edited: its first error, or what of it is not kept.
std::string remark_on_edit(const PanelContext& context) {
  const app::View& view = context.view;
  const auto line_of = [&](const SourceSpan& span) { return line_column_at(view.edited_text, span.begin); };
  if (!view.text_errors.empty()) {
    const Diagnostic& error = view.text_errors.front();
    const std::string message = context.words.message(error);
    if (error.labels.empty() || !error.labels[0].span) return message;
    const LineColumn at = line_of(*error.labels[0].span);
    return context.words.format("text.error_at", {{"line", std::to_string(at.line)}, {"column", std::to_string(at.column)}, {"message", message}});
  }
  return view.text_left_out ? context.words.format("text.left_out", {{"line", std::to_string(line_of(*view.text_left_out).line)}}) : std::string();
}

}  // namespace

void toggle_editing(ViewState& state, const app::View& view) {
  state.text_tab = TextTab::Script;
  state.edit_ends = state.editing;
  if (state.editing || !view.texts) return;
  state.editing = true;
  state.edit_buffer = view.texts->whole;
}

void TextPanel::update_lines(const PanelContext& context) {
  const ViewState& state = context.state;
  const measure::Compiled* compiled = compiled_of(context.view);
  const app::Texts* texts = texts_of(context.view);
  const bool assembly = state.text_tab == TextTab::Assembly;
  const app::Texts* before = assembly ? nullptr : texts_before(context.view, state);
  const void* shown = assembly ? static_cast<const void*>(compiled) : texts;
  Key key{shown, before, state.text_tab, state.other_dialect, context.words.language(), state.folded};
  if (key == key_) return;
  key_ = std::move(key);
  lines_.clear();
  if (!shown) return;
  const LinkedLines now = assembly ? linked_assembly(*compiled, context.view.version()->schedule.module(), context.words) : lines_of(*texts, state);
  const LinkedLines then = before ? lines_of(*before, state) : LinkedLines{};
  lines_ = layout_text(now, kind_of(state.text_tab), before ? &then : nullptr, state.folded);
}

void TextPanel::draw(const PanelContext& context) {
  if (begin_panel(context, "###text", "panel.text")) {
    const Locale& words = context.words;
    const std::array tabs{words("text.tab.script"), words("text.tab.numpy"), words("text.tab.c"), words("text.tab.assembly")};
    ViewState& state = context.state;
    state.text_tab = static_cast<TextTab>(panel_header(context, words("panel.text"), tabs, static_cast<int>(state.text_tab)));
    const bool edits = state.editing && state.text_tab == TextTab::Script;
    if (edits) {
      draw_editor(context);
    } else {
      update_lines(context);
      draw_lines(context);
    }
    was_editing_ = edits || (was_editing_ && state.editing);
    draw_foot(context);
  }
  end_panel();
}

void TextPanel::draw_lines(const PanelContext& context) {
  selection_ = context.state.selection;
  if (const app::Version* made = previewed(context); made && selection_)
    selection_ = carry_node(context.view.version()->schedule.module(), made->schedule.module(), made->forwarding, *selection_);
  const float foot = context.px(30);
  if (lines_.empty()) {
    centred_note(context, context.words(context.state.text_tab == TextTab::Assembly ? "text.no_assembly" : "text.empty"));
    ImGui::SetCursorScreenPos({ImGui::GetWindowPos().x, ImGui::GetWindowPos().y + ImGui::GetWindowHeight() - foot});
    return;
  }
  ImGui::BeginChild("##lines", {0, ImGui::GetContentRegionAvail().y - foot}, 0, ImGuiWindowFlags_HorizontalScrollbar);
  const TextStyle style = mono_text(context, 0);
  const float height = std::round(style.size * kLineSpacing);
  const float digit = text_width(style, "0");
  const int digits = static_cast<int>(std::to_string(lines_.size()).size());
  const float number_width = context.px(14) + digit * static_cast<float>(std::max(digits, 2)) + context.px(16);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float top = context.px(6);
  size_t longest = 0;
  for (const auto& line : lines_) longest = std::max(longest, line.text.size());
  ImGui::Dummy({number_width + digit * static_cast<float>(longest) + context.px(20), top + height * static_cast<float>(lines_.size()) + context.px(8)});
  auto selected = std::ranges::find_if(lines_, [&](const TextLine& line) { return selects(line, selection_); });
  if (selected == lines_.end() && context.state.text_tab == TextTab::Assembly)
    selected = std::ranges::find_if(lines_, [&](const TextLine& line) { return is_inside(line, selection_); });
  if (selection_ != shown_selection_) {
    shown_selection_ = selection_;
    const float y = top + height * static_cast<float>(selected - lines_.begin());
    const bool visible = y >= ImGui::GetScrollY() && y + height <= ImGui::GetScrollY() + ImGui::GetWindowHeight();
    if (selected != lines_.end() && !visible) ImGui::SetScrollY(std::max(y - ImGui::GetWindowHeight() / 3, 0.0f));
  }
  const float scroll = ImGui::GetScrollY();
  const int first = std::max(static_cast<int>((scroll - top) / height), 0);
  const int last = std::min(static_cast<int>((scroll + ImGui::GetWindowHeight()) / height) + 1, static_cast<int>(lines_.size()));
  for (int i = first; i < last; ++i)
    draw_line(context, lines_[static_cast<size_t>(i)], origin.y + top + height * static_cast<float>(i), origin.x, number_width);
  ImGui::EndChild();
}

void TextPanel::draw_line(const PanelContext& context, const TextLine& line, float y, float left, float number_width) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle style = mono_text(context, c.text);
  const float height = std::round(style.size * kLineSpacing), digit = text_width(style, "0");
  const float view_left = ImGui::GetWindowPos().x, view_right = view_left + ImGui::GetWindowWidth();
  const float text_x = left + number_width, text_y = y + (height - style.size) / 2;
  const bool selected = selects(line, selection_);

  // In assembly the lines of a loop do not stand below its head: those inside the selected one are shown too.
  const bool inside = context.state.text_tab == TextTab::Assembly && !selected && is_inside(line, selection_);
  const ImU32 fill = inside ? faded(c.accent_fill, 0.45f) : selected ? c.accent_fill : line.mark == LineMark::Added ? c.good_fill : line.mark == LineMark::Removed ? c.bad_fill : 0;
  if (fill) draw.AddRectFilled({view_left + context.px(4), y}, {view_right - context.px(4), y + height}, fill);
  if (line.mark == LineMark::Added) put_text(draw, {style.font, style.size, c.good}, {text_x - context.px(14), text_y}, "+");
  if (line.mark == LineMark::Removed) put_text(draw, {style.font, style.size, c.bad}, {text_x - context.px(14), text_y}, "−");
  if (line.number > 0) {
    const std::string number = std::to_string(line.number);
    const float x = text_x - context.px(18) - digit * static_cast<float>(number.size());
    put_text(draw, {style.font, style.size, faded(c.text_faint, 0.8f)}, {x, text_y}, number);
  }
  if (line.nodes.size() > 1)
    for (const auto& node : line.nodes)
      if (selection_ == node.path)
        draw.AddRectFilled({text_x + width_to(style, line.text, node.begin) - 2, y + 1}, {text_x + width_to(style, line.text, node.end) + 2, y + height - 1},
                           faded(c.accent, 0.45f), context.px(3));
  float x = text_x;
  for (const auto& token : line.tokens) {
    const std::string_view text = std::string_view(line.text).substr(token.begin, token.end - token.begin);
    const ImU32 ink = line.mark == LineMark::Removed ? faded(ink_of(c, token.kind), 0.75f) : ink_of(c, token.kind);
    x += put_text(draw, {style.font, style.size, ink}, {x, text_y}, text);
  }
  if (line.folded) {
    draw.AddRectFilled({x + context.px(6), y + context.px(3)}, {x + context.px(30), y + height - context.px(3)}, c.field, context.px(4));
    put_text(draw, {style.font, style.size, c.text_muted}, {x + context.px(11), text_y}, "…");
  }

  ImGui::SetCursorScreenPos({view_left, y});
  ImGui::PushID(&line);
  const bool clicked = ImGui::InvisibleButton("##line", {std::max(view_right - view_left, 1.0f), height});
  const bool hovered = ImGui::IsItemHovered();
  ImGui::PopID();
  const ImVec2 mouse = ImGui::GetMousePos();
  if (line.foldable && hovered) {
    const ImVec2 at{view_left + context.px(9), y + height / 2};
    const float r = context.px(3.5f);
    if (line.folded) draw.AddTriangleFilled({at.x - r, at.y - r}, {at.x + r, at.y}, {at.x - r, at.y + r}, c.text_muted);
    else draw.AddTriangleFilled({at.x - r, at.y - r}, {at.x + r, at.y - r}, {at.x, at.y + r}, c.text_muted);
  }
  if (!clicked || line.nodes.empty()) return;
  if (line.foldable && (mouse.x < text_x - context.px(16) || (line.folded && mouse.x > x))) {
    if (!context.state.folded.erase(line.nodes.front().path)) context.state.folded.insert(line.nodes.front().path);
    return;
  }
  const LineNode* chosen = &line.nodes.front();
  for (const auto& node : line.nodes)
    if (mouse.x >= text_x + width_to(style, line.text, node.begin)) chosen = &node;
  std::optional<ir::NodePath> node = chosen->path;
  if (const app::Version* made = previewed(context)) node = carry_node(made->schedule.module(), context.view.version()->schedule.module(), made->forwarding, *node);
  if (!node) return;   // the preview's own
  context.state.selection = node;
  context.send(app::SelectNode{*node});
}

void TextPanel::draw_foot(const PanelContext& context) {
  const Palette& c = context.colour();
  const Locale& words = context.words;
  const ImVec2 origin = ImGui::GetWindowPos();
  const float y = origin.y + ImGui::GetWindowHeight() - context.px(28), margin = context.px(kPanelMargin);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (context.state.editing && context.state.text_tab == TextTab::Script) return draw_editor_foot(context);
  const auto& preview = context.view.preview;
  if (preview && preview->version) {
    const std::string text = words.format(context.state.form ? "text.preview_form" : "text.preview", {{"step", preview->version->step}});
    put_text(draw, small_text(context, c.text_muted), {origin.x + margin, y + context.px(6)}, text);
    return;
  }
  const app::Version* version = context.view.version();
  if (version && version->parent >= 0 && context.view.parent_texts && context.state.text_tab != TextTab::Assembly) {
    ImGui::SetCursorScreenPos({origin.x + margin, y + context.px(3)});
    const float room = ImGui::GetWindowWidth() - 2 * margin - context.px(130);
    const std::string label = fitted(ui_text(context, 0), words.format(context.state.show_diff ? "text.hide_diff" : "text.show_diff", {{"step", version->step}}), room);
    if (link(context, label.c_str())) context.state.show_diff = !context.state.show_diff;
  }
  if (context.state.text_tab == TextTab::Script && version) {
    const char* label = words("text.edit");
    float x = origin.x + ImGui::GetWindowWidth() - margin - text_width(ui_text(context, 0), label);
    ImGui::SetCursorScreenPos({x, y + context.px(3)});
    if (link(context, label)) toggle_editing(context.state, context.view);
    if (!version->source) return;
    const bool tir = (version->source->dialect == script::Dialect::Tir) != context.state.other_dialect;
    const char* dialect = tir ? "T.block" : "T.sblock";
    x -= text_width(ui_text(context, 0), dialect) + context.px(18);
    ImGui::SetCursorScreenPos({x, y + context.px(3)});
    if (link(context, dialect)) context.state.other_dialect = !context.state.other_dialect;
    tooltip(context, words("text.dialect"));
  }
}

void TextPanel::draw_editor(const PanelContext& context) {
  ViewState& state = context.state;
  if (!was_editing_) {
    editor_.set_text(state.edit_buffer);
    editor_.take_focus();
    is_typed_ = false;
    edited_program_ = context.view.texts.get();
  }
  follow_program(context);
  if (editor_.draw(context, context.px(30), context.view.text_errors, context.view.edited_text)) {
    is_typed_ = true;
    state.edit_ends = false;
    state.edit_buffer = editor_.text();
    context.send(app::EditText{state.edit_buffer});
  }
  const bool is_read = !is_typed_ || context.view.edited_text == state.edit_buffer;
  if (!state.edit_ends || !is_read) return;
  state.edit_ends = false;
  if (!context.view.text_errors.empty()) return editor_.go_to(context.view.text_errors.front(), context.view.edited_text);
  state.editing = false;
  context.send(app::EndEdit{});
}

// A step, or an undo, while the editor is open and holds nothing that is not yet in the program: it shows the new program.
void TextPanel::follow_program(const PanelContext& context) {
  const app::View& view = context.view;
  const bool holds_more = is_typed_ && (view.edited_text != context.state.edit_buffer || !view.text_errors.empty());
  if (view.texts.get() == edited_program_ || !view.texts || holds_more) return;
  edited_program_ = view.texts.get();
  const bool is_what_was_typed = is_typed_ && view.version()->source->text == context.state.edit_buffer && view.version()->parent < 0;
  if (is_what_was_typed || ImGui::IsWindowFocused(ImGuiFocusedFlags_ChildWindows)) return;
  context.state.edit_buffer = view.texts->whole;
  editor_.set_text(context.state.edit_buffer);
  is_typed_ = false;
  context.send(app::EndEdit{});
}

void TextPanel::draw_editor_foot(const PanelContext& context) {
  const Palette& c = context.colour();
  const Locale& words = context.words;
  const ImVec2 origin = ImGui::GetWindowPos();
  const float y = origin.y + ImGui::GetWindowHeight() - context.px(28), margin = context.px(kPanelMargin);
  float x = origin.x + ImGui::GetWindowWidth() - margin;
  const auto right_link = [&](const char* key) {
    x -= text_width(ui_text(context, 0), words(key));
    ImGui::SetCursorScreenPos({x, y + context.px(3)});
    const bool clicked = link(context, words(key));
    x -= context.px(18);
    return clicked;
  };
  if (right_link("text.stop_editing")) toggle_editing(context.state, context.view);
  if (is_typed_ && right_link("text.discard_edit")) {
    context.state.editing = context.state.edit_ends = false;
    context.send(app::EndEdit{.discard = true});
  }
  const std::string remark = remark_on_edit(context);
  const TextStyle style = small_text(context, context.view.text_errors.empty() ? c.warn : c.bad);
  const float room = x - origin.x - margin;
  ImGui::SetCursorScreenPos({origin.x + margin, y + context.px(3)});
  if (remark.empty() || room < context.px(20)) return;
  ImGui::Dummy({room, style.size + context.px(6)});
  tooltip(context, remark);
  put_text(*ImGui::GetWindowDrawList(), style, {origin.x + margin, y + context.px(6)}, fitted(style, remark, room));
}

}  // namespace loopglass::ui
