//! A folder with captured messages, and the command run in it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// One test's own folder, and the source whose messages are in it.
pub(crate) struct Desk {
    folder: PathBuf,
    source: &'static str,
}

/// What the command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn new(source: &'static str, test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read").join(source).join(test);
        fs::create_dir_all(&folder).unwrap();
        Self { folder, source }
    }

    pub(crate) fn put(&self, file: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.folder.join(file), contents).unwrap();
    }

    pub(crate) fn read(&self, arguments: &[&str], input: &str) -> Answer {
        let mut process = Command::new(env!("CARGO_BIN_EXE_firepost"))
            .args(["read", self.source])
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = process.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Reads one message and gives the exit code and the line of JSON.
    pub(crate) fn line(&self, message: impl AsRef<[u8]>) -> (Option<i32>, Value) {
        self.put("message.json", message);
        let answer = self.read(&["message.json", "--json"], "");
        assert_eq!((answer.err.as_str(), answer.out.lines().count()), ("", 1));
        (answer.code, serde_json::from_str(&answer.out).unwrap())
    }
}
