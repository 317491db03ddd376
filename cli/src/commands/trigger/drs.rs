//! `firepost trigger drs`: a Dash Replenishment notification of any type, in either version, over either route.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use sandbox::drs::{Payload, Quirk, Wire};
use sandbox::lambda::DeadLetter;

use super::destination::Destination;
use super::outgoing::{Carrier, Outgoing, Road};
use super::pair::pair;
use super::signing::Signing;
use crate::ago::Ago;
use crate::cli::{Answer, Context};
use crate::event_file::Format;
use crate::failure::Failure;
use crate::stack::Function;

/// A Dash Replenishment notification.
#[derive(Debug, Args)]
#[command(after_help = TYPES)]
pub(super) struct Arguments {
    /// One of the six types below, or any other text: Amazon may add types.
    #[arg(value_name = "TYPE")]
    notification_type: String,
    /// The version: 2.0 changed OrderPlaced, ItemShipped and SubscriptionChanged, and both are in use.
    #[arg(long, value_name = "VERSION", default_value = "v2", value_parser = wire())]
    wire: Wire,
    /// How it gets to the function.
    #[arg(long, default_value = "https")]
    route: Route,
    /// Sets a value at a path, such as orderInfo.productInfo.0.quantity=3, or adds one.
    #[arg(long = "field", value_name = "PATH=VALUE", value_parser = pair)]
    fields: Vec<(String, String)>,
    /// Sets a message attribute, such as version=1.0. Nobody signs these; by default version says what --wire does.
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = pair)]
    attributes: Vec<(String, String)>,
    /// Makes the message odd, in a way that Amazon's samples and older devices are.
    #[arg(long, value_name = "NAME", value_parser = quirk())]
    quirk: Option<Quirk>,
    /// Lets the event have occurred so long before it is sent, such as 2h or 7d.
    #[arg(long, value_name = "AGO")]
    late: Option<Ago>,
    /// The form of the event [default: 1.0, or sns with --route lambda].
    #[arg(long, value_name = "FORM", requires = "as_event")]
    payload: Option<Form>,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    destination: Destination,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Route {
    /// SNS posts it to the route /drs, and the signature is the proof.
    Https,
    /// SNS invokes the function with it, and IAM is the proof.
    Lambda,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// As a REST API writes it.
    #[value(name = "1.0")]
    RestApi,
    /// As an HTTP API writes it.
    #[value(name = "2.0")]
    HttpApi,
    /// As a function URL writes it.
    FunctionUrl,
    /// As SNS invokes a function, with --route lambda.
    Sns,
    /// As Lambda reads it from a queue to which SNS has written it; with --route lambda.
    Sqs,
    /// The same of the event that the function failed with, from Lambda's own queue of dead letters.
    SqsEvent,
    /// The same of the record of that failure, from an on-failure destination.
    SqsFailure,
}

/// How the message is relayed, in the words of the route.
#[derive(Debug, Clone, Copy)]
enum Relay {
    Https(Format),
    Records(Carrier),
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let relay = arguments.relay()?;
    let occasion = arguments.signing.occasion(context);
    let occurred_at = match arguments.late {
        Some(ago) => ago.before(occasion.at)?,
        None => occasion.at,
    };
    let payload = Payload::new(&arguments.notification_type, arguments.wire, &occasion.seed, occurred_at);
    let payload = arguments
        .fields
        .iter()
        .fold(payload, |payload, (path, value)| payload.with_text(path, value));
    let mut attributes = payload.attributes();
    for (name, value) in &arguments.attributes {
        attributes.retain(|(known, ..)| known != name);
        attributes.push((name.clone(), "String".to_owned(), value.clone()));
    }
    let text = match arguments.quirk {
        Some(quirk) => quirk.of(payload),
        None => payload.text(),
    };

    let mut message = arguments.signing.notification(Function::Drs, &text, None, &occasion);
    message.attributes = attributes;
    let filed = drs::read(&text, None)
        .ok()
        .map(|reading| (reading.event.subject(), reading.event.event_key()));
    let message_id = message.message_id.clone();
    let envelope = arguments.signing.envelope(message);
    let outgoing = Outgoing {
        function: Function::Drs,
        what: &arguments.notification_type,
        message_id,
        filed,
        road: match relay {
            Relay::Https(format) => Road::Https {
                post: arguments.signing.post(&envelope),
                format,
            },
            Relay::Records(carrier) => Road::Records { envelope, carrier },
        },
        at: occasion.at,
    };
    arguments.destination.take(&outgoing, context).await
}

impl Arguments {
    /// Options that mean nothing on this route are a mistake, not noise.
    fn relay(&self) -> Result<Relay, Failure> {
        if self.route == Route::Lambda {
            self.signing.check_relayed()?;
            self.destination.check_relayed()?;
        }
        match (self.route, self.payload) {
            (Route::Https, None | Some(Form::RestApi)) => Ok(Relay::Https(Format::RestApi)),
            (Route::Https, Some(Form::HttpApi)) => Ok(Relay::Https(Format::HttpApi)),
            (Route::Https, Some(Form::FunctionUrl)) => Ok(Relay::Https(Format::FunctionUrl)),
            (Route::Lambda, None | Some(Form::Sns)) => Ok(Relay::Records(Carrier::Sns)),
            (Route::Lambda, Some(Form::Sqs)) => Ok(Relay::Records(Carrier::Queue(DeadLetter::Envelope))),
            (Route::Lambda, Some(Form::SqsEvent)) => Ok(Relay::Records(Carrier::Queue(DeadLetter::Event))),
            (Route::Lambda, Some(Form::SqsFailure)) => Ok(Relay::Records(Carrier::Queue(DeadLetter::Failure))),
            (Route::Https, Some(Form::Sns | Form::Sqs | Form::SqsEvent | Form::SqsFailure)) => Err(Failure::new(
                "records of SNS and SQS come without a request; add --route lambda",
            )),
            (Route::Lambda, Some(Form::RestApi | Form::HttpApi | Form::FunctionUrl)) => Err(Failure::new(
                "this form is of a request, which --route lambda does not make; use --payload sns or sqs",
            )),
        }
    }
}

fn wire() -> impl TypedValueParser<Value = Wire> {
    PossibleValuesParser::new(Wire::ALL.map(Wire::name)).map(|name| {
        let wire = Wire::ALL.into_iter().find(|wire| wire.name() == name);
        wire.expect("only names of versions pass the parser")
    })
}

fn quirk() -> impl TypedValueParser<Value = Quirk> {
    PossibleValuesParser::new(Quirk::ALL.map(Quirk::name)).map(|name| {
        let quirk = Quirk::ALL.into_iter().find(|quirk| quirk.name() == name);
        quirk.expect("only names of quirks pass the parser")
    })
}

const TYPES: &str = "\
The six types:
  OrderPlacedNotification            DeviceDeregisteredNotification
  OrderCancelledNotification         SubscriptionChangedNotification
  DeviceRegisteredNotification       ItemShippedNotification

With --route lambda the local stack's function is invoked by the path of Lambda's API, which
`cargo lambda watch` has as well (--to http://127.0.0.1:9000/2015-03-31/functions/drs/invocations).
No signature is checked there: only the topic may invoke the function, which IAM sees to.

Examples:
  firepost trigger drs OrderPlacedNotification
  firepost trigger drs OrderPlacedNotification --wire v1 --route lambda
  firepost trigger drs ItemShippedNotification --seed washer --late 2h --duplicate
  firepost trigger drs SubscriptionChangedNotification --quirk mixed-slots
  firepost trigger drs OrderPlacedNotification --field orderInfo.productInfo.0.quantity=3
  firepost trigger drs OrderPlacedNotification --forge
  firepost trigger drs OrderPlacedNotification --topic arn:aws:sns:us-east-1:999999999999:not-yours --route lambda
  firepost trigger drs OrderPlacedNotification --route lambda --as-event event.json --payload sqs

Exit codes: 0 the last attempt was taken, 1 it was not, 2 nothing could be sent.";

#[cfg(test)]
mod tests {
    use super::TYPES;

    #[test]
    fn the_help_lists_every_documented_type() {
        let listed = TYPES.split("\n\n").next().unwrap_or_default().split_whitespace().skip(3);
        let listed = listed.collect::<Vec<_>>();
        assert_eq!(listed.len(), sandbox::drs::TYPES.len());
        for kind in sandbox::drs::TYPES {
            assert!(listed.contains(&kind), "{kind}");
        }
    }
}
