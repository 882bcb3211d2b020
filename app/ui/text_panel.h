// The text panel: the program as TVMScript, NumPy, C or assembly, coloured, linked with the selection, with what a step changes.
#pragma once

#include "app/ui/panel.h"
#include "app/ui/script_editor.h"
#include "app/ui/text_layout.h"

namespace loopglass::ui {

// Opens the editor with the program on the screen; one that is open is asked to close, and stays while there is an error in what was typed.
void toggle_editing(ViewState& state, const app::View& view);

class TextPanel {
 public:
  void draw(const PanelContext& context);

 private:
  struct Key {   // what the lines below were made from
    const void* text = nullptr;
    const void* before = nullptr;
    TextTab tab = TextTab::Script;
    bool other_dialect = false;
    Language language = Language::English;   // of what is said of assembly
    std::set<ir::NodePath> folded;
    bool operator==(const Key&) const = default;
  };

  void update_lines(const PanelContext& context);
  void draw_lines(const PanelContext& context);
  void draw_line(const PanelContext& context, const TextLine& line, float y, float left, float number_width);
  void draw_foot(const PanelContext& context);
  void draw_editor_foot(const PanelContext& context);
  void draw_editor(const PanelContext& context);
  void follow_program(const PanelContext& context);

  Key key_;
  std::vector<TextLine> lines_;
  std::optional<ir::NodePath> selection_;         // the selected node in the program that is shown, which may be a preview
  std::optional<ir::NodePath> shown_selection_;   // scrolled to
  ScriptEditor editor_;
  bool was_editing_ = false;
  const void* edited_program_ = nullptr;   // the texts of the version that the editor shows
  bool is_typed_ = false;   // something, since the editor was opened
};

}  // namespace loopglass::ui
