// What the window shows, as pixels.
#pragma once

#include "app/image/image.h"

namespace loopglass::gl {

// What the current context's framebuffer shows, opaque.
image::Image read_framebuffer(int width, int height);

}  // namespace loopglass::gl
