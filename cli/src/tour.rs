//! The tour: what notifications and messages meet on their way, played against the local stack, each step with what came of it.

mod endpoint;
mod handing_on;
mod message;
mod order;
mod purchase;

use std::fmt;
use std::io::{self, Write};

use inbox::Record;
use jiff::Timestamp;
use sandbox::publisher::{Attempt, Post};
use sandbox::{Envelope, Pki, Publisher, Signer};

use crate::came::Came;
use crate::stack::Stack;

/// Plays all steps and tells of each as it ends; whether every outcome was the expected one.
///
/// # Errors
/// What `out` fails with.
pub(crate) async fn play(stack: &Stack, now: Timestamp, out: &mut impl Write) -> io::Result<bool> {
    let pki = Pki::fixed();
    let tour = Tour {
        stack,
        signer: pki.signer(),
        forger: pki.forger(),
        publisher: Publisher::new(pki.client_tls()).with_delays([]),
        seed: format!("tour {}", now.as_millisecond()),
        now,
    };
    let mut steps = 0;
    let mut surprises = 0;
    let mut tell = |step: Step| {
        steps += 1;
        surprises += usize::from(!step.is_expected());
        writeln!(out, "{steps:>3}. {step}")
    };
    tell(tour.handshake().await)?;
    tell(tour.purchase().await)?;
    tell(tour.redelivery().await)?;
    tell(tour.forgery().await)?;
    tell(tour.stranger().await)?;
    tell(tour.unreadable().await)?;
    tell(tour.renewal().await)?;
    tell(tour.late().await)?;
    tell(tour.history().await)?;
    tell(tour.order_over_https().await)?;
    tell(tour.order_from_sns().await)?;
    tell(tour.both_orders().await)?;
    tell(tour.invoking_stranger().await)?;
    tell(tour.handing_on().await)?;
    tell(tour.replay().await)?;
    tell(tour.replay_again().await)?;
    tell(tour.message().await)?;
    tell(tour.message_again().await)?;
    tell(tour.other_message().await)?;
    tell(tour.throttled().await)?;
    tell(tour.lost_answer().await)?;
    tell(tour.doubt().await)?;
    tell(tour.resend().await)?;
    tell(tour.split().await)?;
    tell(tour.registration().await)?;
    tell(tour.removal().await)?;
    tell(tour.sweep_without_evidence().await)?;
    tell(tour.return_in_an_outage().await)?;
    tell(tour.sweep_with_evidence().await)?;
    tell(tour.sweep_again().await)?;
    writeln!(out, "{} of {steps} outcomes are the expected ones.", steps - surprises)?;
    Ok(surprises == 0)
}

struct Tour<'a> {
    stack: &'a Stack,
    signer: Signer,
    forger: Signer,
    publisher: Publisher,
    /// Makes every tour's purchases and devices its own, so that it can be played on a database that has seen others.
    seed: String,
    now: Timestamp,
}

/// One step and what came of it.
struct Step {
    what: &'static str,
    came: String,
    expected: String,
}

impl Step {
    fn is_expected(&self) -> bool {
        self.came == self.expected
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<63} {}", self.what, self.came)?;
        if self.is_expected() {
            Ok(())
        } else {
            write!(f, "   <- expected: {}", self.expected)
        }
    }
}

impl Tour<'_> {
    fn step(&self, what: &'static str, expected: &str) -> Step {
        Step {
            what,
            came: String::new(),
            expected: expected.to_owned(),
        }
    }

    /// Delivers to `rtn` as SNS does and says what came back: status, outcome, and the reason if there is one.
    async fn send(&self, envelope: &Envelope) -> String {
        self.post("rtn", &Post::of(envelope)).await
    }

    /// Sends a request to the stack and says what came back.
    async fn post(&self, path: &str, post: &Post) -> String {
        let url = format!("{}/{path}", self.stack.url);
        let delivery = self
            .publisher
            .deliver(&url.parse().expect("the URL of a running stack"), post)
            .await;
        let last: Option<&Attempt> = delivery.attempts.last();
        last.map(|attempt| Came::of(attempt).in_brief()).unwrap_or_default()
    }

    /// What is on record of the tour's purchase, in order.
    async fn purchase_on_record(&self) -> Result<Vec<Record>, String> {
        let event = rtn::read(&self.purchase_text()).map_err(|error| error.to_string())?.event;
        self.on_record(&event.subject()).await
    }

    /// What is on record of the tour's device, in order.
    async fn device_on_record(&self) -> Result<Vec<Record>, String> {
        let event = drs::read(&self.order_text(), None).map_err(|error| error.to_string())?.event;
        self.on_record(&event.subject()).await
    }

    async fn on_record(&self, subject: &str) -> Result<Vec<Record>, String> {
        self.stack
            .inbox
            .history(subject, self.now)
            .await
            .map_err(|error| error.to_string())
    }
}

const STRANGE_TOPIC: &str = "arn:aws:sns:us-east-1:999999999999:not-yours";
