//! The topics that one can publish to.
//!
//! A topic exists from [`SnsApi::create_topic`] to [`SnsApi::delete_topic`]; to publish to any other is `NotFound`, 404. Tokens are
//! for the topics of others and need no topic here.

use super::{Call, SnsApi, refusal::Refusal};

impl SnsApi {
    /// Makes a topic; one that exists stays as it is.
    pub fn create_topic(&self, topic_arn: &str) {
        self.lock().topics.insert(topic_arn.to_owned());
    }

    /// Ends a topic; what was published to it stays on record.
    pub fn delete_topic(&self, topic_arn: &str) {
        self.lock().topics.remove(topic_arn);
    }

    /// The topic that a call is about, in the region of the call.
    pub(super) fn topic_of<'a>(&self, call: &'a Call) -> Result<&'a str, Refusal> {
        let topic_arn = call.parameter("TopicArn").ok_or_else(Refusal::no_topic)?;
        call.check_region("TopicArn", topic_arn)?;
        match self.lock().topics.contains(topic_arn) {
            true => Ok(topic_arn),
            false => Err(Refusal::no_such_topic()),
        }
    }
}
