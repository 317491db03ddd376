//! Verifies a captured SNS delivery with the certificate at hand, without any network:
//! `cargo run -p sns-webhook --example verify_file -- MESSAGE.json CERTIFICATE.pem 2026-03-06T19:55:39Z`
#![expect(clippy::print_stdout, reason = "the verdict is shown to whoever asked for it")]

use std::error::Error;
use std::{env, fs};

use http::HeaderMap;
use sns_webhook::{SigningCert, Unverified};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut next = |what: &str| arguments.next().ok_or_else(|| format!("missing argument: {what}"));
    let body = fs::read(next("a file with the body of the delivery")?)?;
    let pem = fs::read(next("the certificate found at its SigningCertURL")?)?;
    let now = next("the time to verify at, such as 2026-03-06T19:55:39Z")?.parse()?;

    let message = Unverified::parse(&HeaderMap::new(), &body)?.verify(&SigningCert::from_pem(&pem)?, now)?;
    println!(
        "{} {} from {}",
        message.message_type().as_str(),
        message.message_id(),
        message.topic_arn()
    );
    Ok(())
}
