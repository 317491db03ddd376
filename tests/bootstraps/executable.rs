//! Where the executables of the functions are.

use std::path::{Path, PathBuf};

use super::processes::capitalised;
use super::real::path;

/// The executable of a function: cargo's of this profile, or, with `FIREPOST_BOOTSTRAPS=DIR`, `DIR/<function>/bootstrap`, as cargo
/// lambda writes them, or `DIR/<Function>/bootstrap`, as `sam build` does.
pub(crate) fn executable(function: &str) -> PathBuf {
    match path("FIREPOST_BOOTSTRAPS") {
        Some(folder) => {
            let of_sam = folder.join(capitalised(function)).join("bootstrap");
            if of_sam.is_file() {
                return of_sam;
            }
            there(folder.join(function).join("bootstrap"), LAMBDA_BUILD)
        }
        // This test is target/<profile>/deps/<test>.
        None => {
            let test = std::env::current_exe().unwrap();
            let profile = test.parent().and_then(Path::parent).unwrap();
            there(profile.join(function), TEST_BUILD)
        }
    }
}

/// AWS's Runtime Interface Emulator, if `FIREPOST_RIE` says where it is.
pub(crate) fn emulator() -> Option<PathBuf> {
    path("FIREPOST_RIE").map(|path| there(path, "`.ci/bootstraps` knows where one is"))
}

fn there(path: PathBuf, advice: &str) -> PathBuf {
    assert!(path.is_file(), "there is no {}: {advice}", path.display());
    path
}

const TEST_BUILD: &str = "`cargo test --workspace --no-run` builds it";
const LAMBDA_BUILD: &str = "`cargo lambda build --release --lambda-dir DIR` builds it";
