//! How a triggered message is put together and signed: as SNS would, or as somebody who is not SNS.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use sandbox::publisher::Post;
use sandbox::{Envelope, Message, Notification, Pki, SignatureVersion, ids};

use super::pair::pair;
use crate::cli::Context;
use crate::failure::Failure;
use crate::stack::{DRS_TOPIC, Function};

/// How the message is signed.
#[derive(Debug, Args)]
#[command(next_help_heading = "The message")]
pub(super) struct Signing {
    /// The topic that it comes from [default: one that the local stack's function trusts].
    #[arg(long, value_name = "ARN")]
    topic: Option<String>,
    /// 1 signs with SHA-1, which SNS does unless the topic's owner says otherwise, and 2 with SHA-256.
    #[arg(long, value_name = "VERSION", default_value = "1", value_parser = signature_version())]
    signature_version: SignatureVersion,
    /// Makes up the same purchase, customer and ids whenever the seed is the same [default: new ones in every run].
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
    /// The MessageId [default: made from the topic and what is sent, so that the same message has the same id].
    #[arg(long, value_name = "UUID")]
    message_id: Option<String>,
    /// The time at which it is sent [default: now].
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Timestamp>,
    /// Signs it with a key that is not SNS's, and names SNS's certificate all the same.
    #[arg(long)]
    forge: bool,
    /// Replaces a field of the envelope after it has been signed, as somebody on the way would.
    #[arg(long = "tamper", value_name = "NAME=VALUE", value_parser = pair)]
    tamper: Vec<(String, String)>,
    /// Delivers the bare message, unsigned, as SNS does for a subscription with raw message delivery.
    #[arg(long)]
    raw: bool,
}

/// When a message is sent and for which purchase: all that is made up is made from these.
#[derive(Debug)]
pub(super) struct Occasion {
    pub(super) at: Timestamp,
    pub(super) seed: String,
}

impl Signing {
    pub(super) fn occasion(&self, context: &Context) -> Occasion {
        let now = (context.clock)();
        Occasion {
            at: self.at.unwrap_or(now),
            seed: self.seed.clone().unwrap_or_else(|| now.as_nanosecond().to_string()),
        }
    }

    /// The topic that was asked for, or else one that the function trusts.
    pub(super) fn topic(&self, function: Function) -> &str {
        self.topic.as_deref().unwrap_or(match function {
            Function::Rtn => SAMPLE_TOPIC,
            Function::Drs => DRS_TOPIC,
        })
    }

    /// A notification of the topic, not signed yet.
    pub(super) fn notification(
        &self,
        function: Function,
        text: &str,
        subject: Option<String>,
        occasion: &Occasion,
    ) -> Notification {
        let topic = self.topic(function);
        let made_up = Notification::new(topic, &format!("{topic} {text}"), text, occasion.at);
        let message_id = self.message_id_or(made_up.message_id);
        Notification {
            message_id,
            subject,
            ..made_up
        }
    }

    /// The id that was asked for, or else this one.
    pub(super) fn message_id_or(&self, made_up: String) -> String {
        self.message_id.clone().unwrap_or(made_up)
    }

    /// The message as SNS signs it, or as the forger does, with everything that was asked to be wrong about it.
    pub(super) fn envelope(&self, message: impl Into<Message>) -> Envelope {
        let pki = Pki::fixed();
        let signer = if self.forge { pki.forger() } else { pki.signer() };
        let signed = signer.sign(message, self.signature_version);
        self.tamper
            .iter()
            .fold(signed, |envelope, (name, value)| envelope.with(name, value.as_str()))
    }

    /// The request that SNS would make for it.
    pub(super) fn post(&self, envelope: &Envelope) -> Post {
        let post = Post::of(envelope);
        if !self.raw {
            return post;
        }
        let bare = envelope.field("Message").unwrap_or_default().to_owned();
        post.with_header("x-amz-sns-rawdelivery", "true").with_body(bare)
    }

    /// What is relayed in records is neither verified nor ever raw, so that these options would promise what is not so.
    pub(super) fn check_relayed(&self) -> Result<(), Failure> {
        if self.forge {
            return Err(Failure::new(
                "nobody can forge what comes by --route lambda: only the topic may invoke the function, which IAM sees to, and no \
                 signature is checked; try --topic with a topic that is not trusted",
            ));
        }
        if self.raw {
            return Err(Failure::new("SNS never delivers raw messages to a function; leave --raw out"));
        }
        Ok(())
    }

    /// Nothing was asked for but a topic, so the sandbox itself can make the message.
    pub(super) fn is_plain(&self) -> bool {
        let asked = self.forge || self.raw || !self.tamper.is_empty();
        let made = self.seed.is_some() || self.message_id.is_some() || self.at.is_some();
        !asked && !made && self.signature_version == SignatureVersion::V1
    }
}

/// The token that goes with a seed.
pub(super) fn made_up_token(seed: &str) -> String {
    ids::token(seed)
}

fn signature_version() -> impl TypedValueParser<Value = SignatureVersion> {
    PossibleValuesParser::new(["1", "2"]).map(|version| match version.as_str() {
        "2" => SignatureVersion::V2,
        _ => SignatureVersion::V1,
    })
}

fn moment(text: &str) -> Result<Timestamp, &'static str> {
    text.parse().map_err(|_| "write a time such as 2026-03-06T19:55:38Z")
}

/// A topic of the account that the Appstore's samples come from; the local stack trusts all of that account.
const SAMPLE_TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
