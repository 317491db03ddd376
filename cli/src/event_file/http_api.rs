//! Payload format 2.0, as an HTTP API writes it, and a function URL with its own ids.
//!
//! Sources: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs", section "Payload format structure";
//! AWS Lambda Developer Guide, "Invoking Lambda function URLs", section "Request payload format".

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ACCOUNT_ID, Arrived, SOURCE_IP};

/// The event for a POST to the route of an HTTP API.
pub(super) fn event<'a>(arrived: &'a Arrived<'_>) -> impl Serialize + 'a {
    let api = Front {
        id: API_ID,
        host: API_HOST,
        account_id: ACCOUNT_ID,
        route_key: format!("POST {}", arrived.path),
        path: arrived.path.clone(),
    };
    api.event(arrived)
}

/// The event for a POST to a function URL, which has no route and answers anybody.
pub(super) fn function_url_event<'a>(arrived: &'a Arrived<'_>) -> impl Serialize + 'a {
    let url = Front {
        id: URL_ID,
        host: URL_HOST,
        account_id: "anonymous",
        route_key: "$default".to_owned(),
        path: "/".to_owned(),
    };
    url.event(arrived)
}

struct Front {
    id: &'static str,
    host: &'static str,
    account_id: &'static str,
    route_key: String,
    path: String,
}

impl Front {
    fn event<'a>(self, arrived: &'a Arrived<'_>) -> Event<'a> {
        let mut headers = arrived.headers(self.host).into_iter().collect::<BTreeMap<_, _>>();
        headers.insert("content-length".to_owned(), arrived.content_length.to_string());
        Event {
            version: "2.0",
            route_key: self.route_key.clone(),
            raw_path: self.path.clone(),
            raw_query_string: "",
            headers,
            request_context: RequestContext {
                account_id: self.account_id,
                api_id: self.id,
                domain_name: self.host,
                domain_prefix: self.id,
                http: Http {
                    method: "POST",
                    path: self.path,
                    protocol: "HTTP/1.1",
                    source_ip: SOURCE_IP,
                    user_agent: arrived.user_agent,
                },
                request_id: &arrived.request_id,
                route_key: self.route_key,
                stage: "$default",
                time: arrived.log_time(),
                time_epoch: arrived.at.as_millisecond(),
            },
            body: &arrived.body,
            is_base64_encoded: arrived.is_base64_encoded,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: String,
    raw_path: String,
    raw_query_string: &'static str,
    headers: BTreeMap<String, String>,
    request_context: RequestContext<'a>,
    body: &'a str,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    account_id: &'static str,
    api_id: &'static str,
    domain_name: &'static str,
    domain_prefix: &'static str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: String,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'static str,
    path: String,
    protocol: &'static str,
    source_ip: &'static str,
    user_agent: &'a str,
}

const API_ID: &str = "f6g7h8i9j0";
const API_HOST: &str = "f6g7h8i9j0.execute-api.us-east-1.amazonaws.com";
const URL_ID: &str = "abcdefghijklmnopqrstuvwxyz012345";
const URL_HOST: &str = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws";
