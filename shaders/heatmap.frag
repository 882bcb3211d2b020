#version 330 core
// Colours one buffer's values, or a window of them: of an element, or of those that fall on a pixel. Negative values mean "never" and show as the surface, hatched.
in vec2 place;
out vec4 colour;

uniform sampler2D values;     // at most a texel a pixel
uniform usampler2D marks;     // a texel a pixel: 3 where an iteration of the selected loop touches an element of it, 2 beside such pixels, 1 beside those
uniform sampler2D scale;      // its colours, from the low end
uniform bool has_marks;
uniform vec4 window;          // what is seen, in texels of `values`: left, top, across, down
uniform vec2 pixels;          // the target's size
uniform float low, high;      // the scale's ends
uniform bool logarithmic;
uniform vec3 surface;         // where the value is negative
uniform vec3 mark_colour;

// Software OpenGL reads a texel much faster than it indexes an array.
vec3 colour_of(float t) {
  return texelFetch(scale, ivec2(clamp(t, 0.0, 1.0) * float(textureSize(scale, 0).x - 1) + 0.5, 0), 0).rgb;
}

float scaled(float v) {
  if (logarithmic) return log(1.0 + max(v - low, 0.0)) / max(log(1.0 + high - low), 1e-6);
  return (v - low) / max(high - low, 1e-6);
}

ivec2 texel_at(vec2 at) { return clamp(ivec2(floor(window.xy + at * window.zw)), ivec2(0), textureSize(values, 0) - 1); }

// Marked elements keep their colour and get a line around them, with another of the opposite lightness around that, so that it is seen on any
// colour; along the picture's edge the line runs inside. The rest steps back.
vec3 with_marks(vec3 shown, vec2 at) {
  vec2 edge = min(at, 1.0 - at) * pixels;
  uint level = texelFetch(marks, clamp(ivec2(at * pixels), ivec2(0), textureSize(marks, 0) - 1), 0).r;
  if (level > 2u) return min(edge.x, edge.y) < 1.0 ? mark_colour : shown;
  if (level > 1u) return mark_colour;
  if (level > 0u) return vec3(dot(mark_colour, vec3(0.3, 0.6, 0.1)) > 0.5 ? 0.0 : 1.0);
  return mix(shown, surface, 0.4);
}

// Thin slanting lines on the surface, fainter than any colour of the scale.
vec3 hatched() {
  float line = mod(gl_FragCoord.x + gl_FragCoord.y, 9.0);
  vec3 ink = dot(surface, vec3(0.3, 0.6, 0.1)) > 0.5 ? vec3(0.0) : vec3(1.0);
  return mix(surface, ink, line < 1.5 ? 0.22 : 0.03);
}

void main() {
  vec2 at = vec2(place.x, 1.0 - place.y);
  float value = texelFetch(values, texel_at(at), 0).r;
  vec3 shown = value < 0.0 ? hatched() : colour_of(scaled(value));
  if (has_marks) shown = with_marks(shown, at);
  colour = vec4(shown, 1.0);
}
