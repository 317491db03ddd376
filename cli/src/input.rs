//! What a command is given to read: a file, or standard input.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use crate::failure::Failure;

/// The whole of a file, or of standard input for `-`.
pub(crate) fn contents(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path.as_os_str() == STANDARD_INPUT {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    read.map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))
}

const STANDARD_INPUT: &str = "-";
