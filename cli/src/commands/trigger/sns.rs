//! `firepost trigger sns`: what SNS itself sends to an endpoint, around the notifications of a publisher.

use clap::{Args, ValueEnum};
use sandbox::publisher::Attempt;
use sandbox::{SubscriptionConfirmation, UnsubscribeConfirmation, ids};

use super::destination::Destination;
use super::outgoing::{Outgoing, Road};
use super::signing::{Occasion, Signing, made_up_token};
use crate::cli::{Answer, Context};
use crate::event_file::Format;
use crate::failure::Failure;
use crate::local::LocalStack;
use crate::stack::Function;

/// A message of SNS: the handshake of a subscription, its end, or a notification of any text.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Which of SNS's three types.
    #[arg(value_name = "TYPE", ignore_case = true)]
    message_type: MessageType,
    /// The function that it is for.
    #[arg(long, default_value = "rtn")]
    function: Function,
    /// The text of a Notification [default: Hello from Firepost].
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// The subject of a Notification.
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// The token of a confirmation, in hexadecimal digits [default: made up].
    #[arg(long, value_name = "HEX")]
    token: Option<String>,
    /// The form of the event.
    #[arg(long, value_name = "FORM", default_value = "1.0", requires = "as_event")]
    payload: Format,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    destination: Destination,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MessageType {
    #[value(name = "SubscriptionConfirmation")]
    SubscriptionConfirmation,
    #[value(name = "UnsubscribeConfirmation")]
    UnsubscribeConfirmation,
    #[value(name = "Notification")]
    Notification,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    arguments.check()?;
    if let Some(stack) = arguments.asked_of_sandbox() {
        return subscribe(&arguments, stack).await;
    }
    let occasion = arguments.signing.occasion(context);
    arguments.destination.take(&arguments.outgoing(&occasion), context).await
}

/// The sandbox of the local stack makes the message, so that it knows the token when the function confirms with it.
async fn subscribe(arguments: &Arguments, stack: &str) -> Answer {
    let subscribed = LocalStack::at(stack)
        .subscribe(arguments.function, arguments.signing.topic(arguments.function))
        .await?;
    let attempt = match subscribed.status {
        Some(status) => Attempt::Answered {
            status,
            body: subscribed.answer,
        },
        None => Attempt::TimedOut,
    };
    arguments.destination.tell_subscription(arguments.function, &attempt)
}

impl Arguments {
    /// Options that mean nothing for this type are a mistake, not noise.
    fn check(&self) -> Result<(), Failure> {
        let is_notification = self.message_type == MessageType::Notification;
        if is_notification && self.token.is_some() {
            return Err(Failure::new("a Notification has no token; leave --token out"));
        }
        if !is_notification && (self.message.is_some() || self.subject.is_some()) {
            let sentence = "SNS words its confirmations itself; --message and --subject are for a Notification";
            return Err(Failure::new(sentence));
        }
        Ok(())
    }

    /// The local stack whose sandbox can make the message by itself, if it can.
    fn asked_of_sandbox(&self) -> Option<&str> {
        let is_subscription = self.message_type == MessageType::SubscriptionConfirmation;
        let is_plain = self.token.is_none() && self.signing.is_plain();
        self.destination.plain_stack().filter(|_| is_subscription && is_plain)
    }

    fn outgoing(&self, occasion: &Occasion) -> Outgoing<'static> {
        let Self {
            function,
            signing,
            token,
            ..
        } = self;
        let topic = signing.topic(*function);
        let token = || {
            token
                .clone()
                .unwrap_or_else(|| made_up_token(&format!("{topic} {}", occasion.seed)))
        };
        let (what, message_id, envelope) = match self.message_type {
            MessageType::SubscriptionConfirmation => {
                let made_up = SubscriptionConfirmation::new(topic, &token(), occasion.at);
                let message_id = signing.message_id_or(made_up.message_id);
                let message = SubscriptionConfirmation {
                    message_id: message_id.clone(),
                    ..made_up
                };
                ("SubscriptionConfirmation", message_id, signing.envelope(message))
            }
            MessageType::UnsubscribeConfirmation => {
                let made_up = UnsubscribeConfirmation::new(topic, &token(), occasion.at);
                let message_id = signing.message_id_or(ids::message_id(&format!("farewell {}", made_up.token)));
                let message = UnsubscribeConfirmation {
                    message_id: message_id.clone(),
                    ..made_up
                };
                ("UnsubscribeConfirmation", message_id, signing.envelope(message))
            }
            MessageType::Notification => {
                let text = self.message.as_deref().unwrap_or("Hello from Firepost");
                let message = signing.notification(*function, text, self.subject.clone(), occasion);
                ("Notification", message.message_id.clone(), signing.envelope(message))
            }
        };
        Outgoing {
            function: *function,
            what,
            message_id,
            filed: None,
            road: Road::Https {
                post: signing.post(&envelope),
                format: self.payload,
            },
            at: occasion.at,
        }
    }
}

const EXAMPLES: &str = "\
To the local stack, a SubscriptionConfirmation is asked of the sandbox, as a subscription in the
Developer Console would be: the sandbox knows the token then, and answers ConfirmSubscription.
With any option but --function, --topic, --stack and --json it is made here, with a token of its own, which
the sandbox does not know.

Examples:
  firepost trigger sns SubscriptionConfirmation
  firepost trigger sns SubscriptionConfirmation --topic arn:aws:sns:us-east-1:999999999999:not-yours
  firepost trigger sns SubscriptionConfirmation --function drs
  firepost trigger sns UnsubscribeConfirmation
  firepost trigger sns Notification --message 'not JSON at all'

Exit codes: 0 the last attempt was taken, 1 it was not, 2 nothing could be sent.";
