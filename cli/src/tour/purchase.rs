//! The Appstore's part of the tour: a purchase, from the handshake of the subscription to its record.

use jiff::SignedDuration;
use sandbox::rtn::{Payload, Quirk};
use sandbox::{Envelope, Message, Notification, SignatureVersion, SubscriptionConfirmation};

use super::{STRANGE_TOPIC, Step, Tour};

impl Tour<'_> {
    pub(super) async fn handshake(&self) -> Step {
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

    pub(super) async fn purchase(&self) -> Step {
        let came = self.send(&self.purchased()).await;
        Step {
            came,
            ..self.step("SUBSCRIPTION_PURCHASED arrives, signed by SNS", "200 recorded")
        }
    }

    pub(super) async fn redelivery(&self) -> Step {
        let came = self.send(&self.purchased()).await;
        Step {
            came,
            ..self.step("the same delivery arrives again", "200 duplicate")
        }
    }

    pub(super) async fn forgery(&self) -> Step {
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

    pub(super) async fn stranger(&self) -> Step {
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

    pub(super) async fn unreadable(&self) -> Step {
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

    pub(super) async fn renewal(&self) -> Step {
        let came = self.send(&self.event("SUBSCRIPTION_RENEWED", SignedDuration::ZERO)).await;
        Step {
            came,
            ..self.step("SUBSCRIPTION_RENEWED arrives, with signature version 2", "200 recorded")
        }
    }

    pub(super) async fn late(&self) -> Step {
        let came = self
            .send(&self.event("SUBSCRIPTION_IN_GRACE_PERIOD", SignedDuration::from_mins(5)))
            .await;
        Step {
            came,
            ..self.step("SUBSCRIPTION_IN_GRACE_PERIOD arrives, older than the renewal", "200 recorded")
        }
    }

    /// Out of order on arrival, in order on record: the late event is marked, and does not overwrite the newer state.
    pub(super) async fn history(&self) -> Step {
        let step = self.step(
            "the record of this purchase",
            "PURCHASED, IN_GRACE_PERIOD (late), RENEWED; state: active",
        );
        let history = match self.purchase_on_record().await {
            Ok(history) => history,
            Err(came) => return Step { came, ..step },
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
        let receipt = events.first().map_or("", |event| event.receipt_id.as_str());
        let state = rtn::purchase::fold(receipt, &events);
        let state = state.map_or("unknown", |purchase| purchase.state.as_str());
        Step {
            came: format!("{names}; state: {state}"),
            ..step
        }
    }

    /// The text of the purchase, for the keys that it is on record under, too.
    pub(super) fn purchase_text(&self) -> String {
        let at = self.now - SignedDuration::from_mins(10);
        Payload::new("SUBSCRIPTION_PURCHASED", &self.seed, at).text()
    }

    fn purchased(&self) -> Envelope {
        let message = Notification::new(TOPIC, &self.seed, &self.purchase_text(), self.now);
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
}

const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
