#include "app/gl/gl_objects.h"

#include <array>

#include "engine/support/check.h"

namespace loopglass::gl {

void free_texture(GLuint name) { glDeleteTextures(1, &name); }
void free_program(GLuint name) { glDeleteProgram(name); }
void free_framebuffer(GLuint name) { glDeleteFramebuffers(1, &name); }
void free_vertex_array(GLuint name) { glDeleteVertexArrays(1, &name); }

namespace {

Texture make_texture(GLint filter) {
  GLuint name = 0;
  glGenTextures(1, &name);
  glBindTexture(GL_TEXTURE_2D, name);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, filter);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, filter);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  return Texture(name);
}

Result<GLuint> compile_shader(GLenum stage, std::string_view source) {
  const GLuint shader = glCreateShader(stage);
  const char* text = source.data();
  const GLint length = static_cast<GLint>(source.size());
  glShaderSource(shader, 1, &text, &length);
  glCompileShader(shader);
  GLint ok = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
  if (ok) return shader;
  std::array<char, 1024> log{};
  glGetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), nullptr, log.data());
  glDeleteShader(shader);
  return fail(DiagnosticKind::FileError, std::string("a shader does not compile: ") + log.data(),
              "Take the shaders folder of the same version as the program.");
}

}  // namespace

Texture make_float_texture(int width, int height, std::span<const float> values) {
  CHECK(values.size() == static_cast<size_t>(width) * static_cast<size_t>(height));
  Texture texture = make_texture(GL_NEAREST);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, width, height, 0, GL_RED, GL_FLOAT, values.data());
  return texture;
}

Texture make_byte_texture(int width, int height, std::span<const uint8_t> values) {
  CHECK(values.size() == static_cast<size_t>(width) * static_cast<size_t>(height));
  Texture texture = make_texture(GL_NEAREST);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R8UI, width, height, 0, GL_RED_INTEGER, GL_UNSIGNED_BYTE, values.data());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  return texture;
}

Texture make_colour_row(std::span<const uint8_t> rgba) {
  CHECK(rgba.size() % 4 == 0);
  Texture texture = make_texture(GL_NEAREST);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, static_cast<GLsizei>(rgba.size() / 4), 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
  return texture;
}

Texture make_colour_texture(int width, int height) {
  Texture texture = make_texture(GL_LINEAR);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  return texture;
}

Framebuffer make_framebuffer(const Texture& target) {
  GLuint name = 0;
  glGenFramebuffers(1, &name);
  glBindFramebuffer(GL_FRAMEBUFFER, name);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, target.get(), 0);
  CHECK(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  return Framebuffer(name);
}

VertexArray make_vertex_array() {
  GLuint name = 0;
  glGenVertexArrays(1, &name);
  return VertexArray(name);
}

Result<Program> make_program(std::string_view vertex_source, std::string_view fragment_source) {
  TRY_ASSIGN(const GLuint vertex, compile_shader(GL_VERTEX_SHADER, vertex_source));
  Result<GLuint> fragment = compile_shader(GL_FRAGMENT_SHADER, fragment_source);
  if (!fragment) {
    glDeleteShader(vertex);
    return std::unexpected(std::move(fragment).error());
  }
  Program program(glCreateProgram());
  for (const GLuint shader : {vertex, *fragment}) glAttachShader(program.get(), shader);
  glLinkProgram(program.get());
  for (const GLuint shader : {vertex, *fragment}) glDeleteShader(shader);
  GLint ok = 0;
  glGetProgramiv(program.get(), GL_LINK_STATUS, &ok);
  if (!ok) return fail(DiagnosticKind::FileError, "the shaders do not link");
  return program;
}

int max_texture_size() {
  GLint size = 0;
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &size);
  return size;
}

}  // namespace loopglass::gl
