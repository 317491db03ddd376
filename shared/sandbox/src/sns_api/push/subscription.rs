//! Subscriptions of endpoints to topics, which outlive their endpoints.
//!
//! Subscribe with the protocol `application` needs no confirmation and gives the same ARN for the same pair; Unsubscribe of what
//! is not there is no error, as SNS has been seen to do, though its page lists NotFound; the lists have 100 on a page. That a topic
//! delivers to them is not imitated.

use std::collections::{BTreeMap, HashMap};

use super::{application::list, arn::EndpointArn};
use crate::{
    ids,
    sns_api::{Action, Call, SnsApi, refusal::Refusal, reply},
};

/// All of them, each at its place for ever.
#[derive(Default)]
pub(super) struct Subscriptions {
    places: Vec<Option<Subscription>>,
    by_arn: HashMap<String, usize>,
    by_topic: BTreeMap<String, Vec<usize>>,
}

/// An endpoint that gets what is published to a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its own ARN.
    pub arn: String,
    /// The topic.
    pub topic_arn: String,
    /// The endpoint, which may have been deleted since.
    pub endpoint_arn: String,
}

impl Subscriptions {
    pub(super) fn all(&self) -> Vec<Subscription> {
        self.places.iter().flatten().cloned().collect()
    }

    fn add(&mut self, topic_arn: &str, endpoint_arn: &str) -> String {
        let id = ids::uuid_text(ids::subscription_id(topic_arn, endpoint_arn));
        let arn = format!("{topic_arn}:{id}");
        let next = self.places.len();
        let place = *self.by_arn.entry(arn.clone()).or_insert(next);
        let subscription = Subscription {
            arn: arn.clone(),
            topic_arn: topic_arn.to_owned(),
            endpoint_arn: endpoint_arn.to_owned(),
        };
        if place == next {
            self.places.push(None);
            self.by_topic.entry(topic_arn.to_owned()).or_default().push(place);
        }
        self.places[place] = Some(subscription);
        arn
    }

    fn find(&self, arn: &str) -> Option<&Subscription> {
        self.places[*self.by_arn.get(arn)?].as_ref()
    }

    fn remove(&mut self, arn: &str) {
        if let Some(place) = self.by_arn.get(arn) {
            self.places[*place] = None;
        }
    }
}

impl SnsApi {
    pub(in crate::sns_api) fn subscribe_endpoint(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, _) = self.admit(Action::Subscribe, call)?;
        if call.required("Protocol")? != "application" {
            return Err(Refusal::not_imitated("Protocol"));
        }
        let (topic_arn, endpoint_arn) = (call.required("TopicArn")?, call.required("Endpoint")?);
        call.check_region("TopicArn", topic_arn)?;
        if !state.topics.contains(topic_arn) {
            return Err(Refusal::no_such_topic());
        }
        // SNS writes no space between the word and the ARN.
        let absent = || {
            Refusal::invalid(&format!(
                "Endpoint Reason: Endpoint does not exist for endpoint arn{endpoint_arn}"
            ))
        };
        let named = EndpointArn::parse(endpoint_arn).ok_or_else(absent)?;
        state.push.endpoint(&named).map_err(|_| absent())?;
        let arn = state.push.subscriptions.add(topic_arn, endpoint_arn);
        Ok(reply::subscription_arn(&arn))
    }

    /// Whoever has the address may unsubscribe, so no signature is asked for ("Unsubscribe").
    pub(in crate::sns_api) fn unsubscribe_endpoint(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, _) = self.admit_anybody(Action::Unsubscribe, call)?;
        let arn = call.required("SubscriptionArn")?;
        match arn.split(':').count() {
            count @ ..6 => {
                let reason = format!("SubscriptionArn Reason: An ARN must have at least 6 elements, not {count}");
                return Err(Refusal::invalid(&reason));
            }
            6 => return Err(Refusal::invalid("SubscriptionId")),
            _ => call.check_region("SubscriptionArn", arn.rsplit_once(':').map_or(arn, |(topic, _)| topic))?,
        }
        state.push.subscriptions.remove(arn);
        Ok(String::new())
    }

    /// The attributes that AWS's own examples of GetSubscriptionAttributes show for a subscription with no settings of its own
    /// (<https://docs.aws.amazon.com/cli/latest/reference/sns/get-subscription-attributes.html>).
    pub(in crate::sns_api) fn subscription_attributes(&self, call: &Call) -> Result<String, Refusal> {
        let (state, _) = self.admit(Action::GetSubscriptionAttributes, call)?;
        let arn = call.required("SubscriptionArn")?;
        let subscription = state.push.subscriptions.find(arn).ok_or_else(Refusal::no_such_subscription)?;
        let owner = arn.split(':').nth(4).unwrap_or_default();
        let entry = |(name, value): (&str, &str)| format!("<entry><key>{name}</key><value>{value}</value></entry>");
        let attributes = [
            ("SubscriptionArn", arn),
            ("TopicArn", &subscription.topic_arn),
            ("Endpoint", &subscription.endpoint_arn),
            ("Protocol", "application"),
            ("Owner", owner),
            ("PendingConfirmation", "false"),
        ];
        Ok(format!("<Attributes>{}</Attributes>", attributes.map(entry).concat()))
    }

    pub(in crate::sns_api) fn list_subscriptions(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, now) = self.admit(Action::ListSubscriptions, call)?;
        let mobile = &mut state.push;
        let len = mobile.subscriptions.places.len();
        let (places, next) = mobile.pages.turn("subscriptions", call.parameter("NextToken"), len, now)?;
        let listed = mobile.subscriptions.places[places].iter().flatten();
        let here = listed.filter(|subscription| call.check_region("NextToken", &subscription.topic_arn).is_ok());
        Ok(list("Subscriptions", &here.map(member).collect::<String>(), next))
    }

    pub(in crate::sns_api) fn list_subscriptions_of_topic(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, now) = self.admit(Action::ListSubscriptionsByTopic, call)?;
        let topic_arn = call.required("TopicArn")?;
        call.check_region("TopicArn", topic_arn)?;
        if !state.topics.contains(topic_arn) {
            return Err(Refusal::no_such_topic());
        }
        let mobile = &mut state.push;
        let of_topic = mobile.subscriptions.by_topic.get(topic_arn).map_or(&[][..], Vec::as_slice);
        let (places, next) = mobile
            .pages
            .turn(topic_arn, call.parameter("NextToken"), of_topic.len(), now)?;
        let listed = of_topic[places].iter();
        let listed = listed.filter_map(|place| mobile.subscriptions.places[*place].as_ref());
        Ok(list("Subscriptions", &listed.map(member).collect::<String>(), next))
    }
}

fn member(subscription: &Subscription) -> String {
    let Subscription {
        arn,
        topic_arn,
        endpoint_arn,
    } = subscription;
    let owner = topic_arn.split(':').nth(4).unwrap_or_default();
    format!(
        "<member><SubscriptionArn>{arn}</SubscriptionArn><Owner>{owner}</Owner><Protocol>application</Protocol>\
         <Endpoint>{endpoint_arn}</Endpoint><TopicArn>{topic_arn}</TopicArn></member>\n"
    )
}
