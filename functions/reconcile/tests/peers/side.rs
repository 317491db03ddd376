//! An SNS, a table, and sweeps between them.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sns::Client;
use jiff::{SignedDuration, Timestamp};
use reconcile::{Applications, Asked, Clock, Now, Order, Parts, Ran, Rules, Sweep, Wait};
use registry::{Application, Registry};
use sandbox::SnsApi;
use sandbox::dynamo::{Dynamo, Tables, create_tables};
use sandbox::sns_api::SnsEndpoint;
use sandbox::sns_api::client_at;
use sandbox::sns_api::push::{CreateOnDisabled, TakenToken, Undocumented};

/// One that is swept.
pub(crate) struct Side {
    client: Client,
    arn: String,
    pub(crate) registry: Registry,
    sweep: Sweep,
    now: Arc<Mutex<Timestamp>>,
    _dynamo: Dynamo,
    _sandbox: Option<SnsEndpoint>,
}

impl Side {
    /// The sandbox. What no page says is as the others have it.
    pub(crate) async fn sandbox() -> Self {
        let now = Arc::new(Mutex::new("2026-03-06T20:00:00Z".parse().unwrap()));
        let clock = now.clone();
        let api = SnsApi::new(move || *clock.lock().unwrap());
        let arn = format!("arn:aws:sns:us-east-1:123456789012:app/ADM/{NAME}");
        api.push().add_application(&arn);
        api.push().set_list_lag(Duration::ZERO);
        api.push().set_undocumented(Undocumented {
            create_on_disabled: CreateOnDisabled::Conflicts,
            taken_token: TakenToken::Duplicates,
        });
        let endpoint = api.serve(0).await.unwrap();
        Self::with(endpoint.client(), arn, now, Some(endpoint)).await
    }

    /// A server of others. What an earlier run left there goes first.
    pub(crate) async fn peer(url: &str) -> Self {
        let client = client_at(url);
        let listed = client.list_platform_applications().send().await.unwrap();
        let listed = listed.platform_applications.unwrap_or_default().into_iter();
        let old = listed.filter_map(|application| application.platform_application_arn);
        for arn in old.filter(|arn| arn.ends_with(&format!("/{NAME}"))) {
            let gone = client.delete_platform_application().platform_application_arn(arn);
            gone.send().await.unwrap();
        }
        let made = client.create_platform_application().platform("ADM").name(NAME);
        let secrets = [("PlatformPrincipal", "principal"), ("PlatformCredential", "credential")];
        let secrets = secrets.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let made = made.set_attributes(Some(HashMap::from(secrets))).send().await.unwrap();
        let now = Arc::new(Mutex::new("2026-03-06T20:00:00Z".parse().unwrap()));
        Self::with(client, made.platform_application_arn.unwrap(), now, None).await
    }

    async fn with(client: Client, arn: String, now: Arc<Mutex<Timestamp>>, sandbox: Option<SnsEndpoint>) -> Self {
        let dynamo = Dynamo::in_memory().await.unwrap();
        create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
        let registry = Registry::new(dynamo.client(), Tables::default().devices, Duration::from_secs(30 * 86_400));
        let (clock, hand) = (now.clone(), now.clone());
        let sweep = Sweep::new(Parts {
            registry: registry.clone(),
            applications: Applications::new([(Application::parse(&arn).unwrap(), client.clone())]),
            rules: Rules::default(),
            clock: Clock::new(move || *clock.lock().unwrap()),
            // Time passes when somebody waits for it.
            wait: Wait::new(move |time| {
                *hand.lock().unwrap() += time;
                Box::pin(std::future::ready(()))
            }),
        });
        Self {
            client,
            arn,
            registry,
            sweep,
            now,
            _dynamo: dynamo,
            _sandbox: sandbox,
        }
    }

    pub(crate) fn application(&self) -> Application {
        Application::parse(&self.arn).unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn pass_seconds(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    pub(crate) fn pass_days(&self, days: i64) {
        self.pass_seconds(days * 86_400);
    }

    pub(crate) async fn create(&self, token: &str) -> String {
        let made = self.client.create_platform_endpoint().platform_application_arn(&self.arn);
        made.token(token).send().await.unwrap().endpoint_arn.unwrap()
    }

    pub(crate) async fn set(&self, arn: &str, name: &str, value: &str) {
        let set = self.client.set_endpoint_attributes().endpoint_arn(arn);
        set.attributes(name, value).send().await.unwrap();
    }

    pub(crate) async fn delete(&self, arn: &str) {
        self.client.delete_endpoint().endpoint_arn(arn).send().await.unwrap();
    }

    /// A sweep to its end, and what it says of itself.
    pub(crate) async fn run(&self, heading: &str, asked: Asked) -> String {
        self.pass_seconds(60);
        let order = Order::Now(Now {
            asked: Some(asked),
            plan_hash: None,
        });
        let ends_at = self.now() + SignedDuration::from_secs(900);
        let ran = self
            .sweep
            .run(
                &self.application(),
                &order,
                ends_at,
                inbox::Invoked::untraced(heading),
                &mut |_| {},
            )
            .await;
        let Ok(Ran::Finished(summary)) = ran else {
            panic!("{ran:?}");
        };
        let mut told = format!("{heading}: {} endpoints, {} rows\n", summary.before.endpoints, summary.rows);
        for (what, counts) in [
            ("done", &summary.actions),
            ("held back", &summary.held),
            ("left", &summary.reasons),
        ] {
            if !counts.is_empty() {
                let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
                let _infallible = writeln!(told, "  {what}: {}", counts.join(", "));
            }
        }
        told
    }

    /// How they are left at SNS.
    pub(crate) async fn endpoints(&self) -> String {
        let listed = self.client.list_endpoints_by_platform_application();
        let listed = listed.platform_application_arn(&self.arn).send().await.unwrap();
        let mut lines: Vec<_> = listed
            .endpoints
            .unwrap_or_default()
            .into_iter()
            .map(|endpoint| {
                let attributes: BTreeMap<_, _> = endpoint.attributes.unwrap_or_default().into_iter().collect();
                let of = |name: &str| attributes.get(name).map_or("", String::as_str);
                let user_data = of("CustomUserData").get(..8).unwrap_or("none");
                format!("  {}: enabled {}, user data {user_data}\n", of("Token"), of("Enabled"))
            })
            .collect();
        lines.sort();
        lines.concat()
    }
}

const NAME: &str = "firepost-sweep";
