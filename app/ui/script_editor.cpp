#include "app/ui/script_editor.h"

#include <TextEditor.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

TextEditor::Palette palette_of(const Palette& c) {
  TextEditor::Palette palette;
  palette.fill(c.text);
  auto set = [&palette](TextEditor::Color slot, ImU32 colour) { palette[static_cast<size_t>(slot)] = colour; };
  using enum TextEditor::Color;
  set(keyword, c.code_keyword);
  set(declaration, c.code_keyword);
  set(number, c.code_number);
  set(string, c.code_string);
  set(preprocessor, c.code_function);
  set(knownIdentifier, c.code_type);
  set(comment, c.code_comment);
  set(background, c.panel);
  set(cursor, c.text);
  set(selection, c.accent_fill);
  set(whitespace, c.text_faint);
  for (const auto slot : {matchingBracketBackground, currentLineHighlight}) set(slot, c.accent_soft);
  set(currentLineHighlightBorder, 0);
  for (const auto slot : {matchingBracketActive, matchingBracketLevel1, matchingBracketLevel2, matchingBracketLevel3}) set(slot, c.text);
  set(matchingBracketError, c.bad);
  set(lineNumber, c.text_faint);
  set(currentLineNumber, c.text_muted);
  return palette;
}

struct ErrorPlace {
  TextEditor::DocPos begin, end;
};

// From a span's bytes to lines and letters, both from 0; at least one letter long.
ErrorPlace place_of(const SourceSpan& span, const std::string& text) {
  const LineColumn from = line_column_at(text, span.begin), to = line_column_at(text, std::max(span.end, span.begin + 1));
  const bool one_line = to.line == from.line && to.column > from.column;
  return {{from.line - 1, from.column - 1}, {from.line - 1, one_line ? to.column - 1 : from.column}};
}

}  // namespace

ScriptEditor::ScriptEditor() : editor_(std::make_unique<TextEditor>()) {
  editor_->SetLanguage(TextEditor::Language::Python());
  editor_->SetTabSize(4);
  editor_->SetInsertSpacesOnTabs(true);
  editor_->SetShowWhitespacesEnabled(false);
  editor_->SetLineSpacing(1.25f);
  editor_->SetFindReplaceEnabled(false);
  editor_->SetShowScrollbarMiniMapEnabled(false);
  editor_->SetCompletePairedGlyphs(false);
}

ScriptEditor::~ScriptEditor() = default;

void ScriptEditor::set_text(const std::string& text) {
  editor_->SetText(text);
  last_ = editor_->GetText();
}

void ScriptEditor::take_focus() { editor_->SetFocus(); }

std::string ScriptEditor::text() const { return editor_->GetText(); }

bool ScriptEditor::draw(const PanelContext& context, float foot, const std::vector<Diagnostic>& errors, const std::string& text_of_errors) {
  editor_->SetPalette(palette_of(context.colour()));
  editor_->ClearSquiggles();
  for (const auto& error : errors) {
    if (error.labels.empty() || !error.labels[0].span) continue;
    const ErrorPlace place = place_of(*error.labels[0].span, text_of_errors);
    editor_->AddSquiggle(place.begin, place.end, 0, context.colour().bad, context.words.message(error));
  }
  const ImVec2 at = ImGui::GetCursorScreenPos(), size{ImGui::GetContentRegionAvail().x, ImGui::GetContentRegionAvail().y - foot};
  ImGui::PushFont(context.fonts.mono, 0);
  editor_->Render("##editor", size);
  ImGui::PopFont();
  ImGui::SetCursorScreenPos(at);
  if (!errors.empty() && ImGui::BeginChild("##errors", size, 0, ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar))
    draw_errors(context, errors, text_of_errors);
  if (!errors.empty()) ImGui::EndChild();
  std::string now = editor_->GetText();
  if (now == last_) return false;
  last_ = std::move(now);
  return true;
}

void ScriptEditor::go_to(const Diagnostic& error, const std::string& text_of_error) {
  take_focus();
  if (!error.labels.empty() && error.labels[0].span) editor_->SetCursor(place_of(*error.labels[0].span, text_of_error).begin);
}

void ScriptEditor::draw_errors(const PanelContext& context, const std::vector<Diagnostic>& errors, const std::string& text_of_errors) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle style = small_text(context, c.text);
  const float right = ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - context.px(14);
  for (const auto& error : errors) {
    if (error.labels.empty() || !error.labels[0].span) continue;
    const ErrorPlace place = place_of(*error.labels[0].span, text_of_errors);
    const ImVec2 letter = editor_->DocPos2ScreenPos(place.begin);
    const float top = ImGui::GetWindowPos().y, bottom = top + ImGui::GetWindowHeight();
    if (letter.y + editor_->GetLineHeight() <= top || letter.y >= bottom) continue;
    const std::string message = context.words.message(error);
    const std::string shown = fitted(style, message, right - ImGui::GetWindowPos().x - context.px(60));
    const float width = text_width(style, shown) + context.px(14), height = style.size + context.px(6);
    const float x = std::floor(std::max(std::min(letter.x, right - width), ImGui::GetWindowPos().x + context.px(40)));
    const float below = std::floor(letter.y + editor_->GetLineHeight() + context.px(2));
    const float y = below + height <= bottom ? below : std::floor(letter.y - height - context.px(2));
    draw.AddRectFilled({x, y}, {x + width, y + height}, c.bad_fill, context.px(3));
    draw.AddRect({x, y}, {x + width, y + height}, c.bad_line, context.px(3));
    put_text(draw, style, {x + context.px(7), y + context.px(3)}, shown);
  }
}

}  // namespace loopglass::ui
