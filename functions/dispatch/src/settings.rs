//! Configuration: read once, in full, before anything starts.

use cloud::{BadSetting, CaBundle, Variables};
use sns_webhook::TopicArn;

/// What the function is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `NOTIFICATIONS_TABLE`: name of the table that events are recorded in.
    pub notifications_table: String,
    /// `EVENTS_TOPIC_ARN`: the topic that events are handed on to.
    pub events_topic_arn: TopicArn,
    /// `AWS_CA_BUNDLE`: certification authorities believed for TLS connections besides Amazon's.
    pub ca_bundle: Option<CaBundle>,
}

impl Settings {
    /// Reads all variables through `variable`, which gives the value of an environment variable.
    ///
    /// # Errors
    /// [`BadSetting`] names the first variable that is missing or malformed, and says what it must be.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, BadSetting> {
        let variables = Variables::new(variable);
        let topic = variables.required("EVENTS_TOPIC_ARN", TOPIC)?;
        Ok(Self {
            notifications_table: variables.table("NOTIFICATIONS_TABLE")?,
            events_topic_arn: TopicArn::parse(&topic).map_err(|_| BadSetting::new("EVENTS_TOPIC_ARN", TOPIC))?,
            ca_bundle: variables.ca_bundle()?,
        })
    }
}

/// A FIFO topic would put events into an order in which they do not come, and takes a tenth of the traffic.
const TOPIC: &str = "be the ARN of a standard SNS topic";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str, topic: &str) -> Result<Settings, BadSetting> {
        Settings::read(|name| match name {
            "NOTIFICATIONS_TABLE" => Some(table.to_owned()),
            "EVENTS_TOPIC_ARN" => Some(topic.to_owned()),
            _ => None,
        })
    }

    #[test]
    fn a_table_and_a_topic_are_all_that_a_start_needs() {
        let settings = read("n", "arn:aws:sns:eu-west-1:123456789012:events").unwrap();
        assert_eq!(settings.notifications_table, "n");
        assert_eq!(
            settings.events_topic_arn.as_str(),
            "arn:aws:sns:eu-west-1:123456789012:events"
        );
    }

    #[test]
    fn a_bad_variable_stops_the_start_with_its_name() {
        let topic = "arn:aws:sns:eu-west-1:123456789012:events";
        for (table, topic, sentence) in [
            (" ", topic, "NOTIFICATIONS_TABLE must be set to the name of a DynamoDB table"),
            ("n", "", "EVENTS_TOPIC_ARN must be the ARN of a standard SNS topic"),
            ("n", "events", "EVENTS_TOPIC_ARN must be the ARN of a standard SNS topic"),
            (
                "n",
                &format!("{topic}.fifo"),
                "EVENTS_TOPIC_ARN must be the ARN of a standard SNS topic",
            ),
        ] {
            let error = read(table, topic).map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), format!("the environment variable {sentence}"));
        }
    }
}
