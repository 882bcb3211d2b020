// The window's letters, found by fontconfig: a proportional face with figures of one width, its bold, and a monospace; each with Chinese.
#pragma once

#include <imgui.h>

#include <string>

namespace loopglass::ui {

struct Fonts {
  ImFont* ui = nullptr;
  ImFont* bold = nullptr;
  ImFont* mono = nullptr;
  bool has_cjk = false;        // false: a message asks for a font, rather than boxes on the screen
};

// Adds the faces to Dear ImGui's dynamic atlas: Inter, JetBrains Mono and Noto Sans CJK where they are installed, else what fontconfig
// thinks nearest (Dear ImGui's own where there is none at all).
Fonts load_fonts();

}  // namespace loopglass::ui
