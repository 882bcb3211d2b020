#include "app/ui/window.h"

// glad before GLFW, which would bring an OpenGL of its own.
#include <glad/gl.h>
//
#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "app/gl/framebuffer.h"

namespace loopglass::ui {
namespace {

constexpr float kLeastWidth = 800, kLeastHeight = 500;   // times the display's scale: the panels have room in it
constexpr double kTooltipFrame = 1.0 / 30;   // seconds between frames while a tooltip ripens
constexpr float kTooltipIsOut = 0.5f;        // seconds of rest after which it stands on the screen

Error no_display(const char* what) {
  return fail(DiagnosticKind::NoDisplay, what, "Start the program on a desktop, or on a virtual one: xvfb-run loopglass …");
}

// The last CPU is for the kernel that is timed: this process, its jobs and a software OpenGL keep to the others.
void leave_the_last_cpu() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2) return;
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu) {
    if (!CPU_ISSET(cpu, &set)) continue;
    CPU_CLR(cpu, &set);
    break;
  }
  sched_setaffinity(0, sizeof set, &set);
  setenv("LP_NUM_THREADS", std::to_string(CPU_COUNT(&set)).c_str(), 0);   // Mesa's llvmpipe
}

bool input_is_queued() { return !ImGui::GetCurrentContext()->InputEventsQueue.empty(); }

// How many of the queued events the next frame can take so that Dear ImGui sees what a fast hand, or a slow screen, crowds together: a key
// before its modifier is released, and what the mouse has come to before it is clicked.
int events_of_one_frame(const ImVector<ImGuiInputEvent>& queue) {
  bool pressed = false, moved = false;
  for (int i = 0; i < queue.Size; ++i) {
    const ImGuiInputEvent& event = queue[i];
    const bool is_button = event.Type == ImGuiInputEventType_MouseButton, is_key = event.Type == ImGuiInputEventType_Key;
    const bool is_modifier = is_key && (event.Key.Key & ImGuiMod_Mask_) != 0;
    if ((is_modifier && pressed) || (is_button && event.MouseButton.Down && moved)) return i;
    pressed = pressed || (is_button && event.MouseButton.Down) || (is_key && !is_modifier && !ImGui::IsLRModKey(event.Key.Key) && event.Key.Down);
    moved = moved || event.Type == ImGuiInputEventType_MousePos;
  }
  return queue.Size;
}

void begin_imgui_frame() {
  ImVector<ImGuiInputEvent>& queue = ImGui::GetCurrentContext()->InputEventsQueue;
  const int now = events_of_one_frame(queue);
  const std::vector<ImGuiInputEvent> later(queue.begin() + now, queue.end());
  queue.resize(now);
  ImGui::NewFrame();
  for (const auto& event : later) queue.push_back(event);
}

// No larger than the screen leaves room for.
void fit_to_screen(GLFWwindow* window) {
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  if (!monitor) return;
  int left = 0, top = 0, room_across = 0, room_down = 0, width = 0, height = 0;
  glfwGetMonitorWorkarea(monitor, &left, &top, &room_across, &room_down);
  glfwGetWindowSize(window, &width, &height);
  if (room_across > 0 && room_down > 0 && (width > room_across || height > room_down))
    glfwSetWindowSize(window, std::min(width, room_across), std::min(height, room_down));
}

// The mouse has come to rest on something with a tooltip; Dear ImGui counts the time in the frames that are drawn.
bool tooltip_ripens() {
  const ImGuiContext& g = *ImGui::GetCurrentContext();
  return g.HoverItemDelayId != 0 && (g.HoverItemDelayTimer < kTooltipIsOut || g.MouseStationaryTimer < kTooltipIsOut);
}

// Whether what was drawn stays in the framebuffer when it has been shown, so that the next frame needs to draw only what changes. OpenGL does not promise it; Mesa's
// software renderers do it, and there alone it matters.
bool keeps_shown_picture(GLFWwindow* window) {
  const auto* renderer = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  if (!renderer || (!std::strstr(renderer, "llvmpipe") && !std::strstr(renderer, "softpipe"))) return false;
  for (int shade = 1; shade <= 3; ++shade) {
    glClearColor(static_cast<float>(shade) / 16, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    std::array<uint8_t, 4> drawn{}, kept{};
    glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, drawn.data());
    glfwSwapBuffers(window);
    glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, kept.data());
    if (drawn != kept) return false;
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<Window>> Window::open(const WindowOptions& options) {
  leave_the_last_cpu();
  glfwInitHint(GLFW_JOYSTICK_HAT_BUTTONS, GLFW_FALSE);
  if (!glfwInit()) return no_display("There is no display to open a window on.");
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_SAMPLES, 0);
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, options.visible ? GLFW_TRUE : GLFW_FALSE);
  GLFWwindow* handle = glfwCreateWindow(options.width, options.height, "Loopglass", nullptr, nullptr);
  if (!handle) {
    glfwTerminate();
    return no_display("The display has no OpenGL 3.3.");
  }
  if (options.visible) fit_to_screen(handle);
  float scale_x = 1, scale_y = 1;
  glfwGetWindowContentScale(handle, &scale_x, &scale_y);
  glfwSetWindowSizeLimits(handle, static_cast<int>(kLeastWidth * scale_x), static_cast<int>(kLeastHeight * scale_y), GLFW_DONT_CARE, GLFW_DONT_CARE);
  glfwMakeContextCurrent(handle);
  if (!gladLoadGL(glfwGetProcAddress)) {
    glfwDestroyWindow(handle);
    glfwTerminate();
    return no_display("The display has no OpenGL 3.3.");
  }
  glfwSwapInterval(1);
  std::unique_ptr<Window> window(new Window(handle));
  window->layout_file_ = options.layout_file.string();
  if (!window->layout_file_.empty()) ImGui::GetIO().IniFilename = window->layout_file_.c_str();
  return window;
}

Window::Window(GLFWwindow* window) : window_(window) {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.ConfigFlags |= ImGuiConfigFlags_DockingEnable;
  io.ConfigInputTextCursorBlink = false;
  io.ConfigWindowsMoveFromTitleBarOnly = true;
  io.ConfigDpiScaleFonts = false;
  io.IniFilename = nullptr;
  glfwSetWindowUserPointer(window_, this);
  glfwSetWindowRefreshCallback(window_, [](GLFWwindow* window) { static_cast<Window*>(glfwGetWindowUserPointer(window))->is_exposed_ = true; });
  ImGui_ImplGlfw_InitForOpenGL(window_, true);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  keeps_picture_ = keeps_shown_picture(window_);
}

Window::~Window() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

bool Window::should_close() const { return glfwWindowShouldClose(window_); }

float Window::display_scale() const {
  float x = 1, y = 1;
  glfwGetWindowContentScale(window_, &x, &y);
  return x > 0 ? x : 1;
}

void Window::ignore_devices() {
  ImGui_ImplGlfw_RestoreCallbacks(window_);
  ignores_devices_ = true;
}

void Window::begin_frame() {
  ImGui_ImplOpenGL3_NewFrame();
  if (!ignores_devices_) return ImGui_ImplGlfw_NewFrame();
  int width = 0, height = 0, pixels_wide = 0, pixels_high = 0;
  glfwGetWindowSize(window_, &width, &height);
  glfwGetFramebufferSize(window_, &pixels_wide, &pixels_high);
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
  if (width > 0 && height > 0) io.DisplayFramebufferScale = {static_cast<float>(pixels_wide) / static_cast<float>(width), static_cast<float>(pixels_high) / static_cast<float>(height)};
  io.DeltaTime = 1.0f / 60;
}

void Window::frame(const std::function<void()>& contents, image::Image* picture, const std::function<void()>& input) {
  begin_frame();
  if (input) input();
  begin_imgui_frame();
  contents();
  ImGui::Render();
  left_out_ = std::exchange(is_left_out_, false) && !picture ? left_out_ + 1 : 0;
  if (left_out_ > 0) return;
  draw(*ImGui::GetDrawData(), picture);
}

void Window::draw(ImDrawData& frame, image::Image* picture) {
  const PixelRect all = pixels_of(frame);
  if (all.is_empty()) return;
  const ImVec4& ground = ImGui::GetStyleColorVec4(ImGuiCol_DockingEmptyBg);
  std::vector<PixelRect> changed{all};
  if (keeps_picture_) {
    changed = damage_.next(frame, ImGui::ColorConvertFloat4ToU32(ground));
    if (changed.empty() && !picture && !is_exposed_) return;
    clip_to(frame, changed);
  }
  glViewport(0, 0, all.right, all.bottom);
  glClearColor(ground.x, ground.y, ground.z, 1);
  glEnable(GL_SCISSOR_TEST);
  for (const PixelRect& r : changed) {
    glScissor(r.left, all.bottom - r.bottom, r.right - r.left, r.bottom - r.top);
    glClear(GL_COLOR_BUFFER_BIT);
  }
  glDisable(GL_SCISSOR_TEST);
  ImGui_ImplOpenGL3_RenderDrawData(&frame);
  if (picture) *picture = gl::read_framebuffer(all.right, all.bottom);
  glfwSwapBuffers(window_);
  is_exposed_ = false;
}

void Window::wait(double timeout) {
  if (timeout < 0) glfwWaitEvents();
  else if (timeout == 0) glfwPollEvents();
  else glfwWaitEventsTimeout(timeout);
}

// True where an event ended the wait.
bool Window::wait_for_event(double timeout) {
  const auto start = std::chrono::steady_clock::now();
  wait(timeout);
  return timeout < 0 || std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < timeout * 0.98;
}

void Window::wait_for_next_frame(double patience) {
  bool event = false;
  if (frames_to_settle_ > 0 || input_is_queued()) wait(0);
  else event = wait_for_event(tooltip_ripens() && (patience < 0 || patience > kTooltipFrame) ? kTooltipFrame : patience);
  // Dear ImGui takes in a fast key's press and release, or a click and a move, in frames of their own.
  if (event || input_is_queued()) settle();
  else if (frames_to_settle_ > 0) --frames_to_settle_;
}

void Window::wake() { glfwPostEmptyEvent(); }

}  // namespace loopglass::ui
