//! A store, an SNS and a clock, and instances of the function between them.

mod fleet;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sns::config::retry::RetryConfig;
use aws_sdk_sns::config::timeout::TimeoutConfig;
use inbox::Invoked;
use jiff::{SignedDuration, Timestamp};
use reconcile::{Applications, Asked, Clock, Line, Now, Order, Parts, Ran, Report, Rules, Sizes, Summary, Sweep, Wait};
use registry::{Application, Attempt, Device, DeviceId, DeviceKey, EndpointArn, Registration, Registry, Token};
use sandbox::dynamo::{Dynamo, Faults, Tables, create_tables};
use sandbox::sns_api::{Action, Push, SnsApi, SnsEndpoint};

pub(crate) use self::fleet::WANTING;

pub(crate) const APP: &str = "arn:aws:sns:us-east-1:123456789012:app/GCM/Fire";

pub(crate) struct World {
    pub(crate) api: SnsApi,
    pub(crate) push: Push,
    pub(crate) sns: SnsEndpoint,
    _dynamo: Dynamo,
    pub(crate) faults: Faults,
    pub(crate) registry: Registry,
    pub(crate) sweep: Arc<Sweep>,
    now: Arc<Mutex<Timestamp>>,
    ids: AtomicUsize,
}

/// What a world is like.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) rules: Rules,
    pub(crate) sizes: Sizes,
    /// How long an instance waits for one answer of SNS.
    pub(crate) patience: Duration,
    /// SNS keeps its quotas, by the same clock.
    pub(crate) has_quotas: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            rules: Rules {
                mode: Asked::Apply,
                // The budget is not what most tests are about: so a wait is short by their clock.
                budget_percent: 100,
                ..Rules::default()
            },
            sizes: SMALL,
            patience: Duration::from_secs(20),
            has_quotas: false,
        }
    }
}

/// Small parts, so that there are several of each.
pub(crate) const SMALL: Sizes = Sizes {
    pages_a_paper: 2,
    items_a_chunk: 2,
    at_once: 2,
    rows_a_page: 4,
    segments: 2,
    lines_at_most: 100,
};

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Setting::default()).await
    }

    pub(crate) async fn with(setting: Setting) -> Self {
        let now = Arc::new(Mutex::new("2026-03-06T20:00:00Z".parse::<Timestamp>().unwrap()));
        let clock = now.clone();
        let api = SnsApi::new(move || *clock.lock().unwrap());
        let push = api.push();
        push.add_application(APP);
        push.set_page_size(3);
        if !setting.has_quotas {
            push.without_quotas();
        }
        let dynamo = Dynamo::in_memory().await.unwrap();
        create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
        let faults = dynamo.with_faults().await.unwrap();
        let sns = api.serve(0).await.unwrap();
        let registry = Registry::new(dynamo.client_with(timeouts(LONG)), Tables::default().devices, RETENTION);
        Self {
            sweep: instance(&sns, &faults, &now, &setting),
            api,
            push,
            sns,
            _dynamo: dynamo,
            faults,
            registry,
            now,
            ids: AtomicUsize::default(),
        }
    }

    /// Another instance of the function.
    pub(crate) fn instance(&self, setting: &Setting) -> Arc<Sweep> {
        instance(&self.sns, &self.faults, &self.now, setting)
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    pub(crate) fn day(&self) {
        self.pass(86_400);
    }

    pub(crate) fn ends_at(&self) -> Timestamp {
        self.now() + SignedDuration::from_secs(900)
    }

    pub(crate) fn id(&self) -> String {
        format!("request-{}", self.ids.fetch_add(1, Ordering::SeqCst))
    }

    /// A run by order, to its end.
    pub(crate) async fn order(&self, asked: Asked) -> Summary {
        let now = Now {
            asked: Some(asked),
            plan_hash: None,
        };
        finished(self.run(&self.sweep, &Order::Now(now)).await)
    }

    pub(crate) async fn run(&self, sweep: &Sweep, order: &Order) -> Ran {
        let (ends_at, id) = (self.ends_at(), self.id());
        sweep
            .run(&app(), order, ends_at, Invoked::untraced(&id), &mut |_| {})
            .await
            .unwrap()
    }

    /// A run that is over, so that the next one has something to compare itself with.
    pub(crate) async fn baseline(&self) -> Summary {
        let summary = self.order(Asked::Plan).await;
        self.day();
        summary
    }

    /// The last report, as lines of text.
    pub(crate) async fn lines(&self) -> Vec<String> {
        told(&self.report().await.lines)
    }

    pub(crate) async fn report(&self) -> Report {
        self.sweep.report(&app(), None).await.unwrap().unwrap()
    }

    /// A device says what token it has, now.
    pub(crate) async fn confirm(&self, device: &str, token: &str) -> Device {
        self.confirm_at(device, token, self.now()).await
    }

    pub(crate) async fn confirm_at(&self, device: &str, token: &str, confirmed_at: Timestamp) -> Device {
        let registration = Registration {
            device: key(device),
            token: Token::parse(app().platform(), token).unwrap(),
            owner: None,
            subscriptions: None,
            confirmed_at,
        };
        let registered = self.registry.register(&registration, &self.attempt()).await.unwrap();
        registered.device
    }

    /// A device with its endpoint, all well.
    pub(crate) async fn healthy(&self, device: &str, token: &str) -> String {
        let row = self.confirm(device, token).await;
        let arn = self.push.put(APP, token, true, &row.user_data()).unwrap();
        self.bind(&row, &arn).await;
        arn
    }

    pub(crate) async fn bind(&self, row: &Device, arn: &str) {
        let endpoint = EndpointArn::parse(arn).unwrap();
        match self.registry.bind(row, &endpoint, &self.attempt()).await.unwrap() {
            registry::Change::Done(_) => {}
            other => unreachable!("{other:?}"),
        }
    }

    pub(crate) async fn row(&self, device: &str) -> Device {
        self.registry.get(&key(device), self.now()).await.unwrap().unwrap()
    }

    pub(crate) fn attempt(&self) -> Attempt<'static> {
        Attempt {
            id: "somebody else",
            now: self.now(),
        }
    }

    pub(crate) fn is_enabled(&self, arn: &str) -> Option<bool> {
        self.push.endpoint(arn).map(|endpoint| endpoint.is_enabled)
    }

    /// Calls to SNS and to the table so far.
    pub(crate) fn calls(&self) -> usize {
        self.api.calls().len() + self.faults.all_calls()
    }

    /// The mutating calls that something comes to, by action.
    pub(crate) async fn changes_of<T>(&self, work: impl Future<Output = T>) -> (T, BTreeMap<&'static str, usize>) {
        let count = |action: Action| (action.name(), self.api.count(action));
        let before: BTreeMap<_, _> = Action::ALL
            .into_iter()
            .filter(|action| action.is_mutating())
            .map(count)
            .collect();
        let done = work.await;
        let after = Action::ALL.into_iter().filter(|action| action.is_mutating()).map(count);
        let changes = after.map(|(name, count)| (name, count - before[name]));
        (done, changes.filter(|(_, count)| *count > 0).collect())
    }
}

/// `row code action held device endpoint`, what is not there left out.
pub(crate) fn told(lines: &[Line]) -> Vec<String> {
    let mut lines: Vec<_> = lines
        .iter()
        .map(|line| {
            let parts = [
                Some(line.row.to_string()),
                Some(line.code.to_string()),
                line.action.as_ref().map(|action| format!("-> {action}")),
                line.held.as_ref().map(|held| format!("({held})")),
                line.endpoint.as_ref().map(|endpoint| format!("at {}", &endpoint[..4])),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        })
        .collect();
    lines.sort();
    lines
}

pub(crate) fn finished(ran: Ran) -> Summary {
    match ran {
        Ran::Finished(summary) => *summary,
        other => unreachable!("not finished: {other:?}"),
    }
}

pub(crate) fn app() -> Application {
    Application::parse(APP).unwrap()
}

pub(crate) fn key(device: &str) -> DeviceKey {
    DeviceKey {
        application: app(),
        id: DeviceId::parse(device).unwrap(),
    }
}

fn instance(sns: &SnsEndpoint, faults: &Faults, now: &Arc<Mutex<Timestamp>>, setting: &Setting) -> Arc<Sweep> {
    let config = sns.client().config().to_builder().retry_config(RetryConfig::disabled());
    let client = aws_sdk_sns::Client::from_conf(config.timeout_config(timeouts(setting.patience)).build());
    let (clock, hand) = (now.clone(), now.clone());
    let parts = Parts {
        applications: Applications::new([(app(), client)]),
        registry: Registry::new(faults.client_with(timeouts(LONG)), Tables::default().devices, RETENTION),
        rules: setting.rules.clone(),
        clock: Clock::new(move || *clock.lock().unwrap()),
        // Time passes when somebody waits for it, and when a test says so.
        wait: Wait::new(move |time| {
            *hand.lock().unwrap() += time;
            Box::pin(tokio::task::yield_now())
        }),
    };
    Arc::new(Sweep::new(parts).with_sizes(setting.sizes))
}

fn timeouts(patience: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(patience)
        .operation_timeout(patience * 3)
        .build()
}

const LONG: Duration = Duration::from_secs(20);
const RETENTION: Duration = Duration::from_secs(30 * 86_400);
