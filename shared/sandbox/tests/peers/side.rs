//! One of the two that are compared, and how it is asked.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use aws_sdk_sns::Client;
use aws_sdk_sns::config::http::HttpResponse;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use sandbox::sns_api::client_at;

use super::answers::Answers;

/// An SNS to be asked.
pub(crate) struct Side {
    client: Client,
    pub(crate) answers: Answers,
}

/// What there is before the first call.
pub(crate) struct Arns {
    pub(crate) android: String,
    pub(crate) another: String,
    pub(crate) ios: String,
    /// Of an application with more endpoints than a page.
    pub(crate) large: String,
    pub(crate) topic: String,
}

/// How a call or its answer has attributes.
type Attributes = HashMap<String, String>;

impl Arns {
    pub(crate) fn of_account(account: &str) -> Self {
        let arn = |resource: &str| format!("arn:aws:sns:us-east-1:{account}:{resource}");
        Self {
            android: arn("app/GCM/firepost-android"),
            another: arn("app/GCM/firepost-another"),
            ios: arn("app/APNS/firepost-ios"),
            large: arn("app/GCM/firepost-large"),
            topic: arn(TOPIC),
        }
    }

    /// What they all begin with.
    pub(crate) fn beginning(&self) -> String {
        self.topic.replace(TOPIC, "")
    }

    pub(crate) fn applications(&self) -> [&str; 4] {
        [&self.android, &self.another, &self.ios, &self.large]
    }
}

impl Side {
    pub(crate) fn at(url: &str) -> Self {
        Self {
            client: client_at(url),
            answers: Answers::default(),
        }
    }

    /// Makes what there is before the first call. What an earlier run left goes first.
    pub(crate) async fn prepare(&self) -> Arns {
        let topic = self.client.create_topic().name(TOPIC).send().await.unwrap();
        let topic = topic.topic_arn.unwrap();
        let arns = Arns::of_account(topic.split(':').nth(4).unwrap());
        self.client.delete_topic().topic_arn(&topic).send().await.unwrap();
        self.client.create_topic().name(TOPIC).send().await.unwrap();

        let listed = self.client.list_platform_applications().send().await.unwrap();
        let listed = listed.platform_applications.unwrap_or_default().into_iter();
        let listed: Vec<_> = listed.filter_map(|known| known.platform_application_arn).collect();
        for arn in arns.applications() {
            if listed.iter().any(|known| known == arn) {
                let gone = self.client.delete_platform_application();
                gone.platform_application_arn(arn).send().await.unwrap();
            }
            let [_, platform, name] = arn.split('/').collect::<Vec<_>>().try_into().unwrap();
            let secrets = [("PlatformPrincipal", "principal"), ("PlatformCredential", "credential")];
            let made = self.client.create_platform_application().platform(platform).name(name);
            let made = made.set_attributes(Some(map(&secrets))).send().await.unwrap();
            assert_eq!(made.platform_application_arn.as_deref(), Some(arn));
        }
        arns
    }

    /// Makes an endpoint for each number, and looks at no answer.
    pub(crate) async fn fill(&self, application: &str, numbers: Range<usize>) {
        for number in numbers {
            let asked = self.client.create_platform_endpoint().platform_application_arn(application);
            asked.token(format!("fill-{number}")).send().await.unwrap();
        }
    }

    /// The ARN; where there is none, one that nobody has. User data goes where callers put it: beside the attributes.
    pub(crate) async fn create(&mut self, call: &'static str, application: &str, token: &str, wanted: &[(&str, &str)]) -> String {
        let mut attributes = map(wanted);
        let user_data = attributes.remove("CustomUserData");
        let asked = self.client.create_platform_endpoint().platform_application_arn(application);
        let asked = asked.token(token).set_custom_user_data(user_data);
        let asked = asked.set_attributes(Some(attributes).filter(|attributes| !attributes.is_empty()));
        let answer = asked.send().await.map(|made| made.endpoint_arn.unwrap_or_default());
        let name = token.get(..token.len().min(20)).unwrap_or_default();
        self.made(call, answer, '/', name).unwrap_or_else(|| absent(application))
    }

    pub(crate) async fn get(&mut self, call: &'static str, arn: &str) {
        let answer = self.client.get_endpoint_attributes().endpoint_arn(arn).send().await;
        self.add(call, answer, |answer| line(answer.attributes));
    }

    pub(crate) async fn set(&mut self, call: &'static str, arn: &str, attributes: &[(&str, &str)]) {
        let asked = self.client.set_endpoint_attributes().endpoint_arn(arn);
        let answer = asked.set_attributes(Some(map(attributes))).send().await;
        self.add(call, answer, |_| DONE.to_owned());
    }

    pub(crate) async fn delete(&mut self, call: &'static str, arn: &str) {
        let answer = self.client.delete_endpoint().endpoint_arn(arn).send().await;
        self.add(call, answer, |_| DONE.to_owned());
    }

    /// Every endpoint of a short list.
    pub(crate) async fn list(&mut self, call: &'static str, application: &str) {
        let asked = self.client.list_endpoints_by_platform_application();
        let answer = asked.platform_application_arn(application).send().await;
        self.add(call, answer, |page| {
            let listed = page.endpoints.unwrap_or_default().into_iter();
            let shown = listed.map(|endpoint| (line(endpoint.attributes), endpoint.endpoint_arn.unwrap_or_default()));
            // No page says in which order they are.
            let sorted: BTreeMap<_, _> = shown.collect();
            let shown: Vec<_> = sorted.iter().map(|(line, arn)| format!("{arn} {line}")).collect();
            format!("{}; {}", shown.join(", "), page.next_token.map_or("the end", |_| "and more"))
        });
    }

    /// How many endpoints there are on each page.
    pub(crate) async fn pages(&mut self, call: &'static str, application: &str) {
        let asked = self.client.list_endpoints_by_platform_application();
        let asked = asked.platform_application_arn(application);
        let (mut sizes, mut token) = (Vec::new(), None);
        let answer = loop {
            match asked.clone().set_next_token(token).send().await {
                Err(error) => break Err(error),
                Ok(page) => {
                    sizes.push(page.endpoints.unwrap_or_default().len().to_string());
                    token = page.next_token;
                }
            }
            if token.is_none() {
                break Ok(());
            }
        };
        self.add(call, answer, |()| sizes.join(", "));
    }

    /// A page that no page leads to.
    pub(crate) async fn turn_to(&mut self, call: &'static str, application: &str, token: &str) {
        let asked = self.client.list_endpoints_by_platform_application();
        let answer = asked.platform_application_arn(application).next_token(token).send().await;
        self.add(call, answer, |page| page.endpoints.unwrap_or_default().len().to_string());
    }

    pub(crate) async fn application(&mut self, call: &'static str, arn: &str) {
        let asked = self.client.get_platform_application_attributes();
        let answer = asked.platform_application_arn(arn).send().await;
        self.add(call, answer, |answer| line(answer.attributes));
    }

    pub(crate) async fn set_application(&mut self, call: &'static str, arn: &str, attributes: &[(&str, &str)]) {
        let asked = self.client.set_platform_application_attributes();
        let asked = asked.platform_application_arn(arn);
        let answer = asked.set_attributes(Some(map(attributes))).send().await;
        self.add(call, answer, |_| DONE.to_owned());
    }

    /// A message to a device.
    pub(crate) async fn publish(&mut self, call: &'static str, arn: &str) {
        let answer = self.client.publish().target_arn(arn).message("hello").send().await;
        self.add(call, answer, |answer| {
            answer.message_id.map_or("no id", |_| "taken").to_owned()
        });
    }

    /// The ARN of the subscription; where there is none, one that nobody has.
    pub(crate) async fn subscribe(&mut self, call: &'static str, topic: &str, endpoint: &str) -> String {
        let asked = self.client.subscribe().topic_arn(topic).protocol("application");
        let answer = asked.endpoint(endpoint).send().await;
        let answer = answer.map(|answer| answer.subscription_arn.unwrap_or_default());
        self.made(call, answer, ':', "subscription")
            .unwrap_or_else(|| format!("{topic}:{NOBODY}"))
    }

    pub(crate) async fn unsubscribe(&mut self, call: &'static str, subscription: &str) {
        let answer = self.client.unsubscribe().subscription_arn(subscription).send().await;
        self.add(call, answer, |_| DONE.to_owned());
    }

    pub(crate) async fn subscriptions(&mut self, call: &'static str, topic: &str) {
        let answer = self.client.list_subscriptions_by_topic().topic_arn(topic).send().await;
        self.add(call, answer, |answer| {
            let listed = answer.subscriptions.unwrap_or_default().into_iter();
            let arns: Vec<_> = listed.filter_map(|known| known.subscription_arn).collect();
            match arns.as_slice() {
                [] => "none".to_owned(),
                arns => arns.join(" "),
            }
        });
    }

    /// Names what was made, whose id is at the end of its ARN.
    fn made<E: ProvideErrorMetadata>(
        &mut self,
        call: &'static str,
        answer: Result<String, SdkError<E, HttpResponse>>,
        before_id: char,
        name: &str,
    ) -> Option<String> {
        let arn = answer.as_ref().ok().cloned();
        if let Some((_, id)) = arn.as_ref().and_then(|arn| arn.rsplit_once(before_id)) {
            self.answers.name(id, name);
        }
        self.add(call, answer, |arn| arn);
        arn
    }

    fn add<T, E: ProvideErrorMetadata>(
        &mut self,
        call: &'static str,
        answer: Result<T, SdkError<E, HttpResponse>>,
        show: impl FnOnce(T) -> String,
    ) {
        let answer = answer.map_or_else(|error| told(&error), show);
        self.answers.add(call, &answer);
    }
}

/// The ARN of an endpoint that nobody made.
pub(crate) fn absent(application: &str) -> String {
    format!("{}/{NOBODY}", application.replacen(":app/", ":endpoint/", 1))
}

/// What a caller can see of an error: status, code and text.
fn told<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    let status = error.raw_response().map(|response| response.status().as_u16());
    match (status, error.code(), error.message()) {
        (Some(status), Some(code), Some(message)) => format!("{status} {code}: {message}"),
        (Some(status), _, _) => format!("{status} and no code"),
        (None, _, _) => "no answer".to_owned(),
    }
}

fn map(attributes: &[(&str, &str)]) -> Attributes {
    let pairs = attributes.iter();
    pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Attributes in the order of their names. A long value is told by its length.
fn line(attributes: Option<Attributes>) -> String {
    let sorted: BTreeMap<_, _> = attributes.unwrap_or_default().into_iter().collect();
    let pairs = sorted.iter().map(|(name, value)| match value.len() {
        0..100 => format!("{name}={}", value.escape_debug()),
        long => format!("{name} of {long} bytes"),
    });
    pairs.collect::<Vec<_>>().join(" ")
}

const DONE: &str = "done";
const NOBODY: &str = "00000000-0000-3000-8000-000000000000";
const TOPIC: &str = "firepost-news";
