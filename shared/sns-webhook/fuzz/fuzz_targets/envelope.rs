//! Any bytes are an envelope whose fields have their forms, or a refusal with a reason and one line of text.
#![no_main]

use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use sns_webhook::{Refusal, Unverified};

fuzz_target!(|body: &[u8]| match Unverified::parse(&HeaderMap::new(), body) {
    Ok(envelope) => {
        assert_eq!(envelope.message_id().len(), 36);
        assert!(envelope.topic_arn().as_str().contains(envelope.topic_arn().region().as_str()));
        assert!(envelope.string_to_sign().starts_with(b"Message\n"));
    }
    Err(Refusal::Rejected(rejection)) => {
        assert!(!rejection.is_forgery() && !rejection.reason().is_empty());
        assert!(!rejection.to_string().contains(char::is_control));
    }
    Err(other) => panic!("neither policy nor network have a say without headers: {other}"),
});
