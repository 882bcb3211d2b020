// What is known of one element of a buffer.
#pragma once

#include "app/ui/memory_picture.h"

namespace loopglass::ui {

// A line each: its name, its counts, what the picture shows of it, its misses, its set, who touches it. `number`: of the buffer; `source`: of its picture.
std::string element_card(const PanelContext& context, const locality::Access& access, const PictureSource& source, size_t number, const std::vector<int64_t>& index);

}  // namespace loopglass::ui
