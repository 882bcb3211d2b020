// The text panel's editor: TVMScript typed by hand, coloured, each error under its line.
#pragma once

#include <memory>

#include "app/ui/panel.h"

class TextEditor;

namespace loopglass::ui {

class ScriptEditor {
 public:
  ScriptEditor();
  ~ScriptEditor();

  // Starts over with a text (a program that was opened, or where editing began).
  void set_text(const std::string& text);
  void take_focus();
  // Draws it in what is left of the window but `foot` pixels; true where the text changed. `errors`: spans into `text_of_errors`.
  bool draw(const PanelContext& context, float foot, const std::vector<Diagnostic>& errors, const std::string& text_of_errors);
  std::string text() const;
  // Puts the cursor where an error is, and the keyboard's focus on the editor.
  void go_to(const Diagnostic& error, const std::string& text_of_error);

 private:
  void draw_errors(const PanelContext& context, const std::vector<Diagnostic>& errors, const std::string& text_of_errors);
  std::unique_ptr<TextEditor> editor_;
  std::string last_;   // the text at the last change
};

}  // namespace loopglass::ui
