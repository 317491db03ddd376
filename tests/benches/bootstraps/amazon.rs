//! What is around the functions: DynamoDB, SNS, ADM and the rest, in this process, and the variables that lead there.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::Select;
use bytes::Bytes;
use jiff::Timestamp;
use sandbox::bootstrap::Environment;
use sandbox::dynamo::{Dynamo, StreamStart, TableStream, Tables, create_tables};
use sandbox::queue::QueueEndpoint;
use sandbox::sns_api::SnsEndpoint;
use sandbox::{AdmEndpoint, AdmService, Queue, Secrets, SnsApi};
use serde_json::json;

use crate::events::sample;

/// All of it, with the platform applications, the topics and the credentials of `events/env.json`.
pub(crate) struct Amazon {
    clock: fn() -> Timestamp,
    variables: BTreeMap<String, BTreeMap<String, String>>,
    dynamo: Dynamo,
    sns: SnsApi,
    sns_endpoint: SnsEndpoint,
    adm: AdmService,
    adm_endpoint: AdmEndpoint,
    secrets: Secrets,
    queue: Queue,
    queue_endpoint: QueueEndpoint,
}

impl Amazon {
    pub(crate) async fn start(clock: fn() -> Timestamp) -> Self {
        let variables = serde_json::from_value::<BTreeMap<String, BTreeMap<String, String>>>(sample("env.json")).unwrap();
        let dynamo = Dynamo::in_memory().await.unwrap();
        create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
        let sns = SnsApi::new(clock);
        sns.create_topic(&variables["Dispatch"]["EVENTS_TOPIC_ARN"]);
        let push = sns.push();
        push.without_quotas();
        for application in variables["Devices"]["PLATFORM_APPLICATIONS"].split(',') {
            push.add_application(application);
        }
        let adm = AdmService::new(clock);
        adm.add_profile(CLIENT_ID, CLIENT_SECRET);
        adm.register(CLIENT_ID);
        adm.subscribe(CLIENT_ID, "an app instance", "SomeTopic").unwrap();
        let secrets = Secrets::start().await.unwrap();
        let credentials = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
        secrets.put(&variables["Adm"]["ADM_CREDENTIALS_SECRET"], &credentials.to_string());
        let queue = Queue::new(clock);
        Self {
            clock,
            variables,
            dynamo,
            sns_endpoint: sns.serve(0).await.unwrap(),
            sns,
            adm_endpoint: adm.serve(0).await.unwrap(),
            adm,
            secrets,
            queue_endpoint: queue.serve(0).await.unwrap(),
            queue,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The function's section of `events/env.json`, if it has one, and where everything is.
    pub(crate) fn environment(&self, function: &str) -> Environment {
        let section = function[..1].to_uppercase() + &function[1..];
        let lambda = Environment::of(function).with_all(self.variables.get(&section).into_iter().flatten());
        lambda.with_all([
            ("ADM_ENDPOINT", self.adm_endpoint.url()),
            ("ADM_QUEUE_URL", self.queue.queue_url()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamo.endpoint().to_owned()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.secrets.url()),
            ("AWS_ENDPOINT_URL_SNS", self.sns_endpoint.url()),
            ("AWS_ENDPOINT_URL_SQS", self.queue_endpoint.url()),
            ("LWA_ENDPOINT", self.adm_endpoint.url()),
        ])
    }

    /// The changes of the inbox from now on.
    pub(crate) async fn changes(&self) -> Changes {
        let table = Tables::default().notifications;
        Changes(self.dynamo.stream(&table, StreamStart::Latest).await.unwrap())
    }

    /// Rows of the inbox.
    pub(crate) async fn recorded(&self) -> usize {
        let scan = self.dynamo.client().scan().table_name(Tables::default().notifications);
        let pages = scan.select(Select::Count).into_paginator().send();
        let pages = pages.try_collect().await.unwrap();
        pages.iter().map(|page| usize::try_from(page.count).unwrap()).sum()
    }

    /// Messages on the topic of events.
    pub(crate) fn handed_on(&self) -> usize {
        self.sns.published().len()
    }

    /// Messages that ADM has.
    pub(crate) fn sent(&self) -> usize {
        self.adm.delivered().len()
    }
}

/// The inbox's stream, a record in each event.
pub(crate) struct Changes(TableStream);

impl Changes {
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        let event = self.0.next(1).await.unwrap();
        event.map(|event| event.to_string().into())
    }
}

const CLIENT_ID: &str = "amzn1.application-oa2-client.0123456789abcdef";
const CLIENT_SECRET: &str = "0123456789abcdef";
