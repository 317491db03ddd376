//! The template and the sources it is compared with, read from the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::yaml;

/// The template as JSON.
pub(crate) struct Template(Value);

impl Template {
    pub(crate) fn read() -> Self {
        Self(yaml::read(&source("template.yaml")))
    }

    /// What a path such as `Resources/Rtn/Properties` leads to; null for nothing.
    pub(super) fn at(&self, path: &str) -> &Value {
        path.split('/').fold(&self.0, |value, name| &value[name])
    }

    /// Names and properties of all resources of a type.
    pub(super) fn resources(&self, of_type: &str) -> Vec<(&str, &Value)> {
        let resources = self.at("Resources").as_object().expect("there are resources");
        let of_type = resources.iter().filter(|(_, resource)| resource["Type"] == of_type);
        of_type
            .map(|(name, resource)| (name.as_str(), &resource["Properties"]))
            .collect()
    }
}

/// A file of the repository.
pub(super) fn source(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| unreachable!("{path}: {error}"))
}

/// The Rust files below a folder of the repository, by their paths in it.
pub(super) fn rust_files(folder: &str) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("the entry is there").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let path = path.strip_prefix(root()).expect("it is below the root");
                files.insert(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    files
}

/// A list of texts, or a single text as a list.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => other.as_str().into_iter().collect(),
    }
}

/// The repository.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
