// A hand that plays real input events, one frame at a time: moves, presses, drags, types. What --tour is played with.
#pragma once

#include <imgui.h>

#include <deque>
#include <functional>
#include <string>

#include "app/ui/rect.h"

namespace loopglass::ui {

class Hand {
 public:
  // Each adds motions to what the hand will do; `next` plays one motion before a frame.
  void move_to(ImVec2 at);
  void click(ImVec2 at);
  void press(ImVec2 at);               // goes there and holds the button down
  void release();
  void key(ImGuiKeyChord chord);
  void type(const std::string& text);
  void rest(int frames);

  bool is_idle() const { return motions_.empty(); }
  // Sends the next motion's events to Dear ImGui. Call it between the backends' NewFrame and ImGui::NewFrame.
  void next();

 private:
  void add(std::function<void(ImGuiIO&)> motion) { motions_.push_back(std::move(motion)); }
  std::deque<std::function<void(ImGuiIO&)>> motions_;
  ImVec2 at_{0, 0};                    // where the hand will be when all motions are played
};

// The middle of a rectangle.
inline ImVec2 middle(const Rect& r) { return {r.x + r.width / 2, r.y + r.height / 2}; }

}  // namespace loopglass::ui
