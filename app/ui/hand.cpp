#include "app/ui/hand.h"

namespace loopglass::ui {

namespace {
constexpr int kMotionsOfAMove = 6;   // frames between two places, so that what lies between is hovered
}

void Hand::move_to(ImVec2 to) {
  const ImVec2 from = at_;
  for (int i = 1; i <= kMotionsOfAMove; ++i) {
    const float t = static_cast<float>(i) / kMotionsOfAMove;
    add([=](ImGuiIO& io) { io.AddMousePosEvent(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t); });
  }
  at_ = to;
}

void Hand::press(ImVec2 at) {
  move_to(at);
  add([](ImGuiIO& io) { io.AddMouseButtonEvent(ImGuiMouseButton_Left, true); });
  rest(1);
}

void Hand::release() {
  add([](ImGuiIO& io) { io.AddMouseButtonEvent(ImGuiMouseButton_Left, false); });
  rest(2);
}

void Hand::click(ImVec2 at) {
  press(at);
  release();
}

void Hand::key(ImGuiKeyChord chord) {
  const auto send = [chord](ImGuiIO& io, bool down) {
    for (const ImGuiKey modifier : {ImGuiMod_Ctrl, ImGuiMod_Shift, ImGuiMod_Alt})
      if (chord & modifier) io.AddKeyEvent(modifier, down);
    io.AddKeyEvent(static_cast<ImGuiKey>(chord & ~ImGuiMod_Mask_), down);
  };
  add([send](ImGuiIO& io) { send(io, true); });
  add([send](ImGuiIO& io) { send(io, false); });
  rest(1);
}

void Hand::type(const std::string& text) {
  add([text](ImGuiIO& io) { io.AddInputCharactersUTF8(text.c_str()); });
  rest(1);
}

void Hand::rest(int frames) {
  for (int i = 0; i < frames; ++i) add([](ImGuiIO&) {});
}

void Hand::next() {
  if (motions_.empty()) return;
  motions_.front()(ImGui::GetIO());
  motions_.pop_front();
}

}  // namespace loopglass::ui
