//! The options about certificates, and the files that they name.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use clap::{Args, ValueEnum};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sns_webhook::{ChainPolicy, Https, PinnedCerts, Roots, SigningCerts};

use super::evidence::{Evidence, Origin};
use crate::failure::Failure;

/// Options about certificates. All files are PEM.
#[derive(Debug, Args)]
pub(super) struct EvidenceArguments {
    /// The document found at the certificate URL of the messages. Every check applies to it.
    #[arg(long, value_name = "PEM")]
    cert: Option<PathBuf>,
    /// A certificate that is trusted for exactly this URL, whatever URL it is, and needs no chain; may be repeated. What follows
    /// the last = is the file.
    #[arg(long, value_name = "URL=PEM", value_parser = pin)]
    pin: Vec<(String, PathBuf)>,
    /// Root certificates that a chain must end at, in the place of Amazon's; may be repeated.
    #[arg(long, value_name = "PEM")]
    root: Vec<PathBuf>,
    /// Certificates of issuers between the signing certificate and a root, in this order; may be repeated.
    #[arg(long, value_name = "PEM", conflicts_with = "fetch")]
    intermediate: Vec<PathBuf>,
    /// Whether the chain to a root must be built, or only must hold if the issuer's certificate is at hand.
    #[arg(long, value_name = "POLICY", value_enum, default_value_t = Chain::Prefer)]
    chain: Chain,
    /// Fetches the document, and the issuers' certificates, as the deployed functions do: from the SNS host of the topic's region,
    /// after every check that needs no certificate.
    #[arg(long, conflicts_with = "cert")]
    fetch: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Chain {
    /// A missing issuer is accepted; a chain that does not hold is refused.
    Prefer,
    /// A missing issuer leaves the message undecided.
    Require,
}

impl EvidenceArguments {
    /// Reads all files.
    pub(super) fn gather(&self) -> Result<Evidence, Failure> {
        let pins = self.pins()?;
        let roots = self.roots()?;
        let policy = match self.chain {
            Chain::Prefer => ChainPolicy::Prefer,
            Chain::Require => ChainPolicy::Require,
        };
        let origin = match (&self.cert, self.fetch) {
            (Some(path), _) => Origin::Given(fs::read(path).map_err(|error| unreadable("--cert", path, &error))?),
            (None, true) => Origin::Network,
            (None, false) => Origin::Nowhere,
        };
        let issuers = self
            .intermediate
            .iter()
            .map(|path| certificates(path))
            .collect::<Result<Vec<_>, _>>()?
            .concat();
        // Whatever root a chain is to end at: the host that documents are fetched from is Amazon's.
        let https = Https::new(&Roots::amazon(), FETCH_DEADLINE);
        Ok(Evidence::new(SigningCerts::new(pins, roots, policy, https), origin, issuers))
    }

    fn pins(&self) -> Result<PinnedCerts, Failure> {
        let mut pins = PinnedCerts::default();
        for (url, path) in &self.pin {
            let pem = fs::read_to_string(path).map_err(|error| unreadable("--pin", path, &error))?;
            let wrong = |_| Failure::new(format!("--pin: {} is not exactly one PEM certificate", path.display()));
            pins.pin(url, &pem).map_err(wrong)?;
        }
        Ok(pins)
    }

    fn roots(&self) -> Result<Roots, Failure> {
        let mut all: Option<Roots> = None;
        for path in &self.root {
            let pem = fs::read_to_string(path).map_err(|error| unreadable("--root", path, &error))?;
            let roots = Roots::from_pem(&pem).map_err(|error| Failure::new(format!("--root: {}: {error}", path.display())))?;
            all = Some(match all {
                Some(others) => others.and(roots),
                None => roots,
            });
        }
        Ok(all.unwrap_or_else(Roots::amazon))
    }
}

/// All certificates of a file, in DER.
fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let pem = fs::read(path).map_err(|error| unreadable("--intermediate", path, &error))?;
    let ders = CertificateDer::pem_slice_iter(&pem)
        .map(|der| der.map(|der| der.to_vec()))
        .collect::<Result<Vec<_>, _>>();
    let wrong = || {
        Failure::new(format!(
            "--intermediate: {} is not one or more PEM certificates",
            path.display()
        ))
    };
    ders.ok().filter(|ders| !ders.is_empty()).ok_or_else(wrong)
}

fn unreadable(option: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{option}: cannot read {}: {error}", path.display()))
}

fn pin(text: &str) -> Result<(String, PathBuf), &'static str> {
    match text.rsplit_once('=') {
        Some((url, path)) if !url.is_empty() && !path.is_empty() => Ok((url.to_owned(), path.into())),
        _ => Err("it must be URL=PEM, such as http://127.0.0.1:4566/cert.pem=emulator.pem"),
    }
}

/// As the deployed functions have it.
const FETCH_DEADLINE: Duration = Duration::from_secs(3);
