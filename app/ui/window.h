// The system's window with its OpenGL and Dear ImGui contexts: opened, fed with events, drawn only when something happened.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "app/image/image.h"
#include "app/ui/damage.h"
#include "engine/support/result.h"

struct GLFWwindow;

namespace loopglass::ui {

struct WindowOptions {
  int width = 1600, height = 940;
  bool visible = true;
  std::filesystem::path layout_file;   // where Dear ImGui keeps the panels' places; empty: not kept
};

class Window {
 public:
  // Errors: NoDisplay where there is none or it has no OpenGL 3.3.
  static Result<std::unique_ptr<Window>> open(const WindowOptions& options);
  ~Window();
  Window(const Window&) = delete;

  bool should_close() const;
  float display_scale() const;
  // Draws one frame with what `contents` makes, and shows it; `picture`, where given, gets a copy. `input` runs before the frame begins.
  void frame(const std::function<void()>& contents, image::Image* picture = nullptr, const std::function<void()>& input = {});
  // To be called by frame()'s `contents`: what it shows changes at once, so this frame is not drawn. Of three in a row the last one is.
  void leave_out() { is_left_out_ = left_out_ < kMostLeftOut; }
  // The next frame is drawn as a whole, whatever of it the screen shows already.
  void forget_picture() { damage_ = {}; }
  // From now on mouse and keyboard are not listened to: input comes from frame()'s `input` alone.
  void ignore_devices();
  // Waits for an event, at most so long (seconds; negative: for ever).
  void wait(double timeout);
  // Between two frames: gives back control when the next one has something to show. At once while input is queued or what an event changed
  // settles, soon while a tooltip ripens; else it sleeps until an event comes, at most `patience` seconds (negative: for ever).
  void wait_for_next_frame(double patience);
  // What is shown has changed without an event: a few frames are drawn, so that all settles.
  void settle() { frames_to_settle_ = kFramesAfterEvent; }
  // Ends a wait, from any thread.
  static void wake();

 private:
  static constexpr int kFramesAfterEvent = 3;   // Dear ImGui needs a few to settle
  static constexpr int kMostLeftOut = 2;        // frames in a row
  explicit Window(GLFWwindow* window);
  void begin_frame();
  void draw(ImDrawData& frame, image::Image* picture);
  bool wait_for_event(double timeout);
  GLFWwindow* window_;
  Damage damage_;
  bool keeps_picture_ = false;  // the framebuffer still holds the last frame: only what changed is drawn
  bool is_exposed_ = true;      // what the system kept of the window's picture may be gone
  bool is_left_out_ = false;    // the frame under way
  int left_out_ = 0;            // frames before it, in a row
  int frames_to_settle_ = kFramesAfterEvent;
  bool ignores_devices_ = false;
  std::string layout_file_;
};

}  // namespace loopglass::ui
