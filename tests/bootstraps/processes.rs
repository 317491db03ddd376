//! The functions as processes of their own, in the samples' environment, with the real clock.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use jiff::SignedDuration;
use sandbox::Bootstrap;
use sandbox::bootstrap::{Ended, Environment};
use sandbox::dynamo::Tables;
use sandbox::emulator::Emulator;
use sandbox::runtime_api::{Answer, FunctionError, Invocation};
use serde_json::Value;

use super::executable::{emulator, executable};
use super::real::now;
use super::timeline::Timeline;
use crate::events::deployment::{BETWEEN, START, request_id};
use crate::events::environment::environment;
use crate::events::outside::Outside;
use crate::events::{read, rendering};

/// What is around the functions, and those that have been invoked.
pub(crate) struct Processes {
    outside: Outside,
    timeline: Timeline,
    running: BTreeMap<String, Process>,
}

/// A function's process, under one Runtime API or the other.
pub(crate) enum Process {
    /// The sandbox's.
    Alone(Box<Bootstrap>),
    /// AWS's.
    Emulated(Box<Emulator>),
}

impl Processes {
    pub(crate) async fn new() -> Self {
        let outside = Outside::new(now).await;
        outside.endpoints.list_at_once();
        Self {
            outside,
            timeline: Timeline::new(now),
            running: BTreeMap::new(),
        }
    }

    /// Invokes the function that the file is named for, in the process that it has or gets.
    pub(crate) async fn invoke(&mut self, file: &str) -> String {
        let (function, mut event) = (rendering::function(file), read(file));
        // These are signed by nobody, so their times can be those of this run.
        if ["devices", "reconcile"].contains(&function) {
            event = self.timeline.as_lived(&event);
        }
        if function == "dispatch" {
            event = unexpired(&event);
        }
        if file == "dispatch-scheduled.json" {
            self.let_rows_age().await;
        }
        self.outside.make_it_so(function, &event).await;
        let sampled = self.timeline.now();
        if !self.running.contains_key(function) {
            let process = Process::start(function, &self.environment(function)).await;
            self.running.insert(function.to_owned(), process);
        }
        let process = self.running.get_mut(function).unwrap();
        let began = self.timeline.begin();
        let answer = process.invoke(&request_id(sampled), event).await;
        self.timeline.end(began, &rendered(function, &answer))
    }

    /// What is around them.
    pub(crate) fn outside(&self) -> &Outside {
        &self.outside
    }

    /// What is on record, by the samples' time.
    pub(crate) async fn on_record(&self) -> String {
        self.timeline.as_sampled(&self.outside.on_record(now()).await)
    }

    /// The variables of `env.json`, and where everything is.
    pub(crate) fn environment(&self, function: &str) -> Environment {
        let outside = &self.outside;
        let lambda = Environment::of(function).with_all(environment(&capitalised(function)));
        lambda.with_all(outside.amazon.variables()).with_all([
            ("AWS_ENDPOINT_URL_DYNAMODB", outside.dynamo.endpoint()),
            ("AWS_ENDPOINT_URL_SNS", &outside.sns.url()),
        ])
    }

    /// The processes end, as a scaled-in environment does; what they have written, and how they ended.
    pub(crate) async fn end(self) -> Vec<(String, Ended)> {
        let mut all = Vec::new();
        for (function, process) in self.running {
            if let Process::Alone(process) = process {
                all.push((function, process.terminated().await.unwrap()));
            }
        }
        all
    }

    /// A sweep leaves what is younger than a minute to the stream, and between two of the samples are two minutes: so much older
    /// the rows are made.
    async fn let_rows_age(&self) {
        let (store, table) = (&self.outside.store, Tables::default().notifications);
        let rows = store.scan().table_name(&table).send().await.unwrap().items.unwrap();
        for mut row in rows {
            let received_at = row["received_at"].as_n().unwrap().parse::<i128>().unwrap();
            let received_at = (received_at - BETWEEN.as_millis()).to_string();
            row.insert("received_at".to_owned(), AttributeValue::N(received_at));
            store.put_item().table_name(&table).set_item(Some(row)).send().await.unwrap();
        }
    }
}

impl Process {
    pub(crate) async fn start(function: &str, environment: &Environment) -> Self {
        let executable = executable(function);
        match emulator() {
            Some(emulator) => {
                let emulator = Emulator::start(&emulator, &executable, environment).await;
                Self::Emulated(Box::new(emulator.unwrap()))
            }
            None => {
                let process = Bootstrap::start(&executable, environment).await;
                Self::Alone(Box::new(process.unwrap()))
            }
        }
    }

    pub(crate) async fn invoke(&mut self, request_id: &str, event: impl Into<Bytes>) -> Answer {
        match self {
            Self::Emulated(emulator) => match emulator.invoke(event.into()).await {
                Ok(answer) => answer,
                Err(error) => panic!("{error}; it wrote {:#?}", emulator.log()),
            },
            Self::Alone(process) => process.invoke(invocation(request_id, event)).await.unwrap().answer,
        }
    }
}

/// An event of the function, with as much time as the template gives at most.
pub(crate) fn invocation(request_id: &str, event: impl Into<Bytes>) -> Invocation {
    Invocation {
        request_id: request_id.to_owned(),
        deadline: now() + PATIENCE,
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:firepost".to_owned(),
        trace_id: Some("Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1".to_owned()),
        event: event.into(),
    }
}

/// The rows that a stream's event tells of, with the time left to them that they have in the samples: the store is there to see.
fn unexpired(event: &str) -> String {
    let mut event = serde_json::from_str::<Value>(event).unwrap();
    for record in event["Records"].as_array_mut().into_iter().flatten() {
        if let Some(expires_at) = record.pointer_mut("/dynamodb/NewImage/expires_at/N") {
            let second = expires_at.as_str().unwrap().parse::<i64>().unwrap();
            *expires_at = (second + now().duration_since(START).as_secs()).to_string().into();
        }
    }
    event.to_string()
}

/// An answer as the tables have it.
pub(crate) fn rendered(function: &str, answer: &Answer) -> String {
    match answer {
        Answer::Response(body) => rendering::answer(function, std::str::from_utf8(body).unwrap()),
        Answer::Error(FunctionError { kind, message, .. }) => match message.strip_prefix(UNREAD) {
            // By the runtime, which could not read the event.
            Some(reason) => format!("not invoked: {}", reason.trim_end()),
            None => rendering::failure(kind, message),
        },
    }
}

/// A section of `env.json`, a function's name in the template.
pub(crate) fn capitalised(function: &str) -> String {
    let (first, rest) = function.split_at(1);
    first.to_uppercase() + rest
}

const UNREAD: &str = "failed to deserialize the incoming data into the function's payload type: ";
/// The longest of the template's timeouts.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
