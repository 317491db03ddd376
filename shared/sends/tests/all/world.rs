//! A store of its own for every test, and the requests that are sent through it.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use sandbox::dynamo::{Dynamo, Faults, Tables, create_tables};
use sends::{
    Acquired, Attempt, Claim, ConsolidationKey, Fingerprint, IdempotencyKey, OnUnknown, Permit, SendKey, Sends, Settled,
    Standing, Stored,
};

pub(crate) const TABLE: &str = "sends";
pub(crate) const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);
pub(crate) const LEASE: Duration = Duration::from_secs(10);

pub(crate) struct World {
    pub(crate) dynamo: Dynamo,
    pub(crate) client: Client,
    pub(crate) sends: Sends,
}

impl World {
    pub(crate) async fn new() -> Self {
        let dynamo = Dynamo::in_memory().await.unwrap();
        let client = dynamo.client_with(patient());
        create_tables(&client, &Tables::default()).await.unwrap();
        let sends = sends(&client);
        Self { dynamo, client, sends }
    }

    /// The same store through a proxy that can misbehave.
    pub(crate) async fn with_faults(&self) -> (Sends, Faults) {
        let faults = self.dynamo.with_faults().await.unwrap();
        (sends(&faults.client_with(patient())), faults)
    }

    /// Asks at a moment after noon.
    pub(crate) async fn ask(&self, claim: &Claim, id: &str, after: SignedDuration) -> Acquired {
        self.sends.acquire(claim, &attempt(id, after)).await.unwrap()
    }

    /// The same, for one who is let go.
    pub(crate) async fn permit(&self, claim: &Claim, id: &str, after: SignedDuration) -> Permit {
        go(self.ask(claim, id, after).await)
    }

    /// The same, for one who is not.
    pub(crate) async fn standing(&self, claim: &Claim, id: &str, after: SignedDuration) -> Standing {
        held(self.ask(claim, id, after).await)
    }

    /// The only row.
    pub(crate) async fn row(&self) -> BTreeMap<String, AttributeValue> {
        let mut rows = self.rows().await;
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    }

    pub(crate) async fn rows(&self) -> Vec<BTreeMap<String, AttributeValue>> {
        let rows = self.client.scan().table_name(TABLE).send().await.unwrap();
        rows.items().iter().map(|item| item.clone().into_iter().collect()).collect()
    }

    /// The only row, one attribute in a line.
    pub(crate) async fn lines(&self) -> String {
        let lines = self.row().await.into_iter().map(|(name, value)| match value {
            AttributeValue::S(text) => format!("{name} S {text}"),
            AttributeValue::N(number) => format!("{name} N {number}"),
            AttributeValue::B(bytes) => format!("{name} B {:?}", String::from_utf8_lossy(bytes.as_ref())),
            AttributeValue::M(members) => format!("{name} M {members:?}"),
            other => panic!("not in these rows: {other:?}"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The only row changed behind everybody's back.
    pub(crate) async fn put(&self, row: BTreeMap<String, AttributeValue>) {
        let put = self.client.put_item().table_name(TABLE);
        put.set_item(Some(row.into_iter().collect())).send().await.unwrap();
    }

    /// DynamoDB's own deletion of the row.
    pub(crate) async fn delete(&self, claim: &Claim) {
        let key = AttributeValue::S(claim.key.as_str().to_owned());
        self.client
            .delete_item()
            .table_name(TABLE)
            .key("key", key)
            .send()
            .await
            .unwrap();
    }
}

pub(crate) fn sends(client: &Client) -> Sends {
    Sends::new(client.clone(), TABLE, RETENTION)
}

/// For tests about results, on machines that are busy with other things.
pub(crate) fn patient() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(60))
        .build()
}

/// A request that is not to be sent again when nobody knows what became of it.
pub(crate) fn claim() -> Claim {
    Claim {
        key: key("8e03978e-40d5-43dd-bc93-6894a57f9324"),
        fingerprint: Fingerprint::of(&"the news").unwrap(),
        on_unknown: OnUnknown::Fail,
    }
}

/// The same request, which is.
pub(crate) fn resend() -> Claim {
    Claim {
        on_unknown: OnUnknown::Resend(ConsolidationKey::given("news")),
        ..claim()
    }
}

/// Another request under the same key.
pub(crate) fn another() -> Claim {
    Claim {
        fingerprint: Fingerprint::of(&"other news").unwrap(),
        ..resend()
    }
}

pub(crate) fn key(key: &str) -> SendKey {
    SendKey::of(ROLE, "POST /adm/topics/news/messages", &IdempotencyKey::parse(key).unwrap())
}

pub(crate) const ROLE: &str = "arn:aws:sts::123456789012:assumed-role/campaigns/session";

/// An answer of ADM as it would be recorded; `n` tells one from another.
pub(crate) fn answer(n: usize) -> Stored {
    let headers = [("x-amzn-requestid".to_owned(), format!("request-{n}"))];
    Stored::new(200, headers.into(), format!(r#"{{"messageId":"{n}"}}"#)).unwrap()
}

pub(crate) fn attempt(id: &str, after: SignedDuration) -> Attempt<'_> {
    Attempt {
        id,
        now: noon() + after,
        lease: LEASE,
    }
}

pub(crate) fn noon() -> Timestamp {
    "2026-03-01T12:00:00.250Z".parse().unwrap()
}

/// A clock that stands still.
pub(crate) fn stopped(after: SignedDuration) -> impl Fn() -> Timestamp {
    move || noon() + after
}

/// The end of everybody's time.
pub(crate) fn evening() -> Timestamp {
    noon() + seconds(6 * 60 * 60)
}

pub(crate) fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// A lease and its margin are over, by one millisecond.
pub(crate) const LEASE_IS_LOST: SignedDuration = SignedDuration::from_millis(13_001);

#[track_caller]
pub(crate) fn go(acquired: Acquired) -> Permit {
    match acquired {
        Acquired::Go(permit) => permit,
        Acquired::Held(standing) => panic!("{standing:?}"),
    }
}

#[track_caller]
pub(crate) fn held(acquired: Acquired) -> Standing {
    match acquired {
        Acquired::Held(standing) => standing,
        Acquired::Go(permit) => panic!("{permit:?}"),
    }
}

#[track_caller]
pub(crate) fn recorded(settled: Settled) {
    assert!(matches!(settled, Settled::Recorded), "{settled:?}");
}

#[track_caller]
pub(crate) fn superseded(settled: Settled) -> Standing {
    match settled {
        Settled::Superseded(standing) => standing,
        settled => panic!("{settled:?}"),
    }
}

pub(crate) fn in_flight(seconds: u64) -> Standing {
    let retry_after = Duration::from_secs(seconds);
    Standing::InFlight { retry_after }
}
