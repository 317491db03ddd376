//! A folder with captured files and the certificates for them, and the command run in it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{fs, path::Path};

use jiff::Timestamp;
use sandbox::pki::{Issued, Leaf};
use sandbox::rtn::Payload;
use sandbox::{Envelope, Notification, Pki, SignatureVersion, Signer};
use serde_json::Value;

pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
pub(crate) const AT: &str = "2026-03-06T19:55:40Z";

/// What the command said, and how it ended.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// One test's own folder. `cert.pem`, `root.pem` and `intermediate.pem` are in it.
pub(crate) struct Desk(PathBuf);

impl Desk {
    pub(crate) fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify").join(test);
        fs::create_dir_all(&folder).unwrap();
        let desk = Self(folder);
        let pki = Pki::fixed();
        desk.put("cert.pem", pki.signing_cert_pem());
        desk.put("root.pem", pki.root_pem());
        desk.put("intermediate.pem", pki.intermediate_pem());
        desk
    }

    pub(crate) fn put(&self, file: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.0.join(file), contents).unwrap();
    }

    /// Issues a certificate, puts it into `cert.pem` and a message that it signed into `message.json`.
    pub(crate) fn issue(&self, leaf: &Leaf) -> Issued {
        let issued = Pki::fixed().issue(leaf);
        self.put("cert.pem", &issued.pem);
        let signer = issued.signer.clone().unwrap_or_else(|| Pki::fixed().signer());
        self.put("message.json", notification(&signer, SignatureVersion::V1).text());
        issued
    }

    pub(crate) fn verify(&self, arguments: &[&str]) -> Answer {
        self.run("verify", arguments, "")
    }

    /// Runs a subcommand in the folder.
    pub(crate) fn run(&self, command: &str, arguments: &[&str], input: impl AsRef<[u8]>) -> Answer {
        let mut process = Command::new(env!("CARGO_BIN_EXE_firepost"))
            .arg(command)
            .args(arguments)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(input.as_ref()).unwrap();
        let output = process.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Verifies `message.json` at [`AT`] and gives the exit code, the verdict, its reason and the step that it fell at.
    pub(crate) fn judge(&self, arguments: &[&str]) -> String {
        let arguments = [&["message.json", "--json", "--at", AT], arguments].concat();
        let answer = self.verify(&arguments);
        assert_eq!(answer.err, "");
        summary(&answer)
    }

    /// The same with the certificate.
    pub(crate) fn judge_with_cert(&self, message: impl AsRef<[u8]>, arguments: &[&str]) -> String {
        self.put("message.json", message);
        self.judge(&[&["--cert", "cert.pem"], arguments].concat())
    }
}

/// `1 refused signature_mismatch at signature`, of an answer in one line of JSON.
pub(crate) fn summary(answer: &Answer) -> String {
    let report = serde_json::from_str::<Value>(&answer.out).unwrap();
    let (code, verdict) = (answer.code.unwrap(), report["verdict"].as_str().unwrap());
    let Some(reason) = report["reason"].as_str() else {
        return format!("{code} {verdict}");
    };
    let steps = report["steps"].as_array().unwrap();
    let fell = steps
        .iter()
        .filter(|step| step["result"] == "refused" || step["detail"] == "not reached");
    let undecided = steps
        .iter()
        .rfind(|step| step["result"] == "not_decided" && step["detail"] != "not reached");
    let step = fell.clone().find(|step| step["result"] == "refused").or(undecided).unwrap();
    format!("{code} {verdict} {reason} at {}", step["step"].as_str().unwrap())
}

pub(crate) fn sent() -> Timestamp {
    "2026-03-06T19:55:38.903Z".parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    AT.parse().unwrap()
}

/// A renewal, without a subject.
pub(crate) fn renewal() -> Notification {
    Notification::new(
        TOPIC,
        "seed",
        &Payload::new("SUBSCRIPTION_RENEWED", "seed", sent()).text(),
        sent(),
    )
}

pub(crate) fn notification(signer: &Signer, version: SignatureVersion) -> Envelope {
    signer.sign(renewal(), version)
}

/// A good message of the fixed signer.
pub(crate) fn good() -> Envelope {
    notification(&Pki::fixed().signer(), SignatureVersion::V1)
}
