//! The tour: what an RTN function meets in its life, played against the local stack, each step with what came of it.

use std::fmt;
use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};
use sandbox::publisher::Post;
use sandbox::rtn::{Payload, Quirk};
use sandbox::{Envelope, Message, Notification, Pki, Publisher, SignatureVersion, Signer, SubscriptionConfirmation};

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
    writeln!(out, "{} of {steps} outcomes are the expected ones.", steps - surprises)?;
    Ok(surprises == 0)
}

struct Tour<'a> {
    stack: &'a Stack,
    signer: Signer,
    forger: Signer,
    publisher: Publisher,
    /// Makes every tour's purchases its own, so that it can be played on a database that has seen others.
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
    async fn handshake(&self) -> Step {
        let token = self.stack.api.issue_token(TOPIC);
        let message = SubscriptionConfirmation::new(TOPIC, &token, self.now);
        let mut step = self.step(
            "SNS asks whether this endpoint wants the subscription",
            "200 subscription_confirmed",
        );
        step.came = self.send(&self.signer.sign(message, SignatureVersion::V1)).await;
        if !self.stack.api.confirmed().iter().any(|confirmed| confirmed.token == token) {
            step.came.push_str(", but SNS was not told");
        }
        step
    }

    async fn purchase(&self) -> Step {
        let came = self.send(&self.purchased()).await;
        Step {
            came,
            ..self.step("SUBSCRIPTION_PURCHASED arrives, signed by SNS", "200 recorded")
        }
    }

    async fn redelivery(&self) -> Step {
        let came = self.send(&self.purchased()).await;
        Step {
            came,
            ..self.step("the same delivery arrives again", "200 duplicate")
        }
    }

    async fn forgery(&self) -> Step {
        let payload = Payload::new("SUBSCRIPTION_PURCHASED", &format!("{} forged", self.seed), self.now);
        let message = Notification::new(TOPIC, &format!("{} forged", self.seed), &payload.text(), self.now);
        // The forger signs with a key of their own, and names SNS's certificate.
        let url = self.signer.certificate_url(TOPIC);
        let forged = self.forger.sign(message, SignatureVersion::V2).with("SigningCertURL", url);
        let came = self.send(&forged).await;
        Step {
            came,
            ..self.step(
                "somebody else signs a purchase of their own",
                "403 refused: signature_mismatch",
            )
        }
    }

    async fn stranger(&self) -> Step {
        let payload = Payload::new("SUBSCRIPTION_PURCHASED", &format!("{} stranger", self.seed), self.now);
        let message = Notification::new(STRANGE_TOPIC, &format!("{} stranger", self.seed), &payload.text(), self.now);
        let came = self.send(&self.signer.sign(message, SignatureVersion::V1)).await;
        Step {
            came,
            ..self.step(
                "SNS signs a message of another account's topic",
                "403 refused: topic_not_admitted",
            )
        }
    }

    async fn unreadable(&self) -> Step {
        let message = Notification::new(
            TOPIC,
            &format!("{} unreadable", self.seed),
            &Quirk::Unreadable.text(&self.seed, self.now),
            self.now,
        );
        let came = self.send(&self.signer.sign(message, SignatureVersion::V1)).await;
        Step {
            came,
            ..self.step("SNS signs a message that nobody can read: kept", "200 quarantined: not_json")
        }
    }

    async fn renewal(&self) -> Step {
        let came = self.send(&self.event("SUBSCRIPTION_RENEWED", SignedDuration::ZERO)).await;
        Step {
            came,
            ..self.step("SUBSCRIPTION_RENEWED arrives, with signature version 2", "200 recorded")
        }
    }

    async fn late(&self) -> Step {
        let came = self
            .send(&self.event("SUBSCRIPTION_IN_GRACE_PERIOD", SignedDuration::from_mins(5)))
            .await;
        Step {
            came,
            ..self.step("SUBSCRIPTION_IN_GRACE_PERIOD arrives, older than the renewal", "200 recorded")
        }
    }

    /// Out of order on arrival, in order on record: the late event is marked, and does not overwrite the newer state.
    async fn history(&self) -> Step {
        let step = self.step(
            "the record of this purchase",
            "PURCHASED, IN_GRACE_PERIOD (late), RENEWED; state: active",
        );
        let Ok(reading) = rtn::read(&Payload::new("SUBSCRIPTION_PURCHASED", &self.seed, self.now).text()) else {
            return Step {
                came: "the sandbox's own sample cannot be read".to_owned(),
                ..step
            };
        };
        let history = match self.stack.inbox.history(&reading.event.subject(), self.now).await {
            Ok(history) => history,
            Err(error) => {
                return Step {
                    came: error.to_string(),
                    ..step
                };
            }
        };
        let late = inbox::late(&history);
        let events = history
            .iter()
            .filter_map(|record| rtn::read(&record.raw).ok())
            .map(|reading| reading.event)
            .collect::<Vec<_>>();
        let names = events.iter().zip(&history).map(|(event, record)| {
            let name = event.kind.as_str().trim_start_matches("SUBSCRIPTION_").to_owned();
            if late.iter().any(|late| late.event == record.event) {
                format!("{name} (late)")
            } else {
                name
            }
        });
        let names = names.collect::<Vec<_>>().join(", ");
        let state = rtn::purchase::fold(reading.event.receipt_id.as_str(), &events);
        let state = state.map_or("unknown", |purchase| purchase.state.as_str());
        Step {
            came: format!("{names}; state: {state}"),
            ..step
        }
    }

    fn purchased(&self) -> Envelope {
        let at = self.now - SignedDuration::from_mins(10);
        let payload = Payload::new("SUBSCRIPTION_PURCHASED", &self.seed, at);
        let message = Notification::new(TOPIC, &self.seed, &payload.text(), self.now);
        self.signer.sign(message, SignatureVersion::V1)
    }

    fn event(&self, notification_type: &str, ago: SignedDuration) -> Envelope {
        let payload = Payload::new(notification_type, &self.seed, self.now - ago);
        let message = Notification::new(
            TOPIC,
            &format!("{} {notification_type}", self.seed),
            &payload.text(),
            self.now,
        );
        self.signer.sign(Message::from(message), SignatureVersion::V2)
    }

    fn step(&self, what: &'static str, expected: &str) -> Step {
        Step {
            what,
            came: String::new(),
            expected: expected.to_owned(),
        }
    }

    /// Delivers as SNS does and says what came back: status, outcome, and the reason if there is one.
    async fn send(&self, envelope: &Envelope) -> String {
        let endpoint = format!("{}/rtn", self.stack.url).parse().expect("the URL of a running stack");
        let delivery = self.publisher.deliver(&endpoint, &Post::of(envelope)).await;
        delivery
            .attempts
            .last()
            .map(|attempt| Came::of(attempt).in_brief())
            .unwrap_or_default()
    }
}

const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
const STRANGE_TOPIC: &str = "arn:aws:sns:us-east-1:999999999999:not-yours";
