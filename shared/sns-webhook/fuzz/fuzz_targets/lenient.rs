//! Valid JSON is read as it is; what is read after a repair was not JSON before.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sns_webhook::lenient;

fuzz_target!(|text: &str| {
    let strict = serde_json::from_str::<Value>(text).ok();
    match (strict, lenient::read::<Value>(text)) {
        (Some(value), Ok(read)) => assert_eq!((value, false), (read.value, read.repaired)),
        (None, Ok(read)) => assert!(read.repaired),
        (None, Err(unreadable)) => assert!(unreadable.line() > 0),
        (Some(_), Err(unreadable)) => panic!("valid JSON is unreadable: {unreadable}"),
    }
});
