//! `firepost trigger sns`: what SNS itself sends to an endpoint, around the notifications of a publisher.

use clap::{Args, ValueEnum};
use sandbox::publisher::Attempt;
use sandbox::{SubscriptionConfirmation, UnsubscribeConfirmation, ids};

use super::destination::{Destination, Outgoing};
use super::signing::{Occasion, Signing, made_up_token};
use crate::cli::{Answer, Context};
use crate::failure::Failure;
use crate::local::LocalStack;

/// A message of SNS: the handshake of a subscription, its end, or a notification of any text.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Which of SNS's three types.
    #[arg(value_name = "TYPE", ignore_case = true)]
    message_type: MessageType,
    /// The text of a Notification [default: Hello from Firepost].
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// The subject of a Notification.
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// The token of a confirmation, in hexadecimal digits [default: made up].
    #[arg(long, value_name = "HEX")]
    token: Option<String>,
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
    let has_text = arguments.message.is_some() || arguments.subject.is_some();
    match arguments.message_type {
        MessageType::Notification if arguments.token.is_some() => {
            return Err(Failure::new("a Notification has no token; leave --token out"));
        }
        MessageType::SubscriptionConfirmation | MessageType::UnsubscribeConfirmation if has_text => {
            return Err(Failure::new("SNS words its confirmations itself; --message and --subject are for a Notification"));
        }
        MessageType::SubscriptionConfirmation if arguments.token.is_none() && arguments.signing.is_plain() => {
            if let Some(stack) = arguments.destination.plain_stack() {
                return subscribe(&arguments, stack).await;
            }
        }
        MessageType::SubscriptionConfirmation | MessageType::UnsubscribeConfirmation | MessageType::Notification => {}
    }
    let occasion = arguments.signing.occasion(context);
    arguments.destination.take(&arguments.outgoing(&occasion), context).await
}

/// The sandbox of the local stack makes the message, so that it knows the token when the function confirms with it.
async fn subscribe(arguments: &Arguments, stack: &str) -> Answer {
    let subscribed = LocalStack::at(stack).subscribe(&arguments.signing.topic).await?;
    let attempt = match subscribed.status {
        Some(status) => Attempt::Answered { status, body: subscribed.answer },
        None => Attempt::TimedOut,
    };
    arguments.destination.tell_subscription(&attempt)
}

impl Arguments {
    fn outgoing(&self, occasion: &Occasion) -> Outgoing<'static> {
        let Self { signing, token, .. } = self;
        let topic = signing.topic.as_str();
        let token = || token.clone().unwrap_or_else(|| made_up_token(&format!("{topic} {}", occasion.seed)));
        let (what, message_id, post) = match self.message_type {
            MessageType::SubscriptionConfirmation => {
                let made_up = SubscriptionConfirmation::new(topic, &token(), occasion.at);
                let message_id = signing.message_id_or(made_up.message_id);
                let message = SubscriptionConfirmation { message_id: message_id.clone(), ..made_up };
                ("SubscriptionConfirmation", message_id, signing.post(message))
            }
            MessageType::UnsubscribeConfirmation => {
                let made_up = UnsubscribeConfirmation::new(topic, &token(), occasion.at);
                let message_id = signing.message_id_or(ids::message_id(&format!("farewell {}", made_up.token)));
                let message = UnsubscribeConfirmation { message_id: message_id.clone(), ..made_up };
                ("UnsubscribeConfirmation", message_id, signing.post(message))
            }
            MessageType::Notification => {
                let text = self.message.as_deref().unwrap_or("Hello from Firepost");
                let message = signing.notification(text, self.subject.clone(), occasion);
                ("Notification", message.message_id.clone(), signing.post(message))
            }
        };
        Outgoing { what, message_id, filed: None, post, at: occasion.at }
    }
}

const EXAMPLES: &str = "\
To the local stack, a SubscriptionConfirmation is asked of the sandbox, as a subscription in the Developer Console would be:
the sandbox then knows the token and answers ConfirmSubscription. With any option that changes the message, with --to and with
--as-event it is made here, with a token that the sandbox does not know.

Examples:
  firepost trigger sns SubscriptionConfirmation
  firepost trigger sns SubscriptionConfirmation --topic arn:aws:sns:us-east-1:999999999999:not-yours
  firepost trigger sns UnsubscribeConfirmation
  firepost trigger sns Notification --message 'not JSON at all'

Exit codes: 0 the last attempt was answered 200, 1 it was not, 2 nothing could be sent.";
