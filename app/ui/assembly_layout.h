// The text panel's assembly: which loop or block each instruction belongs to, and of each loop how wide its vectors are and what it spills. Pure.
#pragma once

#include "app/ui/locale.h"
#include "app/ui/text_layout.h"
#include "engine/measure/client.h"

namespace loopglass::ui {

// Of the instructions whose innermost loop it is.
struct LoopCode {
  int instructions = 0;
  int vector_bits = 0;   // of the widest; 0: none works on a vector
  int spills = 0;        // registers written to the stack, for want of others
  int reloads = 0;       // and read from there
};

// The bits of the vectors that an instruction in Intel's syntax works on; 0 for a scalar.
int vector_bits_of(std::string_view instruction);
// Adds one instruction, with the comment that says what it spills.
void add_instruction(LoopCode& code, std::string_view line);

// A line before each run of a loop's instructions says what its code is like; a line belongs to the innermost loop or block of its statement.
LinkedLines linked_assembly(const measure::Compiled& compiled, const ir::Module& module, const Locale& words);

}  // namespace loopglass::ui
