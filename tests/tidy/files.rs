//! The files of the repository, and which of them are tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of the repository.
pub(crate) struct File {
    /// From the root, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
    /// A module of its own that is declared for tests only.
    pub(crate) is_test_module: bool,
}

impl File {
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Tests, benchmarks, examples and fuzz targets: all that is not part of what is built for others.
    fn is_for_tests(&self) -> bool {
        let folders = ["tests", "benches", "examples", "fuzz"];
        self.is_test_module || self.path.split('/').any(|part| folders.contains(&part))
    }

    /// The files of the modules that are declared here for tests only.
    fn test_modules(&self) -> Vec<String> {
        let folder = match self.path.strip_suffix("lib.rs").or(self.path.strip_suffix("main.rs")) {
            Some(folder) => folder.to_owned(),
            None => self.path.replace(".rs", "/"),
        };
        let declared = self.text.split("#[cfg(test)]\nmod ").skip(1);
        declared
            .filter_map(|rest| Some(format!("{folder}{}.rs", rest.lines().next()?.strip_suffix(';')?)))
            .collect()
    }

    /// The part before the unit tests, which stand at the foot of a file.
    pub(crate) fn source(&self) -> &str {
        match self.is_for_tests() {
            true => "",
            false => self.text.split("#[cfg(test)]\nmod tests {").next().unwrap(),
        }
    }

    /// The part that is tests.
    pub(crate) fn tests(&self) -> &str {
        &self.text[self.source().len()..]
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file of a kind that the rules are about.
pub(crate) fn files() -> Vec<File> {
    let mut files = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_ours = [".rs", ".toml", ".md"].iter().any(|ending| name.ends_with(ending));
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if is_ours {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                let is_test_module = false;
                files.push(File {
                    path,
                    text,
                    is_test_module,
                });
            }
        }
    }
    assert!(files.len() > 100, "{} files", files.len());
    let test_modules: BTreeSet<_> = files.iter().flat_map(File::test_modules).collect();
    for file in &mut files {
        file.is_test_module = test_modules.contains(&file.path);
    }
    files
}

/// The names in a section of a manifest, such as `dependencies`.
pub(crate) fn section(manifest: &str, name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(manifest)).unwrap();
    let lines = text.lines().skip_while(|line| *line != format!("[{name}]")).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
    names
        .map(|line| line.split(['.', ' ', '=']).next().unwrap().to_owned())
        .collect()
}
