use super::*;

/// A program that writes its environment, and ends.
const ENV: &str = "/usr/bin/env";

#[tokio::test]
async fn a_process_has_the_environment_of_lambda_and_nothing_of_ours() {
    let environment = Environment::of("rtn").with_all([("TRUST_TABLE", "trust"), ("TZ", "UTC")]);
    let process = Bootstrap::start(Path::new(ENV), &environment).await.unwrap();
    let api = format!("AWS_LAMBDA_RUNTIME_API={}", process.api.address());
    let mut expected: Vec<_> = environment
        .variables()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    expected.push(api);
    expected.sort();

    let mut ended = process.ended().await.unwrap();

    ended.log.sort();
    assert_eq!(ended.log, expected);
    for line in [
        "AWS_LAMBDA_FUNCTION_NAME=rtn",
        "AWS_REGION=us-east-1",
        "TRUST_TABLE=trust",
        "TZ=UTC",
    ] {
        assert!(ended.log.iter().any(|told| told == line), "{line}");
    }
    assert!(ended.status.success());
}

#[tokio::test]
async fn a_process_that_ends_instead_of_asking_or_answering_is_told_by_its_status() {
    let environment = Environment::of("rtn");
    let start = || Bootstrap::start(Path::new("/bin/false"), &environment);
    let unready = start().await.unwrap().ready().await.unwrap_err();
    assert_eq!(unready.to_string(), "the process ended with exit status: 1");
    let invocation = Invocation {
        request_id: "a".to_owned(),
        deadline: jiff::Timestamp::UNIX_EPOCH,
        function_arn: String::new(),
        trace_id: None,
        event: "{}".into(),
    };
    let unanswered = start().await.unwrap().invoke(invocation).await.unwrap_err();
    assert!(matches!(unanswered, NoAnswer::Ended(status) if status.code() == Some(1)));
}

#[tokio::test]
async fn a_missing_executable_is_told() {
    let missing = Bootstrap::start(Path::new("/no/such/bootstrap"), &Environment::of("rtn")).await;
    assert_eq!(missing.map(|_| ()).unwrap_err().kind(), io::ErrorKind::NotFound);
}
