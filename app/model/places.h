// Where the program keeps things: XDG's directories, or all below $LOOPGLASS_HOME; and where its own files stand.
#pragma once

#include <filesystem>

namespace loopglass::app {

std::filesystem::path state_directory();    // journals
std::filesystem::path config_directory();   // settings
std::filesystem::path cache_directory();    // what was measured of the machine
std::filesystem::path kernel_directory();   // compiled kernels, in it
std::filesystem::path home_directory();     // of the person; the folder that the program was started in where there is none
std::filesystem::path program_directory();  // of the running program
// assets/ and shaders/: $LOOPGLASS_ASSETS, or beside the program, or where the program was built from.
std::filesystem::path assets_directory();
std::filesystem::path shaders_directory();
std::filesystem::path worker_program();     // loopglass-worker, beside the program

}  // namespace loopglass::app
