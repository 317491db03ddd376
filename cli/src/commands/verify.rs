//! `firepost verify`: why a captured SNS delivery is or is not believable, step by step.
//!
//! Every check is the deployed functions' own and comes in their order; this command only tells how each went. It works on files
//! alone, needs no stack, and asks a network only with `--fetch`.

pub(crate) mod capture;
mod evidence;
mod judge;
mod options;
mod report;
mod step;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use http::{HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use sns_webhook::{Freshness, TrustedTopics};

use crate::cli::{Answer, Context, Verdict};
use capture::Capture;
use judge::Judge;
use options::EvidenceArguments;

/// Explains step by step why a captured SNS delivery is or is not believable.
///
/// FILE holds the body of the delivery as it was received, byte for byte; both spellings of the URL keys are read (SigningCertURL
/// of HTTPS deliveries, SigningCertUrl of Lambda records). An API Gateway event file (payload 1.0 or 2.0, base64 or not) is
/// recognised by its requestContext: its body is verified together with its headers.
///
/// The checks are those of the deployed functions, in their order. Nothing is fetched unless --fetch says so.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The captured deliveries; - reads standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    evidence: EvidenceArguments,
    /// The clock to verify at, such as 2026-03-06T19:55:39Z: it decides on the age of the message and on the validity of the
    /// certificate. Default: now.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    /// A topic ARN, or all topics of an account as arn:aws:sns:us-east-1:033616359524:*; may be repeated. Any other topic is
    /// refused. Without this option the topic is not asked about: SNS signs for every AWS account, so an authentic message may
    /// come from anybody's topic.
    #[arg(long, value_name = "PATTERN", value_parser = topics)]
    trust_topic: Vec<TrustedTopics>,
    /// An HTTP header of the delivery, such as x-amz-sns-message-type=Notification; may be repeated. Headers are not signed: they
    /// can only make a delivery fail.
    #[arg(long, value_name = "K=V", value_parser = header)]
    header: Vec<(HeaderName, HeaderValue)>,
    /// Greatest accepted age of the message, counted from its Timestamp to --at, in seconds. Default: 3915, an hour of retries and
    /// what clocks may differ.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(i64).range(1..=10_000_000_000))]
    max_age: Option<i64>,
    /// Prints one line of JSON per file: {"file", "verdict", "reason", "type", "topic_arn", "message_id", "steps"}.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let captures = arguments
        .files
        .iter()
        .map(|path| Capture::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    let mut judge = Judge {
        headers: arguments.header,
        evidence: arguments.evidence.gather()?,
        freshness: arguments
            .max_age
            .map(SignedDuration::from_secs)
            .map_or_else(Freshness::default, Freshness::with_max_age),
        trusted_topics: arguments.trust_topic,
        at: arguments.at,
        now: arguments.at.unwrap_or_else(|| (context.clock)()),
    };
    let mut out = io::stdout();
    let mut verdict = Verdict::Yes;
    for capture in &captures {
        let report = judge.report(capture).await;
        if !report.is_authentic() {
            verdict = Verdict::No;
        }
        if arguments.json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
        } else {
            writeln!(out, "{report}")?;
        }
    }
    Ok(verdict)
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    text.parse()
        .map_err(|_| "it must be a time with its offset, such as 2026-03-06T19:55:39Z (RFC 3339)")
}

fn topics(text: &str) -> Result<TrustedTopics, Box<dyn Error + Send + Sync>> {
    let topics = TrustedTopics::parse(text)?;
    if topics == TrustedTopics::default() {
        return Err("it must name a topic, such as arn:aws:sns:us-east-1:033616359524:*".into());
    }
    Ok(topics)
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    let (name, value) = text
        .split_once('=')
        .ok_or("it must be NAME=VALUE, such as x-amz-sns-message-type=Notification")?;
    let name = name
        .parse()
        .map_err(|_| "what stands before the = is not the name of a header")?;
    let value = value
        .parse()
        .map_err(|_| "what stands after the = cannot be the value of a header")?;
    Ok((name, value))
}

const EXAMPLES: &str = "\
Examples:
  firepost verify captured.json --cert signer.pem --at 2026-03-06T19:55:39Z
      with the document found at its SigningCertURL, as of the time at which it was received
  firepost verify captured.json --fetch
      fetch that document, and the certificates of its issuers
  firepost verify captured.json --cert signer.pem --intermediate issuer.pem --chain require
      the certificate must chain to Amazon's roots
  firepost verify event.json --pin http://127.0.0.1:4566/cert.pem=emulator.pem
      an emulator's certificate, trusted for exactly this URL
  firepost verify *.json --cert signer.pem --trust-topic arn:aws:sns:us-east-1:033616359524:LT0XA --json
      one line of JSON per file; messages of other topics are refused

Verdicts:
  authentic   SNS signed it
  refused     final: forged, malformed, or not wanted (raw delivery, topic, age)
  transient   not decided: the certificate, or its issuer's, is not at hand

Without --at an old message is refused as stale: give the time at which it was received.

Exit codes: 0 all are authentic, 1 some are not, 2 the question could not be asked.";
