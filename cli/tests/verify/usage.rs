//! Questions that cannot be asked: exit code 2, a sentence, and no report.

use crate::desk::{AT, Desk, good};

#[test]
fn a_file_that_cannot_be_read_stops_the_command_before_it_says_anything() {
    let desk = Desk::new("files");
    desk.put("message.json", good().text());
    for file in ["missing.json", "."] {
        let answer = desk.verify(&["message.json", file, "--cert", "cert.pem", "--at", AT]);
        assert_eq!((answer.code, answer.out.as_str()), (Some(2), ""));
        assert!(
            answer.err.starts_with(&format!("firepost: cannot read {file}: ")),
            "{}",
            answer.err
        );
        assert_eq!(answer.err.lines().count(), 1, "{}", answer.err);
    }
}

#[test]
fn an_option_whose_file_is_no_certificate_is_named() {
    let desk = Desk::new("options");
    desk.put("message.json", good().text());
    desk.put("page.html", "<html>");
    for (arguments, sentence) in [
        (["--cert", "missing.pem"], "firepost: --cert: cannot read missing.pem: "),
        (["--root", "missing.pem"], "firepost: --root: cannot read missing.pem: "),
        (
            ["--root", "page.html"],
            "firepost: --root: page.html: not one or more PEM blocks CERTIFICATE",
        ),
        (
            ["--intermediate", "missing.pem"],
            "firepost: --intermediate: cannot read missing.pem: ",
        ),
        (
            ["--intermediate", "page.html"],
            "firepost: --intermediate: page.html is not one or more PEM certificates",
        ),
        (
            ["--pin", "https://x=missing.pem"],
            "firepost: --pin: cannot read missing.pem: ",
        ),
        (
            ["--pin", "https://x=page.html"],
            "firepost: --pin: page.html is not exactly one PEM certificate",
        ),
    ] {
        let answer = desk.verify(&[&["message.json"], &arguments[..]].concat());
        assert_eq!((answer.code, answer.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(answer.err.starts_with(sentence), "{}", answer.err);
    }
}

#[test]
fn an_argument_that_cannot_be_meant_is_refused_with_its_name() {
    let desk = Desk::new("arguments");
    desk.put("message.json", good().text());
    for (arguments, said) in [
        (&["--at", "yesterday"][..], "'--at <TIME>': it must be a time with its offset"),
        (&["--at", "2026-03-06"], "'--at <TIME>': it must be a time with its offset"),
        (&["--chain", "off"], "'--chain <POLICY>'"),
        (&["--trust-topic", "*"], "\"*\" is neither a topic ARN nor an account pattern"),
        (&["--trust-topic", ""], "'--trust-topic <PATTERN>'"),
        (
            &["--header", "x-amz-sns-topic-arn"],
            "'--header <K=V>': it must be NAME=VALUE",
        ),
        (&["--header", "a b=c"], "is not the name of a header"),
        (&["--header", "a=b\nc"], "cannot be the value of a header"),
        (&["--pin", "cert.pem"], "'--pin <URL=PEM>': it must be URL=PEM"),
        (&["--max-age", "0"], "'--max-age <S>'"),
        (&["--cert", "cert.pem", "--fetch"], "cannot be used with"),
    ] {
        let answer = desk.verify(&[&["message.json"], arguments].concat());
        assert_eq!((answer.code, answer.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(answer.err.contains(said), "{}", answer.err);
    }
    assert_eq!(desk.verify(&[]).code, Some(2));
}

#[test]
fn standard_input_is_read_for_a_dash() {
    let desk = Desk::new("stdin");
    let answer = desk.run("verify", &["-", "--cert", "cert.pem", "--at", AT], good().text());
    assert_eq!((answer.code, answer.out.lines().next()), (Some(0), Some("-")));
}

#[test]
fn the_help_shows_examples_and_exit_codes() {
    let answer = Desk::new("help").verify(&["--help"]);
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
    for promised in [
        "Examples:",
        "Verdicts:",
        "Exit codes: 0 all are authentic",
        "--trust-topic <PATTERN>",
        "--fetch",
    ] {
        assert!(answer.out.contains(promised), "{}", answer.out);
    }
}
