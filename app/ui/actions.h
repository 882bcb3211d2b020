// Everything that menus, shortcuts and the command palette can do, as one list.
#pragma once

#include <imgui.h>

#include <functional>
#include <string>
#include <vector>

#include "app/model/settings.h"
#include "app/ui/file_chooser.h"

namespace loopglass::ui {

// What an action may change beside the document: the window's own things.
struct Desk {
  app::Settings settings;
  FileChooser chooser;
  bool quit = false, reset_layout = true, show_keys = false;
};

// A menu, or a menu inside one (File > Recent, Shelf, Export; View > Theme, Scale, Language).
enum class Menu { File, Recent, Shelf, Export, Edit, Schedule, View, Theme, Scale, LanguageMenu, Help };

struct Action {
  Menu menu;
  std::string label;
  std::string where;               // the way to it: "File > Export"
  ImGuiKeyChord chord = 0;         // works everywhere; 0 = none
  std::string shortcut;            // as written beside the label
  std::string help;                // tooltip
  std::string why_not;             // not empty: greyed, and says so
  bool checked = false;
  std::function<void()> run;
};

// The actions of the moment, labelled in the language of the moment, in the order that menus show them. They are of one frame: the context outlives them.
std::vector<Action> actions_of(const PanelContext& context, Desk& desk);

}  // namespace loopglass::ui
