//! What hangs on an endpoint besides its device: topics that somebody wanted to hear of.

use reconcile::Asked;
use registry::EndpointArn;
use sandbox::sns_api::{Action, Fault};

use crate::world::{World, key};

impl World {
    /// The calls about endpoints and subscriptions that a sweep comes to, in order.
    async fn calls_of_a_sweep(&self) -> Vec<String> {
        let before = self.api.calls().len();
        self.order(Asked::Apply).await;
        let calls = self.api.calls();
        let names = calls[before..].iter().filter_map(|call| call.parameter("Action"));
        let listing = ["GetPlatformApplicationAttributes", "ListEndpointsByPlatformApplication"];
        names.filter(|name| !listing.contains(name)).map(str::to_owned).collect()
    }

    fn endpoint_of(&self, token: &str) -> String {
        let endpoints = self.push.endpoints(crate::world::APP).into_iter();
        let mut its = endpoints.filter(|endpoint| endpoint.token == token);
        its.next().unwrap().arn
    }
}

#[tokio::test]
async fn nothing_is_enabled_for_a_device_while_another_persons_topics_hang_on_its_endpoint() {
    let world = World::start().await;
    world.baseline().await;
    world.inherited_subscription().await;
    let arn = world.endpoint_of("token");
    world.push.enable(&arn, false);
    world.disabled("phone").await;
    world.pass(60);
    world.confirm("phone", "token").await;
    world.pass(1);

    world.api.script_for(Action::Unsubscribe, [Fault::Unauthorized; 2]);
    let calls = world.calls_of_a_sweep().await;
    assert!(!calls.contains(&"SetEndpointAttributes".to_owned()), "{calls:?}");
    assert_eq!((world.is_enabled(&arn), world.push.subscriptions().len()), (Some(false), 1));

    let calls = world.calls_of_a_sweep().await;
    let at = |name: &str| calls.iter().position(|call| call == name).unwrap();
    assert!(at("Unsubscribe") < at("SetEndpointAttributes"), "{calls:?}");
    assert_eq!((world.is_enabled(&arn), world.push.subscriptions().len()), (Some(true), 0));
}

#[tokio::test]
async fn after_the_topics_have_ended_an_endpoint_is_looked_at_once_more_before_it_is_deleted() {
    let world = World::start().await;
    let arn = world.healthy("phone", "token").await;
    let topic = "arn:aws:sns:us-east-1:123456789012:news";
    world.api.create_topic(topic);
    let subscribe = world.sns.client().subscribe().topic_arn(topic).protocol("application");
    let subscribed = subscribe.endpoint(&arn).return_subscription_arn(true).send().await.unwrap();
    let row = world.row("phone").await;
    let subscriptions = [subscribed.subscription_arn.unwrap()].into();
    let noted = world.registry.subscriptions(&row, subscriptions, &world.attempt()).await;
    let _ = noted.unwrap();
    world.pass(1);
    let opted_out = world.registry.opt_out(&key("phone"), world.now(), &world.attempt()).await;
    let _ = opted_out.unwrap();
    world.baseline().await;
    for _ in 0..2 {
        world.day();
        world.order(Asked::Apply).await;
    }
    world.day();
    assert!(world.push.endpoint(&arn).is_some());
    let calls = world.calls_of_a_sweep().await;
    let at = |name: &str| calls.iter().position(|call| call == name).unwrap();
    let between = &calls[at("Unsubscribe")..at("DeleteEndpoint")];
    assert!(between.contains(&"GetEndpointAttributes".to_owned()), "{calls:?}");
    assert_eq!((world.push.endpoint(&arn), world.push.subscriptions()), (None, vec![]));
    let endpoint = EndpointArn::parse(&arn).unwrap();
    assert_eq!(world.registry.by_endpoint(&endpoint, world.now()).await.unwrap(), None);
}
