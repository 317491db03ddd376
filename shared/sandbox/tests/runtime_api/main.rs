//! Lambda's Runtime API, spoken to as a process does; and AWS's own emulator beside it, which is asked the same.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

use std::convert::Infallible;
use std::ffi::OsStr;
use std::path::Path;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sandbox::RuntimeApi;
use sandbox::bootstrap::Environment;
use sandbox::emulator::Emulator;
use sandbox::runtime_api::{Answer, FunctionError, Invocation};
use serde_json::Value;

/// What a process does, by hand.
struct Process {
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Process {
    fn of(address: &str) -> Self {
        Self {
            url: format!("http://{address}/2018-06-01/runtime"),
            // Who has refused a body may close the connection.
            client: Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http(),
        }
    }

    async fn call(&self, method: Method, path: &str, body: impl Into<Bytes>) -> (StatusCode, HeaderMap, String) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.url))
            .header("lambda-runtime-function-error-type", "Function.Broken");
        let answer = self.client.request(request.body(Full::new(body.into())).unwrap()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, String::from_utf8(body.into()).unwrap())
    }

    async fn post(&self, path: &str, body: impl Into<Bytes>) -> String {
        let (status, _, body) = self.call(Method::POST, path, body).await;
        format!("{} {body}", status.as_u16())
    }

    async fn said(&self, method: Method, path: &str, id: &str, body: impl Into<Bytes>) -> String {
        let (status, _, answer) = self.call(method.clone(), &path.replace("ID", id), body).await;
        let told: Value = serde_json::from_str(&answer).unwrap_or_default();
        let words = [method.as_str(), path, status.as_str()].into_iter();
        words.chain(told["errorType"].as_str()).collect::<Vec<_>>().join(" ") + "\n"
    }

    async fn next(&self) -> (StatusCode, HeaderMap, String) {
        self.call(Method::GET, "invocation/next", "").await
    }
}

fn invocation(id: &str) -> Invocation {
    Invocation {
        request_id: id.to_owned(),
        deadline: "2026-03-06T12:00:00.250Z".parse().unwrap(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:rtn".to_owned(),
        trace_id: Some("Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1".to_owned()),
        event: "{\"a\":1}".into(),
    }
}

#[tokio::test]
async fn an_event_is_handed_over_with_what_the_page_says_and_its_answer_comes_back() {
    let api = RuntimeApi::start().await.unwrap();
    let process = Process::of(&api.address());
    let work = async {
        let (status, headers, body) = process.next().await;
        assert_eq!((status.as_u16(), body.as_str()), (200, "{\"a\":1}"));
        let told = [
            ("lambda-runtime-aws-request-id", "a"),
            ("lambda-runtime-deadline-ms", "1772798400250"),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:123456789012:function:rtn",
            ),
            (
                "lambda-runtime-trace-id",
                "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
            ),
        ];
        for (name, value) in told {
            assert_eq!(headers[name], value);
        }
        process.post("invocation/a/response", "[1]").await
    };
    let (answered, taken) = tokio::join!(api.invoke(invocation("a")), work);
    let answered = answered.unwrap();
    assert_eq!(answered.answer, Answer::Response("[1]".into()));
    assert_eq!(taken, "202 {\"status\":\"OK\"}");
    let asked_at = api.ready().await.unwrap();
    assert!(asked_at <= answered.handed_over_at && answered.handed_over_at <= answered.answered_at);
}

#[tokio::test]
async fn a_failed_invocation_is_told_by_its_document_and_the_next_one_is_handed_over() {
    let api = RuntimeApi::start().await.unwrap();
    let process = Process::of(&api.address());
    let document = "{\"errorType\":\"NotRecorded\",\"errorMessage\":\"1 of 1 records were not recorded\"}";
    let work = async {
        process.next().await;
        assert_eq!(process.post("invocation/a/error", document).await, "202 {\"status\":\"OK\"}");
        assert_eq!(process.next().await.1["lambda-runtime-aws-request-id"], "b");
        process.post("invocation/b/error", "no document").await;
    };
    let invoke = async { (api.invoke(invocation("a")).await, api.invoke(invocation("b")).await) };
    let ((first, second), ()) = tokio::join!(invoke, work);
    let error = |kind: &str, message: &str| {
        Answer::Error(FunctionError {
            header: Some("Function.Broken".to_owned()),
            kind: kind.to_owned(),
            message: message.to_owned(),
        })
    };
    assert_eq!(
        first.unwrap().answer,
        error("NotRecorded", "1 of 1 records were not recorded")
    );
    assert_eq!(second.unwrap().answer, error("", ""));
}

#[tokio::test]
async fn what_is_not_under_way_cannot_be_answered_and_what_is_not_ones_turn_not_be_said() {
    let api = RuntimeApi::start().await.unwrap();
    let process = Process::of(&api.address());
    let (answered, said) = tokio::join!(api.invoke(invocation("a")), conversation(&process));
    assert_eq!(said, CONVERSATION);
    let message = "Response payload size exceeded maximum allowed payload size (6291556 bytes).";
    let too_large = FunctionError {
        header: None,
        kind: "Function.ResponseSizeTooLarge".to_owned(),
        message: message.to_owned(),
    };
    assert_eq!(answered.unwrap().answer, Answer::Error(too_large));
}

/// With `FIREPOST_RIE=/path/to/aws-lambda-rie`, see `.ci/bootstraps`. Not the same, and nothing that a function sees: the emulator
/// names both states in the message of a transition that is not allowed, and gives no `Lambda-Runtime-Trace-Id`.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "only who starts the tests knows where the emulator is"
)]
async fn awss_emulator_answers_the_same() {
    let Some(emulator) = std::env::var_os("FIREPOST_RIE") else {
        return;
    };
    // A process that lets this test speak for it.
    let silent = ["/bin/sleep", "600"].map(OsStr::new);
    let mut emulator = Emulator::of(Path::new(&emulator), &silent, &Environment::of("rtn"))
        .await
        .unwrap();
    let process = Process::of(&emulator.api().to_string());
    let mut said = String::new();
    let speaking = async {
        // It listens from the first event on, and a call that comes before the process does not hurt.
        let next = || {
            process
                .client
                .get(format!("{}/invocation/next", process.url).parse().unwrap())
        };
        while next().await.is_err() {
            tokio::task::yield_now().await;
        }
        said = conversation(&process).await;
        // An invocation of the emulator's is over when the process asks for the next event; it gets none.
        let _none = next().await;
        std::future::pending::<Infallible>().await
    };
    let answered = tokio::select! {
        answered = emulator.invoke("{\"a\":1}".into()) => answered,
        never = speaking => match never {},
    };
    let answered = answered.unwrap_or_else(|error| panic!("{error}: {:#?}", emulator.log()));
    assert_eq!(said, CONVERSATION);
    let Answer::Error(error) = answered else { panic!("too large") };
    assert_eq!(error.kind, "Function.ResponseSizeTooLarge");
}

/// All that a process can get wrong in the course of an invocation: call, status, and the type of error.
async fn conversation(process: &Process) -> String {
    let mut said = process.said(Method::GET, "invocation/next", "", "").await;
    let id = process.next().await.1["lambda-runtime-aws-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    for (method, path, body) in [
        (Method::GET, "invocation/next", ""),
        (Method::POST, "invocation/other/response", "1"),
        (Method::POST, "invocation/other/error", "{}"),
        (Method::POST, "init/error", "{}"),
        (Method::POST, "invocation/next", ""),
        (Method::GET, "invocation/ID/response", ""),
        (Method::POST, "invocation/ID/delete", ""),
        (Method::GET, "nothing", ""),
        (Method::POST, "invocation/ID/response", "TOO LARGE"),
        (Method::POST, "invocation/ID/response", "2"),
        (Method::POST, "invocation/ID/error", "{}"),
        (Method::POST, "invocation/other/response", "3"),
    ] {
        let body = match body {
            "TOO LARGE" => vec![b' '; MOST_ANSWER_BYTES + 1],
            body => body.into(),
        };
        said += &process.said(method, path, &id, body).await;
    }
    said
}

const CONVERSATION: &str = "\
GET invocation/next 200
GET invocation/next 200
POST invocation/other/response 400 InvalidRequestID
POST invocation/other/error 400 InvalidRequestID
POST init/error 403 InvalidStateTransition
POST invocation/next 405
GET invocation/ID/response 405
POST invocation/ID/delete 404
GET nothing 404
POST invocation/ID/response 413 RequestEntityTooLarge
POST invocation/ID/response 403 InvalidStateTransition
POST invocation/ID/error 403 InvalidStateTransition
POST invocation/other/response 400 InvalidRequestID
";

#[tokio::test]
async fn a_start_that_failed_is_known_and_nothing_is_handed_over_after_it() {
    let api = RuntimeApi::start().await.unwrap();
    let process = Process::of(&api.address());
    let document = "{\"errorType\":\"Config\",\"errorMessage\":\"no table\"}";
    assert_eq!(process.post("init/error", document).await, "202 {\"status\":\"OK\"}");
    let error = api.ready().await.unwrap_err();
    assert_eq!(
        (error.to_string(), error.header.as_deref()),
        ("Config: no table".to_owned(), Some("Function.Broken"))
    );
    assert_eq!(process.next().await.0.as_u16(), 403);
}

#[tokio::test]
async fn an_answer_or_an_event_beyond_six_megabytes_is_refused() {
    let api = RuntimeApi::start().await.unwrap();
    let process = Process::of(&api.address());
    let work = async {
        process.next().await;
        process.post("invocation/a/response", vec![b' '; MOST_ANSWER_BYTES + 1]).await;
        process.next().await;
        process.post("invocation/b/response", vec![b' '; MOST_ANSWER_BYTES]).await
    };
    let invoke = async { (api.invoke(invocation("a")).await, api.invoke(invocation("b")).await) };
    let ((first, second), taken) = tokio::join!(invoke, work);
    let Answer::Error(error) = first.unwrap().answer else {
        panic!("too large")
    };
    assert_eq!(
        error.to_string(),
        "Function.ResponseSizeTooLarge: Response payload size exceeded maximum allowed payload size (6291556 bytes)."
    );
    assert!(matches!(second.unwrap().answer, Answer::Response(body) if body.len() == MOST_ANSWER_BYTES));
    assert_eq!(taken, "202 {\"status\":\"OK\"}");

    let mut large = invocation("c");
    large.event = vec![b' '; MOST_EVENT_BYTES + 1].into();
    assert_eq!(
        api.invoke(large).await.unwrap_err().to_string(),
        "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"
    );
}

/// "Lambda quotas": 6 MB each for the request and the response; to the byte, what Lambda's error texts say.
const MOST_EVENT_BYTES: usize = 6_291_456;
const MOST_ANSWER_BYTES: usize = 6_291_556;
