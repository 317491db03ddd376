//! What apps report of their subscriptions, and what is asked about them.

use std::time::Duration;

use jiff::Timestamp;
use sends::StoreError;

use super::Service;
use super::path_topic::PathTopic;
use crate::once::store_fault;
use crate::reply::Reply;
use crate::{Fault, FaultName, Faults, Instance, Problem, ProblemType, Report, Topic, Unassigned};

impl Service {
    /// `GET /adm/topics`.
    pub(super) async fn topics(&self, until: Timestamp) -> Reply {
        match self.in_time(until, self.ledger.overview()).await {
            Some(Ok(overview)) => Reply::ok("listed", &overview),
            Some(Err(error)) => ledger_fault(&error),
            None => out_of_time(),
        }
    }

    /// `POST /adm/subscriptions`. Cut off in the middle, a report is done or not, and repeating it does no harm.
    pub(super) async fn report(&self, body: &[u8], until: Timestamp) -> Reply {
        let report = match Report::read(body) {
            Ok(report) => report,
            Err(faults) => return Reply::from(Problem::of_request(&faults)),
        };
        match self.in_time(until, self.ledger.record(&report, self.once.pace.now())).await {
            Some(Ok(recorded)) => Reply::ok("reported", &recorded),
            Some(Err(error)) => ledger_fault(&error),
            None => out_of_time(),
        }
    }

    /// `POST /adm/topics/{topic}/assignment`.
    pub(super) async fn assign(&self, topic: &PathTopic, body: &[u8], until: Timestamp) -> Reply {
        let (topic, instance) = match question(topic, body) {
            Ok(question) => question,
            Err(faults) => return Reply::from(Problem::of_request(&faults)),
        };
        match self.in_time(until, self.ledger.assign(&self.shards, &topic, &instance)).await {
            Some(Ok(assignment)) => Reply::ok("assigned", &assignment),
            Some(Err(Unassigned::Full(full))) => Reply::from(Problem::from(full)),
            Some(Err(Unassigned::Store(error))) => ledger_fault(&error),
            None => out_of_time(),
        }
    }

    /// What comes of it, if it comes in time. The ledger is read and written in rounds, whose number depends on others.
    async fn in_time<T>(&self, until: Timestamp, work: impl Future<Output = T>) -> Option<T> {
        let left = Duration::try_from(until.duration_since(self.once.pace.now())).unwrap_or_default();
        // On the heap, as every send.
        tokio::time::timeout(left, Box::pin(work)).await.ok()
    }
}

fn question(topic: &PathTopic, body: &[u8]) -> Result<(Topic, Instance), Faults> {
    let (name, fault) = topic.named(body);
    let mut faults = fault.into_iter().collect::<Vec<_>>();
    let topic = Topic::new(&name);
    if topic.is_none() {
        faults.push(Fault {
            name: FaultName::InvalidTopic,
            field: "topic".to_owned(),
            detail: Topic::RULE.to_owned(),
        });
    }
    let instance = Instance::read(&name, body);
    match (topic, instance, faults.is_empty()) {
        (Some(topic), Ok(instance), true) => Ok((topic, instance)),
        (_, instance, _) => Err(Faults::after(faults, instance.err()).expect("one of them is a fault")),
    }
}

fn ledger_fault(error: &StoreError) -> Reply {
    store_fault(error, "the ledger cannot be reached")
}

fn out_of_time() -> Reply {
    let problem = Problem {
        retry_after: Some(Duration::from_secs(5)),
        ..Problem::new(
            ProblemType::Unavailable,
            "the ledger took too long; repeating the request does no harm",
        )
    };
    Reply::from(problem).because("out_of_time")
}
