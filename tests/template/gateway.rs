//! SNS never repeats a delivery to RTN's or to our own topic that was answered 4xx. So the gateway must not say 4xx where the cause is load, or is ours.

use serde_json::{Value, json};

use super::parts::{Template, source};

/// Why the gateway answers by itself.
#[derive(Clone, Copy, PartialEq)]
enum Cause {
    /// The caller, for good: another route, another method, no or a faulty signature where IAM decides, what SNS never sends.
    Caller,
    /// Too many requests, or a filter's guess that they are.
    Load,
    /// This side of the connection.
    Ours,
}
use Cause::{Caller, Load, Ours};

/// Everything the gateway can say by itself, with the status it has if nothing is said about it.
///
/// Source: API Gateway Developer Guide, "Gateway response types for API Gateway".
const RESPONSES: [(&str, u64, Cause); 19] = [
    ("ACCESS_DENIED", 403, Caller),
    ("API_CONFIGURATION_ERROR", 500, Ours),
    ("AUTHORIZER_CONFIGURATION_ERROR", 500, Ours),
    ("AUTHORIZER_FAILURE", 500, Ours),
    ("BAD_REQUEST_BODY", 400, Caller),
    ("BAD_REQUEST_PARAMETERS", 400, Caller),
    ("EXPIRED_TOKEN", 403, Caller),
    ("INTEGRATION_FAILURE", 504, Ours),
    ("INTEGRATION_TIMEOUT", 504, Ours),
    ("INVALID_API_KEY", 403, Caller),
    ("INVALID_SIGNATURE", 403, Caller),
    ("MISSING_AUTHENTICATION_TOKEN", 403, Caller),
    ("QUOTA_EXCEEDED", 429, Load),
    ("REQUEST_TOO_LARGE", 413, Caller),
    ("RESOURCE_NOT_FOUND", 404, Caller),
    ("THROTTLED", 429, Load),
    ("UNAUTHORIZED", 401, Caller),
    ("UNSUPPORTED_MEDIA_TYPE", 415, Caller),
    ("WAF_FILTERED", 403, Load),
];

#[test]
fn nothing_that_load_or_we_cause_is_answered_4xx() {
    let template = Template::read();
    let changed = template.at("Resources/Api/Properties/GatewayResponses");
    for (name, by_default, cause) in RESPONSES {
        let status = match &changed[name]["StatusCode"] {
            Value::Null => by_default,
            status => status.as_u64().expect("a status is a number"),
        };
        match cause {
            Caller => assert_eq!(status, by_default, "{name} is for the caller to mend"),
            Load => assert_eq!(status, 503, "{name} passes"),
            Ours => assert!(status >= 500, "{name} is not the caller's fault"),
        }
    }
    for name in changed.as_object().expect("some are changed").keys() {
        let known = RESPONSES.iter().any(|(known, _, _)| known == name);
        assert!(known, "{name} is not a type of its own; a DEFAULT would change them all");
    }
}

#[test]
fn the_gateways_own_answers_look_like_the_functions() {
    let template = Template::read();
    let changed = template
        .at("Resources/Api/Properties/GatewayResponses")
        .as_object()
        .expect("some are changed");
    for (name, response) in changed {
        let body = response["ResponseTemplates"]["application/json"].as_str().expect("a body");
        let body = serde_json::from_str::<Value>(body).expect("the body is JSON");
        assert_eq!(body["outcome"], "unavailable", "{name}");
        assert!(
            body["reason"].as_str().is_some_and(|reason| reason.starts_with("gateway_")),
            "{name}"
        );
    }
}

#[test]
fn each_function_that_receives_has_the_route_of_its_name() {
    let template = Template::read();
    let functions = template.resources("AWS::Serverless::Function");
    let names = functions.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    assert_eq!(names, ["Adm", "Devices", "Dispatch", "Drs", "Reconcile", "Rtn"]);
    for (resource, function) in functions {
        let name = resource.to_lowercase();
        assert_eq!(function["CodeUri"], format!("functions/{name}"));
    }
    let stack = ["cli/src/stack.rs", "cli/src/stack/server.rs"].map(source).concat();
    for (resource, name) in [("Drs", drs::SOURCE.name), ("Rtn", rtn::SOURCE.name)] {
        assert_eq!(
            template.at(&format!("Resources/{resource}/Properties/Events")),
            &json!({"Delivery": {"Type": "Api", "Properties": {"RestApiId": {"Ref": "Api"}, "Path": format!("/{name}"), "Method": "post"}}})
        );
        let url = template.at(&format!("Outputs/{resource}Endpoint/Value/Fn::Sub"));
        assert!(url.as_str().is_some_and(|url| url.ends_with(&format!("/{name}"))), "{url}");
        assert!(
            stack.contains(&format!("\"/{name}\"")),
            "the local stack has another route than /{name}"
        );
    }
}

/// Methods and paths of a function's routes, sorted, each of which takes a request that IAM lets in.
pub(super) fn signed_routes(template: &Template, function: &str) -> Vec<String> {
    let events = template.at(&format!("Resources/{function}/Properties/Events"));
    let events = events.as_object().expect("the function has events");
    let mut routes = Vec::new();
    for (name, event) in events.iter().filter(|(_, event)| event["Type"] == "Api") {
        let route = &event["Properties"];
        // Without it a route is open to everybody. NONE: the gateway invokes the function as itself, not as the caller.
        let auth = json!({"Authorizer": "AWS_IAM", "InvokeRole": "NONE"});
        assert_eq!(
            (&route["Auth"], &route["RestApiId"]),
            (&auth, &json!({"Ref": "Api"})),
            "{name}"
        );
        let [method, path] = ["Method", "Path"].map(|part| route[part].as_str().expect("a route has a method and a path"));
        routes.push(format!("{} {path}", method.to_uppercase()));
    }
    routes.sort();
    routes
}

#[test]
fn the_gateway_is_regional_and_keeps_no_copy_of_a_body() {
    let template = Template::read();
    let apis = template.resources("AWS::Serverless::Api");
    assert_eq!(apis.len(), 1);
    let api = apis[0].1;
    assert_eq!(api["EndpointConfiguration"], json!({"Type": "REGIONAL"}));
    // Routes that a parameter adds leave the text of the API as it is, and that is all that SAM looks at: AWS SAM Developer Guide,
    // "AWS::Serverless::Api", AlwaysDeploy.
    assert_eq!(api["AlwaysDeploy"], true);
    // Metrics by route where SNS posts, for the alarm on faults, and nothing else: no LoggingLevel or DataTraceEnabled, which would
    // log bodies, and no caching.
    let measured = |path: &str| json!({"ResourcePath": path, "HttpMethod": "POST", "MetricsEnabled": true});
    assert_eq!(api["MethodSettings"], json!([measured("/~1rtn"), measured("/~1drs")]));
    // Caches, access logs; validators and media types that would refuse what SNS sends; an authoriser for all routes, which would
    // refuse SNS.
    for absent in [
        "AccessLogSetting",
        "Auth",
        "BinaryMediaTypes",
        "CacheClusterEnabled",
        "CanarySetting",
        "Models",
    ] {
        assert_eq!(api[absent], Value::Null, "{absent}");
    }
}
