#include "engine/codegen/assembly.h"

#include <gtest/gtest.h>

namespace loopglass::codegen {
namespace {

TEST(Assembly, KeepsInstructionsAndLabelsInUse) {
  const Assembly got = readable_assembly(
      "\t.text\n\t.globl\tkernel\nkernel:                                 # @kernel\n.Lfunc_begin0:\n\t.loc\t1 0 0\n"
      "\txor\teax, eax\n.LBB0_1:                                # in loop\n\t.loc\t1 3 0 is_stmt 1\n\tinc\trax\n"
      "\tcmp\trax, 8\n\t.loc\t1 0 0\n\tjne\t.LBB0_1\n.Ltmp0:\n\tret\n\t.section\t.debug_info\n\t.long\t5\n.Lcu_begin0:\n");
  EXPECT_EQ(got.text, "kernel:\n  xor\teax, eax\n.LBB0_1:\n  inc\trax\n  cmp\trax, 8\n  jne\t.LBB0_1\n  ret\n");
  EXPECT_EQ(got.origins, (std::vector<std::pair<uint32_t, uint32_t>>{{4, 3}, {5, 3}}));
}

TEST(Assembly, SaysWhatIsSpilled) {
  const Assembly got = readable_assembly(
      "kernel:\n\tvmovups\tzmmword ptr [rsp + 64], zmm3 # 64-byte Spill\n\tadd\trax, qword ptr [rsp] # 8-byte Folded Reload\n\tret # done\n");
  EXPECT_EQ(got.text, "kernel:\n  vmovups\tzmmword ptr [rsp + 64], zmm3  # 64-byte Spill\n  add\trax, qword ptr [rsp]  # 8-byte Folded Reload\n  ret\n");
}

}  // namespace
}  // namespace loopglass::codegen
