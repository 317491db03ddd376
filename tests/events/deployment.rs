//! The functions in this process, in the samples' environment: a clock of ours, and what is around them empty at first.

use std::cell::Cell;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use dispatch::{Dispatch, Topic};
use inbox::{Inbox, Invoked};
use intake::{Confirmer, Intake, Parts, Settings, Source, Trust};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Context, LambdaEvent, lambda_runtime::Diagnostic, request};
use sandbox::sns_api::SnsEndpoint;
use sandbox::{Pki, ids};
use sns_webhook::{Https, Roots, SigningCerts};

use super::environment::environment;
use super::keeping::Keeping;
use super::outside::Outside;
use super::sending::Sending;
use super::{read, rendering};

/// All functions, ready to be invoked.
pub(crate) struct Deployment {
    rtn: Intake,
    drs: Intake,
    dispatch: Dispatch,
    sending: Sending,
    keeping: Keeping,
    outside: Outside,
}

impl Deployment {
    pub(crate) async fn new() -> Self {
        NOW.set(START);
        let outside = Outside::new(now).await;
        let Outside { store, sns, .. } = &outside;
        let variables = environment("Dispatch");
        let settings = dispatch::Settings::read(|name| variables.get(name).cloned()).unwrap();
        let record = Inbox::new(store.clone(), settings.notifications_table, SignedDuration::ZERO);
        let topic = Topic::new(sns.client(), settings.events_topic_arn.as_str());
        Self {
            rtn: intake(rtn::SOURCE, settings_of("Rtn"), store, sns),
            drs: intake(drs::SOURCE, settings_of("Drs"), store, sns),
            dispatch: Dispatch::new(record, topic, now),
            sending: Sending::new(store, &outside.amazon, now),
            keeping: Keeping::new(store, sns, now, pass),
            outside,
        }
    }

    /// The store, past the functions.
    pub(crate) fn store(&self) -> &Client {
        &self.outside.store
    }

    /// Invokes the function that the file is named for; two minutes pass.
    pub(crate) async fn invoke(&self, file: &str) -> String {
        let event = read(file);
        let function = rendering::function(file);
        self.outside.make_it_so(function, &event).await;
        let answer = match function {
            "rtn" => self.invoke_rtn(&event).await,
            "drs" => self.invoke_drs(&event).await,
            "dispatch" => self.invoke_dispatch(&event).await,
            "adm" => self.sending.invoke(&event, request_id(now()), now()).await,
            "devices" => self.keeping.register(&event, request_id(now()), now()).await,
            "reconcile" => self.keeping.reconcile(&event, request_id(now()), now()).await,
            other => panic!("{other:?} is no function"),
        };
        NOW.set(now() + BETWEEN);
        answer
    }

    async fn invoke_rtn(&self, event: &str) -> String {
        let request = request::from_str(event).unwrap();
        let answer = self.rtn.receive(&request, Invoked::untraced(&request_id(now()))).await;
        format!("{} {}", answer.status().as_u16(), answer.body())
    }

    async fn invoke_drs(&self, event: &str) -> String {
        let invocation = serde_json::from_str::<drs::Invocation>(event).unwrap();
        let mut context = Context::default();
        context.request_id = request_id(now());
        match drs::answer(&self.drs, LambdaEvent::new(invocation, context)).await {
            Ok(answer) => rendering::answer("drs", &serde_json::to_string(&answer).unwrap()),
            Err(failure) => {
                let told = Diagnostic::from(failure);
                rendering::failure(&told.error_type, &told.error_message)
            }
        }
    }

    async fn invoke_dispatch(&self, event: &str) -> String {
        let invocation = serde_json::from_str::<dispatch::Invocation>(event).unwrap();
        let ends_at = now() + SignedDuration::from_secs(50);
        match self.dispatch.run(invocation, ends_at).await {
            Ok(answer) => rendering::answer("dispatch", &serde_json::to_string(&answer).unwrap()),
            Err(stopped) => format!("stopped: {stopped}"),
        }
    }

    pub(crate) async fn on_record(&self) -> String {
        self.outside.on_record(now()).await
    }
}

fn intake(source: Source, settings: Settings, store: &Client, sns: &SnsEndpoint) -> Intake {
    // Nothing is fetched: a pin stands for the certificate, and the sandbox confirms what the SDK asks it to.
    let roots = Roots::from_pem(Pki::fixed().root_pem()).unwrap();
    let https = Https::new(&roots, Duration::from_millis(1));
    Intake::new(Parts {
        source,
        trusted_topics: settings.trusted_topics,
        freshness: settings.freshness,
        certs: SigningCerts::new(settings.pinned_certs, roots, settings.chain_policy, https.clone()),
        trust: Trust::new(store.clone(), settings.trust_table),
        confirmer: Confirmer::new(sns.client(), https),
        inbox: Inbox::new(store.clone(), settings.notifications_table, settings.retention),
        clock: now,
    })
}

fn settings_of(function: &str) -> Settings {
    let variables = environment(function);
    Settings::read(|name| variables.get(name).cloned()).unwrap()
}

/// The id that Lambda gives an invocation.
pub(crate) fn request_id(now: Timestamp) -> String {
    ids::message_id(&format!("invocation at {now}"))
}

fn now() -> Timestamp {
    NOW.get()
}

fn pass(time: Duration) {
    NOW.set(now().checked_add(time).unwrap());
}

thread_local! {
    // A test and its store have one thread, and no other test has it at the same time.
    static NOW: Cell<Timestamp> = const { Cell::new(START) };
}

/// After the last of the samples was sent: 2026-05-01T00:00:00Z.
pub(crate) const START: Timestamp = Timestamp::constant(1_777_593_600, 0);
/// How far apart invocations are.
pub(crate) const BETWEEN: SignedDuration = SignedDuration::from_mins(2);
