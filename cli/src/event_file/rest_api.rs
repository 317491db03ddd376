//! Payload format 1.0, as a REST API writes it.
//!
//! Source: API Gateway Developer Guide, "Lambda proxy integrations in API Gateway", section "Input format of a Lambda function for
//! proxy integration".

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ACCOUNT_ID, Arrived, SOURCE_IP};

/// The event for a POST to the route on the stage `Prod`, which is what SAM calls it.
pub(super) fn event<'a>(arrived: &'a Arrived<'_>) -> impl Serialize + 'a {
    let headers = arrived.headers(HOST).into_iter().map(|(name, value)| (spelled(name), value));
    let headers = headers.collect::<BTreeMap<_, _>>();
    let multi_value_headers = headers.iter().map(|(name, value)| (name.clone(), [value.clone()])).collect();
    Event {
        resource: &arrived.path,
        path: &arrived.path,
        http_method: "POST",
        headers,
        multi_value_headers,
        query_string_parameters: None,
        multi_value_query_string_parameters: None,
        path_parameters: None,
        stage_variables: None,
        request_context: RequestContext {
            resource_id: "a1b2c3",
            resource_path: &arrived.path,
            http_method: "POST",
            request_time: arrived.log_time(),
            path: format!("/Prod{}", arrived.path),
            account_id: ACCOUNT_ID,
            protocol: "HTTP/1.1",
            stage: "Prod",
            domain_prefix: API_ID,
            request_time_epoch: arrived.at.as_millisecond(),
            request_id: &arrived.request_id,
            identity: Identity {
                source_ip: SOURCE_IP,
                user_agent: arrived.user_agent,
                ..Identity::default()
            },
            domain_name: HOST,
            api_id: API_ID,
        },
        body: &arrived.body,
        is_base64_encoded: arrived.is_base64_encoded,
    }
}

/// A REST API hands headers on as they were spelled: SNS's own in lower case, the usual ones with capitals.
fn spelled(name: String) -> String {
    match name.as_str() {
        "accept-encoding" => "Accept-Encoding".to_owned(),
        "content-type" => "Content-Type".to_owned(),
        "host" => "Host".to_owned(),
        "user-agent" => "User-Agent".to_owned(),
        "x-amzn-trace-id" => "X-Amzn-Trace-Id".to_owned(),
        "x-forwarded-for" => "X-Forwarded-For".to_owned(),
        "x-forwarded-port" => "X-Forwarded-Port".to_owned(),
        "x-forwarded-proto" => "X-Forwarded-Proto".to_owned(),
        _ => name,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    resource: &'a str,
    path: &'a str,
    http_method: &'static str,
    headers: BTreeMap<String, String>,
    multi_value_headers: BTreeMap<String, [String; 1]>,
    query_string_parameters: Option<()>,
    multi_value_query_string_parameters: Option<()>,
    path_parameters: Option<()>,
    stage_variables: Option<()>,
    request_context: RequestContext<'a>,
    body: &'a str,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    resource_id: &'static str,
    resource_path: &'a str,
    http_method: &'static str,
    request_time: String,
    path: String,
    account_id: &'static str,
    protocol: &'static str,
    stage: &'static str,
    domain_prefix: &'static str,
    request_time_epoch: i64,
    request_id: &'a str,
    identity: Identity<'a>,
    domain_name: &'static str,
    api_id: &'static str,
}

/// Nobody signs in to a public route, so nearly all of it is null.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    cognito_identity_pool_id: Option<()>,
    account_id: Option<()>,
    cognito_identity_id: Option<()>,
    caller: Option<()>,
    source_ip: &'a str,
    principal_org_id: Option<()>,
    access_key: Option<()>,
    cognito_authentication_type: Option<()>,
    cognito_authentication_provider: Option<()>,
    user_arn: Option<()>,
    user_agent: &'a str,
    user: Option<()>,
}

const API_ID: &str = "a1b2c3d4e5";
const HOST: &str = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com";
