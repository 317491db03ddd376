//! What goes wrong with a call, and what is kept of it.

use super::super::super::Fault;
use super::*;

#[tokio::test]
async fn each_action_has_a_script_of_its_own() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    let set = async || devices.set(&arn, &[("Enabled", "true")]).await;
    let api = &devices.world.api;
    api.script_for(
        Action::SetEndpointAttributes,
        [
            Fault::Throttled,
            Fault::Pass,
            Fault::THROTTLING,
            Fault::TOO_MANY,
            Fault::Internal,
            Fault::Answer(404, "NotFound", "Endpoint does not exist"),
            Fault::HangUp,
        ],
    );
    api.script([Fault::Unauthorized]);
    assert_eq!(set().await, Err("ThrottlingException: Rate exceeded".into()));
    assert_eq!(set().await, Ok(()));
    assert_eq!(set().await, Err("Throttling: Rate exceeded".into()));
    assert_eq!(set().await, Err("Throttled: Rate exceeded".into()));
    assert_eq!(set().await, Err("InternalError: Internal service error".into()));
    assert_eq!(set().await, Err("NotFound: Endpoint does not exist".into()));
    assert_eq!(set().await, Err("no answer".into()));
    assert_eq!(
        devices.get(&arn).await,
        Err("AuthorizationError: User is not authorized to perform: SNS:GetEndpointAttributes".into())
    );
    assert_eq!(set().await, Ok(()));
    assert_eq!(api.count(Action::SetEndpointAttributes), 8);
}

#[tokio::test]
async fn a_lost_answer_hides_what_was_done() {
    let devices = Devices::start().await;
    let api = &devices.world.api;
    api.script_for(
        Action::CreatePlatformEndpoint,
        [Fault::LoseResponse, Fault::Silent, Fault::SilentAfter],
    );
    assert_eq!(devices.create("token-1", None, None).await, Err("no answer".into()));
    assert_eq!(devices.push.endpoint_count(APP), 1);

    let hangs_until = async |seen: &dyn Fn() -> bool, token: &str| {
        let seen = async {
            while !seen() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            answer = devices.create(token, None, None) => panic!("{answer:?}"),
            () = seen => {}
        }
    };
    hangs_until(&|| api.count(Action::CreatePlatformEndpoint) == 2, "token-2").await;
    assert_eq!(devices.push.endpoint_count(APP), 1);
    hangs_until(&|| devices.push.endpoint_count(APP) == 2, "token-3").await;
}

#[tokio::test]
async fn every_call_is_on_record_and_those_that_change_something_are_counted() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    devices.get(&arn).await.unwrap();
    devices.page(None).await.unwrap();
    let client = &devices.world.client;
    client.list_platform_applications().send().await.unwrap();
    client.list_subscriptions().send().await.unwrap();
    let api = &devices.world.api;
    assert_eq!(api.mutating_calls(), 1);
    api.script([Fault::Throttled]);
    devices.delete(&arn).await.unwrap_err();
    assert_eq!(api.mutating_calls(), 2);
    let calls = api.calls();
    let actions: Vec<&str> = calls.iter().filter_map(|call| call.parameter("Action")).collect();
    assert_eq!(
        actions,
        [
            "CreatePlatformEndpoint",
            "GetEndpointAttributes",
            "ListEndpointsByPlatformApplication",
            "ListPlatformApplications",
            "ListSubscriptions",
            "DeleteEndpoint"
        ]
    );
    let mutating = Action::ALL.into_iter().filter(|action| action.is_mutating());
    assert!(
        mutating
            .map(Action::name)
            .all(|name| !name.starts_with("Get") && !name.starts_with("List"))
    );
}

#[test]
fn nobody_changes_an_endpoint_without_a_signature() {
    let (api, _now) = super::super::super::tests::api();
    api.push().add_application(APP);
    let call = Call {
        method: http::Method::POST,
        parameters: [
            ("Action", "CreatePlatformEndpoint"),
            ("PlatformApplicationArn", APP),
            ("Token", "t"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        signed: false,
        region: None,
    };
    assert_eq!(api.perform(&call, "0").status().as_u16(), 403);
    let signed = Call { signed: true, ..call };
    assert_eq!(api.perform(&signed, "0").status().as_u16(), 200);
}
