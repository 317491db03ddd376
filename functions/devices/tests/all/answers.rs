//! What each registration is answered, in full, and what it comes to at SNS.

use insta::assert_snapshot;
use sandbox::sns_api::Action;
use sandbox::sns_api::push::{CreateOnDisabled, Spelling, TakenToken, Undocumented};
use serde_json::json;

use crate::world::{APP, IOS, World};

#[tokio::test]
async fn the_first_registration_makes_an_enabled_endpoint_for_the_owner() {
    let world = World::start().await;
    let body = json!({"application": APP, "token": "t1", "owner": "Zoë"});
    let (answer, calls) = world.calls_of(world.put_body("phone", &body)).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:00:00.000Z","enabled":true,"endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","registration":"new","since":"2026-03-06T20:00:00.000Z","state":"live"}
    "#);
    assert_snapshot!(calls, @"CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes");
    assert_snapshot!(world.endpoints(), @"97eaf7a7 t1 enabled Zoë");
}

#[tokio::test]
async fn without_an_owner_the_endpoint_is_known_by_the_digest_of_the_device() {
    let world = World::start().await;
    assert_snapshot!(world.put("phone", "t1").await.in_brief(), @"200 new (live) enabled");
    assert_snapshot!(world.endpoints(), @"97eaf7a7 t1 enabled 45569da57f4b7bf472d7a864ef4781451cae6383fee9fb0ae40c59aa1ce475b7");
}

#[tokio::test]
async fn the_same_again_asks_once_and_changes_nothing() {
    let world = World::start().await;
    let at = world.now();
    world.put_at("phone", "t1", at).await;
    let row = world.row("phone").await;
    let (answer, calls) = world.calls_of(world.put_at("phone", "t1", at)).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:00:00.000Z","enabled":true,"endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","registration":"repeated","since":"2026-03-06T20:00:00.000Z","state":"live"}
    "#);
    assert_snapshot!(calls, @"GetEndpointAttributes");
    assert_eq!(world.row("phone").await, row);
    world.pass(60);
    let (answer, calls) = world.calls_of(world.put("phone", "t1")).await;
    assert_snapshot!(answer.in_brief(), @"200 confirmed (live) enabled");
    assert_snapshot!(calls, @"GetEndpointAttributes");
    assert_eq!(world.api.mutating_calls(), 1);
}

#[tokio::test]
async fn another_token_is_set_along_with_all_else_in_one_call() {
    let world = World::start().await;
    let first = world.put("phone", "t1").await;
    world.push.enable(first.body["endpoint"].as_str().unwrap(), false);
    world.pass(60);
    let (answer, calls) = world.calls_of(world.put("phone", "t2")).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:01:00.000Z","enabled":true,"endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","registration":"token_changed","since":"2026-03-06T20:00:00.000Z","state":"live"}
    "#);
    assert_snapshot!(calls, @"GetEndpointAttributes SetEndpointAttributes(CustomUserData, Enabled, Token) GetEndpointAttributes");
    assert_eq!(answer.body["endpoint"], first.body["endpoint"]);
    assert_snapshot!(world.endpoints(), @"97eaf7a7 t2 enabled 45569da57f4b7bf472d7a864ef4781451cae6383fee9fb0ae40c59aa1ce475b7");
}

#[tokio::test]
async fn another_owner_changes_the_user_data_and_nothing_else() {
    let world = World::start().await;
    world.put("phone", "t1").await;
    world.pass(60);
    let body = json!({"application": APP, "token": "t1", "owner": "Zoë"});
    let (answer, calls) = world.calls_of(world.put_body("phone", &body)).await;
    assert_snapshot!(answer.in_brief(), @"200 confirmed (live) enabled");
    assert_snapshot!(calls, @"GetEndpointAttributes SetEndpointAttributes(CustomUserData) GetEndpointAttributes");
    assert_snapshot!(world.endpoints(), @"97eaf7a7 t1 enabled Zoë");
    // It has not taken the permission that the confirmation gives.
    assert_eq!(world.row("phone").await.enables_since_confirm, 0);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_made_again() {
    let world = World::start().await;
    let first = world.put("phone", "t1").await;
    world.push.delete(first.body["endpoint"].as_str().unwrap());
    world.pass(60);
    let (answer, calls) = world.calls_of(world.put("phone", "t2")).await;
    assert_snapshot!(answer.in_brief(), @"200 token_changed (live) enabled");
    assert_snapshot!(calls, @"GetEndpointAttributes CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes GetEndpointAttributes");
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_between_two_calls_is_made_once() {
    let world = World::start().await;
    world.put("phone", "t1").await;
    world.pass(60);
    let gone = sandbox::sns_api::Fault::Answer(404, "NotFound", "Endpoint does not exist");
    world.api.script_for(Action::SetEndpointAttributes, [gone]);
    let (answer, calls) = world.calls_of(world.put("phone", "t2")).await;
    assert_snapshot!(answer.in_brief(), @"200 token_changed (live) enabled");
    assert_snapshot!(calls, @"GetEndpointAttributes SetEndpointAttributes(CustomUserData, Enabled, Token) GetEndpointAttributes SetEndpointAttributes(CustomUserData, Enabled, Token) GetEndpointAttributes");
    assert_eq!(
        world.row("phone").await.endpoint.unwrap().as_str(),
        answer.body["endpoint"].as_str().unwrap()
    );
}

#[tokio::test]
async fn an_endpoint_that_nobody_knew_of_is_taken_over_whatever_it_is_like() {
    let mut lines = Vec::new();
    for create_on_disabled in [CreateOnDisabled::Conflicts, CreateOnDisabled::Succeeds] {
        for (is_enabled, user_data) in [(true, "somebody"), (false, "somebody"), (false, DIGEST), (true, DIGEST)] {
            let world = World::start().await;
            world.push.set_undocumented(Undocumented {
                create_on_disabled,
                ..Undocumented::default()
            });
            world.push.put(APP, "t1", is_enabled, user_data).unwrap();
            let (answer, calls) = world.calls_of(world.put("phone", "t1")).await;
            lines.push(format!("{}: {calls}", answer.in_brief()));
            assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
            assert_eq!(world.push.endpoint_count(APP), 1);
        }
    }
    assert_snapshot!(lines.join("\n"), @"
    200 new (live) enabled: CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(CustomUserData) GetEndpointAttributes
    200 new (live) enabled: CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(CustomUserData, Enabled) GetEndpointAttributes
    200 new (live) enabled: CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(Enabled) GetEndpointAttributes
    200 new (live) enabled: CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes
    200 new (live) enabled: CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(CustomUserData) GetEndpointAttributes
    200 new (live) enabled: CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(CustomUserData, Enabled) GetEndpointAttributes
    200 new (live) enabled: CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(Enabled) GetEndpointAttributes
    200 new (live) enabled: CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes
    ");
}

#[tokio::test]
async fn an_answer_that_names_an_endpoint_with_another_token_is_not_believed() {
    let world = World::start().await;
    let other = world.push.put(APP, "t2", true, "somebody").unwrap();
    let text = format!(
        "Invalid parameter: Token Reason: Endpoint {other} already exists with the same Token, but different attributes."
    );
    let lie = sandbox::sns_api::Fault::Answer(400, "InvalidParameter", text.leak());
    world.api.script_for(Action::CreatePlatformEndpoint, [lie]);
    let (answer, calls) = world.calls_of(world.put("phone", "t1")).await;
    assert_snapshot!(answer.in_brief(), @"200 new (live) enabled");
    assert_snapshot!(calls, @"CreatePlatformEndpoint(Enabled) GetEndpointAttributes CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes");
    assert_ne!(answer.body["endpoint"], other);
    assert_eq!(world.push.endpoint(&other).unwrap().token, "t2");
    world.api.script_for(Action::CreatePlatformEndpoint, [lie; 20]);
    assert_snapshot!(world.put("tablet", "t3").await, @r#"
    503
    content-type: application/problem+json
    retry-after: 5
    {"detail":"others were faster, again and again; repeating the request does no harm","status":503,"title":"It cannot be finished now","type":"/problems/devices/unavailable"}
    "#);
}

#[tokio::test]
async fn a_token_whose_own_endpoint_has_another_one_is_a_conflict_and_the_device_has_none() {
    let world = World::start().await;
    world.put("phone", "t1").await;
    world.pass(60);
    world.put("phone", "t2").await;
    let (answer, calls) = world.calls_of(world.put("tablet", "t1")).await;
    assert_snapshot!(answer, @r#"
    409
    content-type: application/problem+json
    {"detail":"the endpoint that SNS once made for this token has another token now, and SNS makes no second one: the device has no endpoint until its token is another, or an operator deletes that endpoint","status":409,"title":"The endpoint of the token has another token","type":"/problems/devices/slot-conflict"}
    "#);
    assert_snapshot!(calls, @"CreatePlatformEndpoint(Enabled)");
    assert_eq!(world.row("tablet").await.endpoint, None);
    assert_eq!(world.wrong(&["phone"]).await, [""; 0]);
    // It is so until the token is another.
    assert_snapshot!(world.put("tablet", "t1").await.in_brief(), @"409 slot-conflict");
    world.pass(60);
    assert_snapshot!(world.put("tablet", "t3").await.in_brief(), @"200 token_changed (live) enabled");
    assert_eq!(world.wrong(&["phone", "tablet"]).await, [""; 0]);
}

#[tokio::test]
async fn an_endpoint_that_has_another_devices_token_is_let_go_and_never_touched() {
    for taken_token in [TakenToken::Refused, TakenToken::Duplicates] {
        let world = World::start().await;
        world.push.set_undocumented(Undocumented {
            taken_token,
            ..Undocumented::default()
        });
        let phones = world.put("phone", "t1").await.body["endpoint"].as_str().unwrap().to_owned();
        // Somebody gives the endpoint the token of a tablet, which registers it with the registry and has not asked SNS yet.
        let set = world.sns.client().set_endpoint_attributes().endpoint_arn(&phones);
        set.attributes("Token", "t9").send().await.unwrap();
        world
            .api
            .script_for(Action::CreatePlatformEndpoint, [sandbox::sns_api::Fault::Throttled; 3]);
        assert_eq!(world.put("tablet", "t9").await.in_brief(), "503 unavailable retry-after: 5");
        world.pass(60);

        let (answer, calls) = world.calls_of(world.put("phone", "t2")).await;
        assert_eq!(answer.in_brief(), "200 token_changed (live) enabled");
        assert_eq!(
            calls,
            "GetEndpointAttributes CreatePlatformEndpoint(Enabled) GetEndpointAttributes GetEndpointAttributes"
        );
        assert_ne!(answer.body["endpoint"], phones.as_str());
        assert_eq!(world.push.endpoint(&phones).unwrap().token, "t9");
        world.pass(60);
        assert_eq!(world.put("tablet", "t9").await.body["endpoint"], phones.as_str());
        assert_eq!(world.wrong(&["phone", "tablet"]).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_token_that_another_endpoint_has_already_leads_there_or_is_had_twice() {
    let mut lines = Vec::new();
    for taken_token in [TakenToken::Refused, TakenToken::Duplicates] {
        let world = World::start().await;
        world.push.set_undocumented(Undocumented {
            taken_token,
            ..Undocumented::default()
        });
        world.put("phone", "t1").await;
        world.push.put(APP, "t2", true, "somebody").unwrap();
        world.pass(60);
        let (answer, calls) = world.calls_of(world.put("phone", "t2")).await;
        lines.push(format!("{}: {calls}\n{}", answer.in_brief(), world.endpoints()));
        let own = world.push.endpoint(answer.body["endpoint"].as_str().unwrap()).unwrap();
        assert_eq!((own.token.as_str(), own.is_enabled), ("t2", true));
    }
    assert_snapshot!(lines.join("\n"), @"
    200 token_changed (live) enabled: GetEndpointAttributes SetEndpointAttributes(CustomUserData, Enabled, Token) GetEndpointAttributes GetEndpointAttributes GetEndpointAttributes GetEndpointAttributes SetEndpointAttributes(CustomUserData) GetEndpointAttributes GetEndpointAttributes
    97eaf7a7 t1 enabled 45569da57f4b7bf472d7a864ef4781451cae6383fee9fb0ae40c59aa1ce475b7
    1c0f11de t2 enabled 45569da57f4b7bf472d7a864ef4781451cae6383fee9fb0ae40c59aa1ce475b7
    200 token_changed (live) enabled: GetEndpointAttributes SetEndpointAttributes(CustomUserData, Enabled, Token) GetEndpointAttributes
    97eaf7a7 t2 enabled 45569da57f4b7bf472d7a864ef4781451cae6383fee9fb0ae40c59aa1ce475b7
    1c0f11de t2 enabled somebody
    ");
}

#[tokio::test]
async fn tokens_of_apple_are_one_in_any_case() {
    let world = World::start().await;
    let body = |token: &str| json!({"application": IOS, "token": token});
    assert_snapshot!(world.put_body("phone", &body("00FFAB")).await.in_brief(), @"200 new (live) enabled");
    world.pass(60);
    let (answer, calls) = world.calls_of(world.put_body("phone", &body(" 00ffAB "))).await;
    assert_snapshot!(answer.in_brief(), @"200 confirmed (live) enabled");
    assert_snapshot!(calls, @"GetEndpointAttributes");
    assert_eq!(world.push.endpoints(IOS)[0].token, "00ffab");
}

#[tokio::test]
async fn enabled_is_understood_however_it_is_spelled() {
    for spelling in [Spelling::Lower, Spelling::Title, Spelling::Upper] {
        let world = World::start().await;
        world.push.spell(spelling);
        assert_eq!(world.put("phone", "t1").await.in_brief(), "200 new (live) enabled");
        world.pass(60);
        let (answer, calls) = world.calls_of(world.put("phone", "t1")).await;
        assert_eq!(answer.in_brief(), "200 confirmed (live) enabled");
        assert_eq!(calls, "GetEndpointAttributes");
    }
}

#[tokio::test]
async fn what_breaks_rules_is_refused_before_anybody_is_asked() {
    let world = World::start().await;
    let other = APP.replace("Fire", "Water");
    assert_snapshot!(world.put_body("a%20b", &json!({"application": other, "token": "", "Owner": "x"})).await, @r#"
    400
    content-type: application/problem+json
    {"detail":"4 rules are broken; nothing was changed","faults":[{"detail":"a device id is 1 to 128 of a-z A-Z 0-9 - . _ ~, new with each installation; a random UUID is best","field":"id","name":"InvalidDevice"},{"detail":"1 of the fields are none of application, token, owner, confirmedAt, subscriptions","field":"","name":"UnknownField"},{"detail":"this application is not served here: see PLATFORM_APPLICATIONS","field":"application","name":"InvalidApplication"},{"detail":"the token is empty","field":"token","name":"InvalidToken"}],"status":400,"title":"The request breaks rules","type":"/problems/devices/invalid-request"}
    "#);
    let path = format!("/devices/phone?application={other}");
    assert_snapshot!(world.ask(&world.service, "DELETE", &path, "").await, @r#"
    400
    content-type: application/problem+json
    {"detail":"one rule is broken; nothing was changed","faults":[{"detail":"this application is not served here: see PLATFORM_APPLICATIONS","field":"application","name":"InvalidApplication"}],"status":400,"title":"The request breaks rules","type":"/problems/devices/invalid-request"}
    "#);
    assert_snapshot!(world.ask(&world.service, "GET", "/devices/phone", "").await.in_brief(), @"400 invalid-request");
    assert_eq!((world.faults.all_calls(), world.api.calls().len()), (0, 0));
}

#[tokio::test]
async fn other_paths_and_methods_are_told_what_there_is() {
    let world = World::start().await;
    assert_snapshot!(world.ask(&world.service, "GET", "/devices", "").await, @r#"
    404
    content-type: application/problem+json
    {"detail":"there are PUT, GET and DELETE /devices/{id}","status":404,"title":"There is nothing here","type":"/problems/devices/not-found"}
    "#);
    assert_snapshot!(world.ask(&world.service, "POST", "/devices/phone", "").await, @r#"
    405
    allow: PUT, GET, DELETE
    content-type: application/problem+json
    {"detail":"send a PUT, GET or DELETE request","status":405,"title":"There is no such method here","type":"/problems/devices/method-not-allowed"}
    "#);
}

#[tokio::test]
async fn what_is_on_record_is_shown_without_asking_sns() {
    let world = World::start().await;
    assert_snapshot!(world.get("phone").await, @r#"
    404
    content-type: application/problem+json
    {"detail":"nobody has registered this device for this application, or it was done with long ago","status":404,"title":"There is no such device","type":"/problems/devices/unknown-device"}
    "#);
    world.put("phone", "t1").await;
    let (answer, calls) = world.calls_of(world.get("phone")).await;
    assert_snapshot!(answer, @r#"
    200
    content-type: application/json
    {"application":"arn:aws:sns:us-east-1:123456789012:app/GCM/Fire","confirmedAt":"2026-03-06T20:00:00.000Z","endpoint":"arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/97eaf7a7-e8bf-30a9-9100-e114cbcb42a9","since":"2026-03-06T20:00:00.000Z","state":"live"}
    "#);
    assert_eq!(calls, "");
}

/// SHA-256 of `phone`.
const DIGEST: &str = "45569da57f4b7bf472d7a864ef4781451cae6383fee9fb0ae40c59aa1ce475b7";
