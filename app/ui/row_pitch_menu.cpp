#include "app/ui/row_pitch_menu.h"

#include <imgui.h>

#include <algorithm>

#include "app/model/cache_levels.h"
#include "app/ui/quantities.h"
#include "app/ui/widgets.h"
#include "engine/locality/cache_model.h"

namespace loopglass::ui {
namespace {

using app::kLine;

bool has_rows(const locality::BufferAccess& buffer) { return buffer.shape.size() >= 2; }
int64_t declared_pitch(const locality::BufferAccess& buffer) { return buffer.shape.back() * buffer.buffer->dtype.bytes(); }
int64_t pitch_now(const locality::BufferAccess& buffer) { return buffer.strides[buffer.strides.size() - 2]; }

// The rows of all buffers, so many bytes further apart than they are declared.
void all_buffers(const PanelContext& context, const locality::Access& access, const char* key, int64_t more) {
  const bool is_so = std::ranges::all_of(access.buffers, [&](const auto& b) { return !has_rows(b) || pitch_now(b) == declared_pitch(b) + more; });
  if (!ImGui::MenuItem(context.words(key), nullptr, is_so)) return;
  app::SetRowPitch command;
  for (const locality::BufferAccess& buffer : access.buffers)
    if (has_rows(buffer)) command.bytes[buffer.buffer->name] = more > 0 ? declared_pitch(buffer) + more : 0;
  context.send(std::move(command));
}

}  // namespace

void draw_row_pitch_menu(const PanelContext& context, const locality::Access& access, const locality::BufferAccess& buffer) {
  if (!has_rows(buffer) || !begin_submenu(context, context.words("memory.pitch"))) return;
  const int64_t declared = declared_pitch(buffer);
  for (const auto& [more, key] : {std::pair(int64_t{0}, "memory.pitch_declared"), {int64_t{buffer.buffer->dtype.bytes()}, "memory.pitch_element"}, {kLine, "memory.pitch_line"}, {4 * kLine, "memory.pitch_lines"}})
    if (ImGui::MenuItem(context.words.format(key, {{"bytes", format_count(declared + more)}}).c_str(), nullptr, pitch_now(buffer) == declared + more))
      context.send(app::SetRowPitch{{{buffer.buffer->name, more > 0 ? declared + more : 0}}});
  ImGui::Separator();
  all_buffers(context, access, "memory.pitch_all_declared", 0);
  all_buffers(context, access, "memory.pitch_all_line", kLine);
  ImGui::EndMenu();
}

}  // namespace loopglass::ui
