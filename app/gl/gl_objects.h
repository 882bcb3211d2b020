// OpenGL objects that free themselves: textures, shader programs, framebuffers. All calls need the window's context current.
#pragma once

#include <glad/gl.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/support/result.h"

namespace loopglass::gl {

// Owns one OpenGL name; `Free` gives it back. 0 = none.
template <void (*Free)(GLuint)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(GLuint name) : name_(name) {}
  Handle(Handle&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(name_, other.name_);
    return *this;
  }
  ~Handle() {
    if (name_) Free(name_);
  }
  GLuint get() const { return name_; }
  explicit operator bool() const { return name_ != 0; }

 private:
  GLuint name_ = 0;
};

void free_texture(GLuint name);
void free_program(GLuint name);
void free_framebuffer(GLuint name);
void free_vertex_array(GLuint name);

using Texture = Handle<free_texture>;
using Program = Handle<free_program>;
using Framebuffer = Handle<free_framebuffer>;
using VertexArray = Handle<free_vertex_array>;

// One float per texel, nearest filter, rows from the first. Requires: values.size() == width * height.
Texture make_float_texture(int width, int height, std::span<const float> values);
// The same of bytes, which a shader's integer sampler reads.
Texture make_byte_texture(int width, int height, std::span<const uint8_t> values);
// One row of colours, RGBA bytes, nearest filter. Requires: a multiple of four bytes.
Texture make_colour_row(std::span<const uint8_t> rgba);
// RGBA bytes, linear filter; contents undefined.
Texture make_colour_texture(int width, int height);
// A framebuffer that draws into `target`.
Framebuffer make_framebuffer(const Texture& target);
VertexArray make_vertex_array();

// Compiles and links; the error carries the driver's log.
// Errors: FileError (the shader's text does not compile).
Result<Program> make_program(std::string_view vertex_source, std::string_view fragment_source);

// The largest side a texture may have.
int max_texture_size();

}  // namespace loopglass::gl
