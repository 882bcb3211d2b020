// What the memory panel can show: the modes that there are on this machine, their names and units.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

struct NamedMode {
  HeatMode mode;
  std::string name;
};
std::vector<NamedMode> heat_modes(const PanelContext& context);
std::string mode_name(const PanelContext& context, HeatMode mode);
// Those that say most have tabs; the others stand in a menu.
bool has_tab(HeatMode mode);
const char* unit_key(HeatMode mode);
// What the session has to be asked for; nothing for what it counts anyway.
std::optional<app::ElementQuantity> element_quantity(HeatMode mode);
// Whether the mode's values can be compared between two versions, element by element.
bool is_comparable(HeatMode mode);

}  // namespace loopglass::ui
