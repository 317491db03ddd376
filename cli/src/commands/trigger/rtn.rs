//! `firepost trigger rtn`: an Appstore Real-Time Notification of any type, as it should be or odd.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use sandbox::rtn::{Payload, Quirk};

use super::destination::Destination;
use super::outgoing::{Outgoing, Road};
use super::pair::pair;
use super::signing::Signing;
use crate::ago::Ago;
use crate::cli::{Answer, Context};
use crate::event_file::Format;
use crate::stack::Function;

/// An Appstore Real-Time Notification.
#[derive(Debug, Args)]
#[command(after_help = TYPES)]
pub(super) struct Arguments {
    /// One of the sixteen types below, or any other text: Amazon may add types.
    #[arg(value_name = "TYPE")]
    notification_type: String,
    /// Sets a field of the payload, such as betaProductTransaction=true, or adds one.
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = pair)]
    fields: Vec<(String, String)>,
    /// Makes the payload odd, in a way that Amazon's pages and older payloads are.
    #[arg(long, value_name = "NAME", value_parser = quirk())]
    quirk: Option<Quirk>,
    /// Lets the event have occurred so long before it is sent, such as 2h or 7d.
    #[arg(long, value_name = "AGO")]
    late: Option<Ago>,
    /// The form of the event.
    #[arg(long, value_name = "FORM", default_value = "1.0", requires = "as_event")]
    payload: Format,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    destination: Destination,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let occasion = arguments.signing.occasion(context);
    let occurred_at = match arguments.late {
        Some(ago) => ago.before(occasion.at)?,
        None => occasion.at,
    };
    let payload = Payload::new(&arguments.notification_type, &occasion.seed, occurred_at);
    let payload = arguments
        .fields
        .iter()
        .fold(payload, |payload, (name, value)| payload.with_text(name, value));
    let text = match arguments.quirk {
        Some(quirk) => quirk.of(payload),
        None => payload.text(),
    };

    let message = arguments.signing.notification(Function::Rtn, &text, None, &occasion);
    let filed = rtn::read(&text)
        .ok()
        .map(|reading| (reading.event.subject(), reading.event.event_key()));
    let message_id = message.message_id.clone();
    let envelope = arguments.signing.envelope(message);
    let outgoing = Outgoing {
        function: Function::Rtn,
        what: &arguments.notification_type,
        message_id,
        filed,
        road: Road::Https {
            post: arguments.signing.post(&envelope),
            format: arguments.payload,
        },
        at: occasion.at,
    };
    arguments.destination.take(&outgoing, context).await
}

fn quirk() -> impl TypedValueParser<Value = Quirk> {
    PossibleValuesParser::new(Quirk::ALL.map(Quirk::name)).map(|name| {
        let quirk = Quirk::ALL.into_iter().find(|quirk| quirk.name() == name);
        quirk.expect("only names of quirks pass the parser")
    })
}

const TYPES: &str = "\
The sixteen types:
  CONSUMABLE_PURCHASED               SUBSCRIPTION_SCHEDULED_TO_END
  CONSUMABLE_CANCELLED               SUBSCRIPTION_IN_GRACE_PERIOD
  ENTITLEMENT_PURCHASED              SUBSCRIPTION_OUT_OF_GRACE_PERIOD
  ENTITLEMENT_CANCELLED              SUBSCRIPTION_MODIFIED_IMMEDIATE
  SUBSCRIPTION_PURCHASED             SUBSCRIPTION_MODIFIED_DEFERRED
  SUBSCRIPTION_RENEWED               SUBSCRIPTION_CONVERTED_FREE_TRIAL_TO_PAID
  SUBSCRIPTION_AUTO_RENEWAL_ON       SUBSCRIPTION_CANCELLED
  SUBSCRIPTION_AUTO_RENEWAL_OFF      SUBSCRIPTION_EXPIRED

Examples:
  firepost trigger rtn SUBSCRIPTION_RENEWED
  firepost trigger rtn SUBSCRIPTION_PURCHASED --seed anna
  firepost trigger rtn SUBSCRIPTION_IN_GRACE_PERIOD --seed anna --late 2h
  firepost trigger rtn CONSUMABLE_PURCHASED --quirk trailing-comma --duplicate
  firepost trigger rtn SUBSCRIPTION_RENEWED --forge
  firepost trigger rtn SUBSCRIPTION_RENEWED --topic arn:aws:sns:us-east-1:999999999999:not-yours
  firepost trigger rtn SUBSCRIPTION_RENEWED --to https://api.example.com/rtn
  firepost trigger rtn SUBSCRIPTION_RENEWED --as-event event.json

Exit codes: 0 the last attempt was taken, 1 it was not, 2 nothing could be sent.";

#[cfg(test)]
mod tests {
    use super::TYPES;

    #[test]
    fn the_help_lists_every_documented_type() {
        let listed = TYPES
            .split("Examples:")
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .skip(3)
            .collect::<Vec<_>>();
        assert_eq!(listed.len(), sandbox::rtn::TYPES.len());
        for kind in sandbox::rtn::TYPES {
            assert!(listed.contains(&kind), "{kind}");
        }
    }
}
