//! ADM's part of the tour: messages to devices, each sent once, and what is said when nobody knows.
//!
//! Each step tells what the function answered, and how many posts with that message ADM has had so far.

use adm::Topic;
use bytes::Bytes;
use sandbox::adm::{Fault, Target};
use serde_json::json;

use super::{Step, Tour};
use crate::failure::Failure;
use crate::local::LocalStack;
use crate::messaging::{OnUnknown, Order, Reply};

impl Tour<'_> {
    pub(super) async fn message(&self) -> Step {
        Step {
            came: self.came_of("news", "first", "first", None).await,
            ..self.step(
                "a message is sent to the subscribers of the topic `news`",
                "200 sent; 1 post to ADM",
            )
        }
    }

    pub(super) async fn message_again(&self) -> Step {
        Step {
            came: self.came_of("news", "first", "first", None).await,
            ..self.step("the same message under the same key again", "200 replayed; 1 post to ADM")
        }
    }

    pub(super) async fn other_message(&self) -> Step {
        Step {
            came: self.came_of("news", "second", "first", None).await,
            ..self.step("another message under that key", "422 idempotency-key-reused; 0 posts to ADM")
        }
    }

    pub(super) async fn throttled(&self) -> Step {
        self.stack.adm.script(Target::Send, [Fault::TooMany(Some("1"))]);
        Step {
            came: self.came_of("news", "third", "third", None).await,
            ..self.step(
                "ADM answers 429 with Retry-After: 1, which is waited out",
                "200 sent; 2 posts to ADM",
            )
        }
    }

    pub(super) async fn lost_answer(&self) -> Step {
        self.stack.adm.script(Target::Send, [Fault::LoseResponse]);
        Step {
            came: self.came_of("news", "fourth", "fourth", None).await,
            ..self.step(
                "ADM takes a message, and its answer is lost on the way",
                "504 outcome-unknown; 1 post to ADM",
            )
        }
    }

    pub(super) async fn doubt(&self) -> Step {
        Step {
            came: self.came_of("news", "fourth", "fourth", None).await,
            ..self.step(
                "the same again: nothing is sent, it might be delivered twice",
                "504 outcome-unknown; 1 post to ADM",
            )
        }
    }

    pub(super) async fn resend(&self) -> Step {
        Step {
            came: self.came_of("news", "fourth", "fourth", Some(OnUnknown::Resend)).await,
            ..self.step(
                "again with On-Unknown: resend, for a sender who takes the risk",
                "200 sent; 2 posts to ADM",
            )
        }
    }

    pub(super) async fn split(&self) -> Step {
        let mut step = self.step(
            "a message to `weather`, which is split over two topics of ADM",
            "200 sent; 2 posts to ADM: weather.0, weather.1",
        );
        step.came = self.came_of("weather", "fifth", "fifth", None).await;
        let mut topics = self.posts("fifth");
        topics.sort();
        step.came += &format!(": {}", topics.join(", "));
        step
    }

    /// Sends one of the tour's messages under one of its keys.
    async fn came_of(&self, topic: &'static str, message: &str, key: &str, on_unknown: Option<OnUnknown>) -> String {
        let answered = match self.asked(topic, message, key, on_unknown).await {
            Ok(reply) => reply.in_brief(),
            Err(failure) => failure.to_string(),
        };
        match self.posts(message).len() {
            1 => format!("{answered}; 1 post to ADM"),
            posts => format!("{answered}; {posts} posts to ADM"),
        }
    }

    async fn asked(&self, topic: &str, message: &str, key: &str, on_unknown: Option<OnUnknown>) -> Result<Reply, Failure> {
        let order = Order {
            topic: &Topic::new(topic).expect("a topic of the local stack"),
            body: Bytes::from(json!({ "data": { "tour": self.text(message) } }).to_string()),
            key: &format!("\"{}\"", self.text(key)),
            wait: None,
            on_unknown,
        };
        Reply::of(&LocalStack::at(&self.stack.url).ask(order.request()?).await?)
    }

    /// The topics of the posts with this message that have reached ADM.
    fn posts(&self, message: &str) -> Vec<String> {
        let calls = self.stack.adm.calls(Target::Send).into_iter().map(|call| call.json());
        let posts = calls.filter(|call| call["data"]["tour"] == self.text(message));
        posts.filter_map(|call| Some(call["topic"].as_str()?.to_owned())).collect()
    }

    /// Another text in every tour.
    fn text(&self, name: &str) -> String {
        format!("{} {name}", self.seed)
    }
}
