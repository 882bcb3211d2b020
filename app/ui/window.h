// The system's window with its OpenGL and Dear ImGui contexts: opened, fed with events, drawn only when something happened.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "app/gl/png_file.h"
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
  void frame(const std::function<void()>& contents, gl::Image* picture = nullptr, const std::function<void()>& input = {});
  // From now on mouse and keyboard are not listened to: input comes from frame()'s `input` alone.
  void ignore_devices();
  // Waits for an event, at most so long (seconds; negative: for ever). A few frames are drawn after each event, so that all settles.
  void wait(double timeout);
  // Ends a wait, from any thread.
  static void wake();

 private:
  explicit Window(GLFWwindow* window);
  void begin_frame();
  GLFWwindow* window_;
  bool ignores_devices_ = false;
  std::string layout_file_;
};

}  // namespace loopglass::ui
