//! Where a triggered message goes: to the local stack, to any other URL, or into a file as the event of a Lambda function.

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use http::Uri;
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use sandbox::Publisher;
use sandbox::publisher::Attempt;
use sns_webhook::Roots;

use super::outgoing::{Outgoing, Road};
use super::report::Report;
use crate::cli::{Answer, Context, Verdict};
use crate::commands::serve::DEFAULT_URL;
use crate::event_file::Encoding;
use crate::failure::Failure;
use crate::local::LocalStack;
use crate::stack::Function;

/// Where the message goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where it goes")]
pub(super) struct Destination {
    /// The local stack to send to.
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    stack: String,
    /// Sends to this URL instead. Over https, Amazon's authorities are believed, and those in the file AWS_CA_BUNDLE names. A
    /// deployed function believes the message only if it pins the sandbox's certificate, as in events/env.json.
    #[arg(long, value_name = "URL", value_parser = web_address, conflicts_with = "stack")]
    to: Option<Uri>,
    /// Sends the same message twice, as SNS does now and then.
    #[arg(long)]
    duplicate: bool,
    /// Writes the event that a Lambda function would be invoked with to this file instead of sending; - is standard output.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["stack", "to", "duplicate", "json"])]
    as_event: Option<PathBuf>,
    /// Writes the body of the event in base64, as API Gateway does for media types that it takes for binary.
    #[arg(long, requires = "as_event")]
    base64: bool,
    /// Prints one line of JSON for each attempt.
    #[arg(long)]
    json: bool,
}

impl Destination {
    /// Sends the message, or writes it.
    pub(super) async fn take(&self, outgoing: &Outgoing<'_>, context: &Context) -> Answer {
        match &self.as_event {
            Some(path) => self.write(path, outgoing),
            None => self.send(outgoing, context).await,
        }
    }

    /// The local stack, if the message goes there once.
    pub(super) fn plain_stack(&self) -> Option<&str> {
        let is_elsewhere = self.to.is_some() || self.as_event.is_some() || self.duplicate;
        (!is_elsewhere).then_some(self.stack.as_str())
    }

    /// Tells of a confirmation message that the local stack's sandbox has sent.
    pub(super) fn tell_subscription(&self, function: Function, attempt: &Attempt) -> Answer {
        let mut report = Report::of_subscription(&self.stack, function, self.json);
        report.head()?;
        report.attempt(attempt)
    }

    /// Records are text as they are.
    pub(super) fn check_relayed(&self) -> Result<(), Failure> {
        if self.base64 {
            return Err(Failure::new("records are never in base64; leave --base64 out"));
        }
        Ok(())
    }

    async fn send(&self, outgoing: &Outgoing<'_>, context: &Context) -> Answer {
        let url = match &self.to {
            Some(url) => url.clone(),
            None => {
                let stack = LocalStack::at(&self.stack);
                stack.describe().await?;
                match outgoing.road {
                    Road::Https { .. } => stack.function(outgoing.function)?,
                    Road::Records { .. } => stack.invocations(outgoing.function)?,
                }
            }
        };
        let publisher = Publisher::new(tls(&url, context)?).with_delays([]);
        let post = outgoing.post();
        let mut report = Report::of(outgoing, &url, self.json);
        let mut verdict = Verdict::No;
        for number in 0..if self.duplicate { 2 } else { 1 } {
            let delivery = publisher.deliver(&url, &post).await;
            let Some(attempt) = delivery.attempts.last() else { continue };
            match attempt {
                Attempt::Unreachable(reason) if number == 0 => {
                    return Err(Failure::new(format!("nothing could be sent to {url}: {reason}")));
                }
                Attempt::Answered { .. } | Attempt::TimedOut | Attempt::Unreachable(_) => {}
            }
            if number == 0 {
                report.head()?;
            }
            verdict = report.attempt(attempt)?;
        }
        Ok(verdict)
    }

    fn write(&self, path: &Path, outgoing: &Outgoing<'_>) -> Answer {
        let encoding = if self.base64 { Encoding::Base64 } else { Encoding::Text };
        let event = outgoing.event(encoding);
        if path == Path::new("-") {
            stdout().write_all(event.as_bytes())?;
        } else {
            let failed = |error| Failure::new(format!("cannot write {}: {error}", path.display()));
            std::fs::write(path, event).map_err(failed)?;
            writeln!(stdout(), "{} is in {}", outgoing.what, path.display())?;
        }
        Ok(Verdict::Yes)
    }
}

fn web_address(text: &str) -> Result<Uri, &'static str> {
    let uri = text.parse::<Uri>().map_err(|_| ADDRESS)?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(_)) => Ok(uri),
        _ => Err(ADDRESS),
    }
}

/// The functions' own trust: Amazon's authorities and AWS_CA_BUNDLE, so that it is the same on every machine.
fn tls(url: &Uri, context: &Context) -> Result<ClientConfig, Failure> {
    let bundle = (context.variable)("AWS_CA_BUNDLE").filter(|path| url.scheme_str() == Some("https") && !path.is_empty());
    let roots = match bundle {
        None => Roots::amazon(),
        Some(path) => {
            let bad = || Failure::new(format!("AWS_CA_BUNDLE names {path}, which is not a file of PEM certificates"));
            let pem = std::fs::read_to_string(&path).map_err(|_| bad())?;
            Roots::amazon().and(Roots::from_pem(&pem).map_err(|_| bad())?)
        }
    };
    Ok(ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots.tls_store())
        .with_no_client_auth())
}

const ADDRESS: &str = "write a URL such as https://example.execute-api.us-east-1.amazonaws.com/Prod/rtn";
