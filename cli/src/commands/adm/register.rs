//! `firepost adm register`: the security profile may send to topics.

use std::io::{Write as _, stdout};

use bytes::Bytes;
use clap::Args;
use http::Request;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::messaging::Function;
use crate::terminal::harmless;

/// Registers the security profile for Topic Based Messaging. Again is as good as once, and sending does it by itself where it is
/// missing: so this is how to see whether the credentials are right.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    function: Function,
    /// Prints one line of JSON: {"status", "retry_after", "answer"}.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(Arguments { function, json }: Arguments, context: &Context) -> Answer {
    let request = Request::post("/adm/registration").body(Bytes::new())?;
    let reply = function.ask(request, context).await?;
    let mut out = stdout();
    if json {
        let line = Line {
            status: reply.status,
            retry_after: reply.retry_after,
            answer: &reply.body,
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    } else if reply.verdict() == Verdict::Yes {
        let profile = match &reply.said.security_profile {
            Some(name) => format!("The security profile {name}"),
            None => "The security profile".to_owned(),
        };
        writeln!(out, "{} is registered for topics.", harmless(&profile))?;
    }
    match reply.verdict() {
        Verdict::Yes => Ok(Verdict::Yes),
        Verdict::No => deny(reply.denial()),
    }
}

#[derive(Serialize)]
struct Line<'a> {
    status: u16,
    retry_after: Option<u64>,
    /// The function's answer, as it came.
    answer: &'a RawValue,
}

const EXAMPLES: &str = "\
Examples:
  firepost adm register
  SENDS_TABLE=sends ADM_CREDENTIALS_SECRET=firepost/adm firepost adm register --deployed

Exit codes: 0 registered, 1 refused, or not now, 2 it could not be asked.";
