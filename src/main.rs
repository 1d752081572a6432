//! The program. Everything it does is in the library; see `cli`.

use std::process::ExitCode;

/// An import frees in one thread what another has made, and the allocators of most systems are slow at that: a fifth of
/// its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    arrears::cli::main()
}
