//! Where the executables are, and how large.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Those that are measured.
pub(crate) enum Executables {
    /// cargo's, beside this program.
    Cargo(PathBuf),
    /// cargo lambda's: `<folder>/<function>/bootstrap`.
    Lambda(PathBuf),
}

/// Bytes.
pub(crate) struct Size {
    pub(crate) whole: usize,
    /// As in a zip, by `gzip -9`; none without that program.
    pub(crate) deflated: Option<usize>,
}

impl Executables {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        folder.map_or_else(
            || {
                // This program is target/<profile>/deps/<program>.
                let this = std::env::current_exe().unwrap();
                Self::Cargo(this.parent().and_then(Path::parent).unwrap().to_owned())
            },
            |folder| Self::Lambda(there(&folder)),
        )
    }

    pub(crate) fn of(&self, function: &str) -> PathBuf {
        let (path, advice) = match self {
            Self::Cargo(folder) => (folder.join(function), "`cargo test --workspace --no-run` builds it"),
            Self::Lambda(folder) => (
                folder.join(function).join("bootstrap"),
                "README, \"Measure\", has what builds it",
            ),
        };
        assert!(path.is_file(), "there is no {}: {advice}", path.display());
        path
    }

    pub(crate) fn told(&self) -> String {
        match self {
            Self::Cargo(folder) => format!("cargo's, in {}", folder.display()),
            Self::Lambda(folder) => format!("cargo lambda's, in {}", folder.display()),
        }
    }
}

pub(crate) fn size(executable: &Path) -> Size {
    let gzip = Command::new("gzip").args(["-9", "-c"]).arg(executable).output();
    Size {
        whole: fs::metadata(executable).unwrap().len().try_into().unwrap(),
        deflated: gzip
            .ok()
            .filter(|ended| ended.status.success())
            .map(|ended| ended.stdout.len()),
    }
}

/// A bench runs in the folder of its package, and whoever runs it names the folder from where he is: the root.
fn there(folder: &Path) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let found = folder.canonicalize();
    found.unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}
