//! A message in a file, before anybody is asked to send it.

use std::path::Path;

use adm::{Accepted, Problem, Topic, TopicMessage};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::input::contents;

/// The body of a request, and the topic that it is for.
pub(crate) struct Draft {
    /// The file, as it was named on the command line.
    pub(crate) file: String,
    body: Vec<u8>,
    addressed: Addressed,
}

/// What is known of the topic.
enum Addressed {
    /// Its name.
    To(String),
    /// Nothing, in a body that could name it.
    Nowhere,
    /// Nothing: the body is not an object.
    Unreadable,
}

impl Draft {
    /// Reads a file, or standard input for `-`. The topic is the given one, or else the one in the body.
    pub(crate) fn read(path: &Path, topic: Option<&Topic>) -> Result<Self, Failure> {
        let body = contents(path)?;
        let addressed = match (topic, serde_json::from_slice::<Map<String, Value>>(&body)) {
            (Some(topic), _) => Addressed::To(topic.to_string()),
            (None, Err(_)) => Addressed::Unreadable,
            (None, Ok(fields)) => match fields.get("topic").and_then(Value::as_str) {
                Some(topic) => Addressed::To(topic.to_owned()),
                None => Addressed::Nowhere,
            },
        };
        let file = path.display().to_string();
        Ok(Self { file, body, addressed })
    }

    /// The message, by the rules that the function has, or all that is wrong with it.
    pub(crate) fn check(&self) -> Result<Accepted, Problem> {
        match &self.addressed {
            Addressed::To(topic) => TopicMessage::read(topic, &self.body).map_err(Problem::from),
            // Any topic: it is not what is at fault.
            Addressed::Unreadable => TopicMessage::read("topic", &self.body).map_err(Problem::from),
            Addressed::Nowhere => TopicMessage::read("", &self.body).map_err(|faults| {
                let mut problem = Problem::from(faults);
                // The topic is read first.
                if let Some(fault) = problem.faults.first_mut() {
                    fault.detail = NO_TOPIC.to_owned();
                }
                problem
            }),
        }
    }

    /// The body, as it is in the file.
    pub(crate) fn into_body(self) -> Vec<u8> {
        self.body
    }
}

/// Reads the option `--topic`.
pub(crate) fn topic(text: &str) -> Result<Topic, &'static str> {
    Topic::new(text).ok_or("a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %")
}

const NO_TOPIC: &str = "no topic is named: write it into the message, or say it with --topic";
