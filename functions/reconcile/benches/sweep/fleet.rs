//! As many devices as are asked for, each with its rows and its endpoint. One is registered; the others are like it.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use inbox::Digest;
use jiff::Timestamp;
use reconcile::Applications;
use registry::{Application, Attempt, Change, DeviceId, DeviceKey, EndpointArn, Owner, Registration, Registry, Token};
use sandbox::dynamo::{Dynamo, Tables, TimeoutConfig};
use sandbox::{Push, dynamo, sns_api};

/// A row of the table.
type Item = HashMap<String, AttributeValue>;

/// What is a device's own, and no other's.
struct Names {
    id: String,
    token: String,
    owner: String,
    claim: String,
    arn: String,
}

pub(crate) fn application() -> Application {
    Application::parse(APPLICATION).unwrap()
}

pub(crate) fn registry(dynamodb: &str) -> Registry {
    // The embedded store takes one call at a time, and much longer for a page than DynamoDB.
    let patient = TimeoutConfig::builder().operation_timeout(Duration::from_secs(120)).build();
    let retention = Duration::from_secs(30 * 24 * 60 * 60);
    Registry::new(
        dynamo::client_at_with(dynamodb, patient),
        Tables::default().devices,
        retention,
    )
}

pub(crate) fn applications(sns: &str) -> Applications {
    Applications::new([(application(), sns_api::client_at(sns))])
}

/// Makes them all, and gives the ARNs of their endpoints.
pub(crate) async fn fill(dynamo: &Dynamo, push: &Push, endpoints: u64, now: Timestamp) -> Vec<String> {
    push.add_application(APPLICATION);
    let first = Names::of(0, push);
    let rows = register(dynamo, &first, now).await;
    let all: Vec<Names> = (1..endpoints).map(|number| Names::of(number, push)).collect();
    let others = all.iter().flat_map(|names| rows.iter().map(|row| like(row, &first, names)));
    dynamo.fill(&Tables::default().devices, others).unwrap();
    std::iter::once(first).chain(all).map(|names| names.arn).collect()
}

/// Of each hundred one: lets SNS disable some, somebody give some other user data, and somebody delete some. How many of each.
pub(crate) fn sicken(push: &Push, arns: &[String]) -> [u64; 3] {
    let mut counts = [0; 3];
    for (number, arn) in arns.iter().step_by(100).enumerate() {
        let what = number % counts.len();
        counts[what] += 1;
        match what {
            0 => push.enable(arn, false),
            1 => {
                let token = push.endpoint(arn).unwrap().token;
                push.put(APPLICATION, &token, true, "somebody else's").unwrap();
            }
            _ => push.delete(arn),
        }
    }
    counts
}

/// The rows of a device that was registered as any is.
async fn register(dynamo: &Dynamo, names: &Names, now: Timestamp) -> Vec<Item> {
    let registry = registry(dynamo.endpoint());
    let attempt = Attempt { id: "fill", now };
    let registration = Registration {
        device: DeviceKey {
            application: application(),
            id: DeviceId::parse(&names.id).unwrap(),
        },
        token: Token::parse(application().platform(), &names.token).unwrap(),
        owner: Some(Owner::parse(&names.owner).unwrap()),
        subscriptions: None,
        confirmed_at: now,
    };
    let registered = registry.register(&registration, &attempt).await.unwrap();
    let arn = EndpointArn::parse(&names.arn).unwrap();
    let bound = registry.bind(&registered.device, &arn, &attempt).await.unwrap();
    assert!(matches!(bound, Change::Done(_)), "{bound:?}");
    let rows = dynamo.client().scan().table_name(Tables::default().devices);
    let rows = rows.send().await.unwrap().items.unwrap();
    assert_eq!(rows.len(), 3, "the device, the claim on its token, and whose its endpoint is");
    rows
}

/// The same row of another device.
fn like(row: &Item, first: &Names, other: &Names) -> Item {
    let names = first.all().into_iter().zip(other.all());
    let names: Vec<_> = names.collect();
    let renamed = |text: &str| {
        let renamed = names.iter().find(|(first, _)| text.ends_with(*first));
        renamed.map(|(first, other)| format!("{}{other}", &text[..text.len() - first.len()]))
    };
    let pairs = row.iter().map(|(name, value)| {
        let value = match value.as_s().ok().and_then(|text| renamed(text)) {
            Some(text) => AttributeValue::S(text),
            None => value.clone(),
        };
        (name.clone(), value)
    });
    pairs.collect()
}

impl Names {
    fn of(number: u64, push: &Push) -> Self {
        let (token, owner) = (format!("token-{number:09}"), format!("owner-{number:09}"));
        Self {
            id: format!("device-{number:09}"),
            claim: Digest::of(&token).to_string(),
            arn: push.put(APPLICATION, &token, true, &owner).unwrap(),
            token,
            owner,
        }
    }

    fn all(&self) -> [&str; 5] {
        [&self.id, &self.token, &self.owner, &self.claim, &self.arn]
    }
}

const APPLICATION: &str = "arn:aws:sns:us-east-1:123456789012:app/ADM/shop";
