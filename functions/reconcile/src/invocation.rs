//! What the function is invoked with, told by its shape: a schedule, an order, a step of the state machine, or events.

use registry::{Application, RunId};
use serde::Deserialize;
use serde_json::Value;

use crate::event::{Event, NotAnEvent};
use crate::order::{Asked, Now, Order, Window};

/// An event of Lambda's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
#[non_exhaustive]
pub enum Invocation {
    /// Events of platform applications, through a topic. What is unreadable is none.
    Events(Vec<Result<Event, NotAnEvent>>),
    /// A run is to begin now, or to go on.
    Order(Application, Now),
    /// One step of the state machine.
    Step(Step),
    /// The schedule: what is due begins, what is unfinished goes on.
    Tick,
}

/// One step of the state machine, for an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose endpoints.
    pub application: Application,
    /// Which step.
    pub name: StepName,
    /// The run that it is of; none of the first step, and none when the first found nothing to do.
    pub under: Option<Under>,
}

/// Which step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepName {
    /// Begins a run, or finds the one to go on with; by the schedule only if it is time.
    Begin(Order),
    /// Lists endpoints for as long as there is time.
    List,
    /// Joins them with the registry, and makes the plan.
    Join,
    /// Carries out one part of the plan.
    Mend(u32),
    /// Reports.
    Finish,
}

/// The run of a step, and the lease under which it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Under {
    /// The run.
    pub run: RunId,
    /// The lease's number.
    pub fence: i64,
}

/// An event that is none of the four.
#[derive(Debug, thiserror::Error)]
pub enum BadInvocation {
    /// It has one of the shapes, and something in it is wrong.
    #[error("the event's {0}")]
    Content(String),
    /// It has none of them.
    #[error(
        "the event is none of: a scheduled event (`detail-type`), an order (`reconcile`), a step of the state machine (`step`), events of \
         platform applications (`Records` of SNS): check what invokes the function"
    )]
    Shape,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OrderFields {
    application: String,
    #[serde(flatten)]
    now: NowFields,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NowFields {
    mode: Option<String>,
    plan_hash: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

#[derive(Deserialize)]
struct StepFields {
    name: String,
    application: String,
    run: Option<String>,
    fence: Option<i64>,
    chunk: Option<u32>,
    #[serde(default)]
    scheduled: bool,
    #[serde(flatten)]
    now: NowFields,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "Sns")]
    sns: Notification,
}

#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Message")]
    message: String,
}

impl TryFrom<Value> for Invocation {
    type Error = BadInvocation;

    /// "Schedule AWS Lambda functions using EventBridge"; "Invoking Lambda functions with Amazon SNS notifications".
    fn try_from(mut event: Value) -> Result<Self, BadInvocation> {
        if event.get("detail-type").and_then(Value::as_str) == Some("Scheduled Event") {
            return Ok(Self::Tick);
        }
        if let Some(order) = event.get_mut("reconcile").map(Value::take) {
            let order: OrderFields = content("reconcile", order)?;
            return Ok(Self::Order(application(&order.application)?, order.now.read()?));
        }
        if let Some(step) = event.get_mut("step").map(Value::take) {
            return content::<StepFields>("step", step)?.read().map(Self::Step);
        }
        let batch: Batch = serde_json::from_value(event).map_err(|_| BadInvocation::Shape)?;
        let events = batch.records.iter().map(|record| Event::parse(&record.sns.message));
        Ok(Self::Events(events.collect()))
    }
}

impl NowFields {
    fn read(self) -> Result<Now, BadInvocation> {
        let asked = match self.mode.as_deref() {
            None => None,
            Some("plan") => Some(Asked::Plan),
            Some("apply") => Some(Asked::Apply),
            Some("recover") => Some(Asked::Recover(window(self.from.as_deref(), self.until.as_deref())?)),
            Some(_) => return Err(wrong("`mode` is `plan`, `apply` or `recover`")),
        };
        let is_hash = |hash: &String| hash.len() <= 128 && hash.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if self.plan_hash.as_ref().is_some_and(|hash| !is_hash(hash)) {
            return Err(wrong("`planHash` is the hash that a plan was reported with"));
        }
        let plan_hash = self.plan_hash;
        Ok(Now { asked, plan_hash })
    }
}

impl StepFields {
    fn read(self) -> Result<Step, BadInvocation> {
        let under = match (self.run, self.fence) {
            (Some(run), Some(fence)) => {
                let run = RunId::parse(&run).map_err(|_| wrong("`run` is the name of a run"))?;
                Some(Under { run, fence })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(wrong("`run` and `fence` belong together")),
        };
        let name = match (self.name.as_str(), self.chunk) {
            ("begin", None) if self.scheduled => StepName::Begin(Order::Scheduled),
            ("begin", None) => StepName::Begin(Order::Now(self.now.read()?)),
            ("list", None) => StepName::List,
            ("join", None) => StepName::Join,
            ("mend", Some(chunk)) => StepName::Mend(chunk),
            ("finish", None) => StepName::Finish,
            _ => {
                return Err(wrong(
                    "`name` is `begin`, `list`, `join`, `mend` or `finish`, and only `mend` has a `chunk`",
                ));
            }
        };
        Ok(Step {
            application: application(&self.application)?,
            name,
            under,
        })
    }
}

fn content<T: serde::de::DeserializeOwned>(shape: &str, value: Value) -> Result<T, BadInvocation> {
    serde_json::from_value(value).map_err(|error| wrong(&format!("`{shape}` cannot be read: {error}")))
}

fn application(arn: &str) -> Result<Application, BadInvocation> {
    Application::parse(arn).map_err(|error| wrong(&format!("`application` is wrong: {error}")))
}

fn window(from: Option<&str>, until: Option<&str>) -> Result<Window, BadInvocation> {
    let moment = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    let window = moment(from)
        .zip(moment(until))
        .and_then(|(from, until)| Window::new(from, until));
    window.ok_or_else(|| wrong("`from` and `until` are two moments (RFC 3339), the first one first, when `mode` is `recover`"))
}

fn wrong(what: &str) -> BadInvocation {
    BadInvocation::Content(what.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const APP: &str = "arn:aws:sns:us-east-1:123456789012:app/GCM/Fire";

    fn read(event: Value) -> Result<Invocation, String> {
        serde_json::from_value::<Invocation>(event).map_err(|error| error.to_string())
    }

    fn app() -> Application {
        Application::parse(APP).unwrap()
    }

    #[test]
    fn a_schedule_an_order_a_step_and_events_are_told_apart() {
        let scheduled = json!({"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
        assert_eq!(read(scheduled), Ok(Invocation::Tick));
        let order = json!({"reconcile": {"application": APP}});
        assert_eq!(read(order), Ok(Invocation::Order(app(), Now::default())));
        let step = json!({"step": {"name": "list", "application": APP, "run": "2026-03-06T12:00:00Z", "fence": 3}});
        let under = Under {
            run: RunId::parse("2026-03-06T12:00:00Z").unwrap(),
            fence: 3,
        };
        let expected = Step {
            application: app(),
            name: StepName::List,
            under: Some(under),
        };
        assert_eq!(read(step), Ok(Invocation::Step(expected)));
        let events = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"TopicArn": "t", "Message": "{}"}}]});
        assert_eq!(read(events), Ok(Invocation::Events(vec![Err(NotAnEvent::Form)])));
    }

    #[test]
    fn an_order_says_what_for_and_which_plan() {
        let hash = format!("2-{}", "0f".repeat(32));
        let order = json!({"reconcile": {"application": APP, "mode": "apply", "planHash": hash}});
        let now = Now {
            asked: Some(Asked::Apply),
            plan_hash: Some(hash),
        };
        assert_eq!(read(order), Ok(Invocation::Order(app(), now)));
        let [from, until] = ["2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z"];
        let order = json!({"reconcile": {"application": APP, "mode": "recover", "from": from, "until": until}});
        let window = Window::new(from.parse().unwrap(), until.parse().unwrap()).unwrap();
        let now = Now {
            asked: Some(Asked::Recover(window)),
            plan_hash: None,
        };
        assert_eq!(read(order), Ok(Invocation::Order(app(), now)));
    }

    #[test]
    fn the_steps_have_their_own_fields() {
        let name = |step: Value| match read(json!({"step": step})) {
            Ok(Invocation::Step(step)) => Ok((step.name, step.under.map(|under| under.fence))),
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(error),
        };
        let begin = json!({"name": "begin", "application": APP, "mode": "plan"});
        let now = Now {
            asked: Some(Asked::Plan),
            plan_hash: None,
        };
        assert_eq!(name(begin), Ok((StepName::Begin(Order::Now(now)), None)));
        let begin = json!({"name": "begin", "application": APP, "scheduled": true});
        assert_eq!(name(begin), Ok((StepName::Begin(Order::Scheduled), None)));
        let idle = json!({"name": "finish", "application": APP, "run": null, "fence": null});
        assert_eq!(name(idle), Ok((StepName::Finish, None)));
        let mend = json!({"name": "mend", "application": APP, "run": "r", "fence": 1, "chunk": 7});
        assert_eq!(name(mend), Ok((StepName::Mend(7), Some(1))));
        for wrong in [
            json!({"name": "mend", "application": APP, "run": "r", "fence": 1}),
            json!({"name": "list", "application": APP, "run": "r", "fence": 1, "chunk": 7}),
            json!({"name": "list", "application": APP, "run": "r"}),
            json!({"name": "list", "application": APP, "run": "", "fence": 1}),
            json!({"name": "sort", "application": APP}),
            json!({"name": "list", "application": "x"}),
            json!({"name": "list"}),
        ] {
            let error = name(wrong.clone()).unwrap_err();
            assert!(error.starts_with("the event's "), "{wrong}: {error}");
        }
    }

    #[test]
    fn any_other_event_is_refused_with_what_to_check() {
        for other in [
            json!({}),
            json!([]),
            json!("Scheduled Event"),
            json!({"Records": {}}),
            json!({"Records": [{"dynamodb": {}}]}),
            json!({"detail-type": "Other"}),
        ] {
            assert_eq!(read(other).unwrap_err(), BadInvocation::Shape.to_string());
        }
        for (order, wrong) in [
            (json!({}), "`reconcile` cannot be read: missing field `application`"),
            (
                json!({"application": APP, "mode": "Apply"}),
                "`mode` is `plan`, `apply` or `recover`",
            ),
            (
                json!({"application": APP, "mode": "recover"}),
                "`from` and `until` are two moments",
            ),
            (json!({"application": APP, "planHash": "the one"}), "`planHash` is the hash"),
            (json!({"application": "x"}), "`application` is wrong: not an ARN of this kind"),
        ] {
            let error = read(json!({"reconcile": order})).unwrap_err();
            assert!(error.starts_with(&format!("the event's {wrong}")), "{error}");
        }
    }
}
