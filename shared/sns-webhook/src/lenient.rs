//! JSON as Amazon really sends it.
//!
//! Promises the value of a valid document, untouched, and the value of a document whose only faults are the two that Amazon's
//! own samples show: a comma directly before a closing bracket, and closing brackets left over after a complete value. Refuses
//! everything else, and never repeats a word of it.
//!
//! Only for text that a verified signature covers: what was signed is kept as it came, the repair is a way of reading it.

use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny};

/// Reads JSON text; only when it is not JSON as it stands, reads it once more without the faults this module knows.
///
/// Amazon's page "Real-Time Notifications Examples" (developer.amazon.com/docs/in-app-purchasing/rtn-example.html) ends two of
/// its three messages in `false,}`; its Dash Replenishment samples show both faults.
///
/// ```
/// let read = sns_webhook::lenient::read::<Vec<u8>>("[1, 2,]]").expect("both faults are known");
/// assert_eq!((read.value, read.repaired), (vec![1, 2], true));
/// ```
pub fn read<T: DeserializeOwned>(text: &str) -> Result<Read<T>, Unreadable> {
    let fault = match serde_json::from_str(text) {
        Ok(value) => return Ok(Read { value, repaired: false }),
        Err(fault) => fault,
    };
    let Some(repaired) = repair(text) else {
        return Err(Unreadable::new(text, &fault));
    };
    match serde_json::from_str(&repaired) {
        Ok(value) => Ok(Read { value, repaired: true }),
        Err(fault) => Err(Unreadable::new(&repaired, &fault)),
    }
}

/// A value, and whether its text had to be repaired to get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// What the text says.
    pub value: T,
    /// True when the text is not JSON as it stands.
    pub repaired: bool,
}

/// Why and where a text cannot be read; never what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{category} at line {line}, column {column}")]
pub struct Unreadable {
    category: Category,
    line: usize,
    column: usize,
}

impl Unreadable {
    /// What kind of fault it is.
    pub fn category(&self) -> Category {
        self.category
    }

    /// The line of the fault, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column of the fault in bytes, counted from 1; 0 when the line is empty.
    pub fn column(&self) -> usize {
        self.column
    }

    // serde_json's own sentence is dropped on purpose: for a value of the wrong type it quotes the value.
    fn new(text: &str, fault: &serde_json::Error) -> Self {
        use serde_json::error::Category as Fault;
        let at = |category| Self {
            category,
            line: fault.line(),
            column: fault.column(),
        };
        match fault.classify() {
            Fault::Eof => at(Category::CutShort),
            Fault::Io | Fault::Syntax => at(Category::NotJson),
            // A wrong type stops the reading where it stands. Whether the rest is JSON at all is the more telling answer.
            Fault::Data => match serde_json::from_str::<IgnoredAny>(text) {
                Ok(_) => at(Category::WrongShape),
                Err(fault) => Self::new(text, &fault),
            },
        }
    }
}

/// The kinds of unreadable text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// The text ends before its value does.
    CutShort,
    /// The text is not JSON, or nested deeper than 127 levels.
    NotJson,
    /// The text is JSON, but not of the type asked for.
    WrongShape,
}

impl Category {
    /// The stable code: `cut_short`, `not_json` or `wrong_shape`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CutShort => "cut_short",
            Self::NotJson => "not_json",
            Self::WrongShape => "wrong_shape",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CutShort => "JSON text is cut short",
            Self::NotJson => "text is not JSON",
            Self::WrongShape => "JSON value has an unexpected shape",
        })
    }
}

/// The text without the known faults, or nothing when it has none of them.
///
/// One pass, looking at each byte once. A comma becomes a space, so that a fault which remains keeps its place in the original.
fn repair(text: &str) -> Option<String> {
    let Faults { commas, end } = find_faults(text);
    if commas.is_empty() && end == text.len() {
        return None;
    }
    let mut repaired = String::with_capacity(end);
    let mut rest = 0;
    for comma in commas {
        repaired.push_str(&text[rest..comma]);
        repaired.push(' ');
        rest = comma + 1;
    }
    repaired.push_str(&text[rest..end]);
    Some(repaired)
}

/// Where the known faults are, in bytes.
struct Faults {
    /// Commas that only white space separates from a closing bracket.
    commas: Vec<usize>,
    /// Where the closing brackets begin that close nothing; the length of the text when there are none, or more than brackets
    /// follows.
    end: usize,
}

// Every index found is that of an ASCII byte: all bytes of a longer UTF-8 sequence have the high bit set and match nothing
// here.
fn find_faults(text: &str) -> Faults {
    let mut faults = Faults {
        commas: Vec::new(),
        end: text.len(),
    };
    let mut comma = None;
    let mut depth = 0_usize;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b',' => comma = Some(at),
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b'}' | b']' => {
                faults.commas.extend(comma.take());
                match depth.checked_sub(1) {
                    Some(outer) => depth = outer,
                    None => {
                        if text[at..].bytes().all(|byte| b"}] \n\r\t".contains(&byte)) {
                            faults.end = at;
                        }
                        break;
                    }
                }
            }
            _ => {
                comma = None;
                depth += usize::from(matches!(byte, b'{' | b'['));
                if byte == b'"' {
                    skip_string(&mut bytes);
                }
            }
        }
    }
    faults
}

fn skip_string(bytes: &mut impl Iterator<Item = (usize, u8)>) {
    while let Some((_, byte)) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => _ = bytes.next(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_comma_before_a_closing_bracket_is_dropped() {
        check_repaired(r#"{"a":1,}"#, json!({"a": 1}));
        check_repaired("[1, 2 , \r\n\t]", json!([1, 2]));
        check_repaired(r#"{"a":[1,],"b":{"c":null,},}"#, json!({"a": [1], "b": {"c": null}}));
        check_repaired("[,]", json!([]));
    }

    #[test]
    fn closing_brackets_after_the_value_are_dropped() {
        check_repaired(r#"{"a":1}}"#, json!({"a": 1}));
        check_repaired("[1]] }\n] ", json!([1]));
        check_repaired(r#""text"}"#, json!("text"));
        check_repaired("{},}", json!({}));
        check_repaired(r#"{"a":[1,],}}"#, json!({"a": [1]}));
    }

    #[test]
    fn what_looks_like_a_fault_inside_a_string_is_left_alone() {
        check_repaired(r#"{"a":",}","b":",]]",}"#, json!({"a": ",}", "b": ",]]"}));
        check_repaired(r#"["\",}", "\\",]"#, json!(["\",}", "\\"]));
        check_repaired(r#"{"é,}":"日本,]",}]"#, json!({"é,}": "日本,]"}));
    }

    #[test]
    fn nothing_else_is_repaired() {
        for text in [
            "[1,,]",
            "[,1]",
            "[1 2]",
            "{\"a\":,}",
            "{\"a\" 1}",
            "{a:1}",
            "{'a':1}",
            "[1] // note",
            "[1],",
            "[1],2",
            "[1]{}",
            "[1]] 2",
            "[1]],]",
            "[1}",
            "{\"a\":1]",
            "[01]",
            "[NaN]",
            "[\"\n\"]",
            "[\"\\x\"]",
            "\u{feff}[1]",
            "[1,\u{a0}]",
            "]",
            "}",
        ] {
            let fault = read::<Value>(text).map(|read| read.value).expect_err(text);
            assert!(
                matches!(fault.category(), Category::NotJson | Category::CutShort),
                "{text}: {fault:?}"
            );
        }
    }

    #[test]
    fn a_text_that_ends_too_early_says_so() {
        for (text, line, column) in [
            ("", 1, 0),
            (" \n", 2, 0),
            ("{\"a\":1,", 1, 7),
            ("[\n[1,]", 2, 4),
            ("[\"a,]", 1, 5),
        ] {
            assert_eq!(
                read::<Value>(text),
                Err(Unreadable {
                    category: Category::CutShort,
                    line,
                    column
                }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_fault_that_remains_keeps_its_place_in_the_original() {
        let fault = read::<Value>("{\n \"a\": [1,],\n \"b\": x,}").expect_err("x is no value");
        insta::assert_snapshot!(fault, @"text is not JSON at line 3, column 7");
    }

    #[test]
    fn a_value_of_another_type_is_not_a_fault_of_the_text() {
        let fault = read::<Vec<u8>>(r#"[1, "secret"]"#).expect_err("text is no number");
        insta::assert_snapshot!(fault, @"JSON value has an unexpected shape at line 1, column 12");
        let fault = read::<Vec<u8>>(r#"[1, "secret",]"#).expect_err("text is no number, repaired or not");
        assert_eq!(
            (fault.category(), fault.line(), fault.column()),
            (Category::WrongShape, 1, 12)
        );
    }

    #[test]
    fn a_value_of_another_type_does_not_hide_that_the_rest_is_not_json() {
        let fault = read::<Vec<u8>>(r#"["secret", oops]"#).expect_err("not JSON");
        assert_eq!((fault.category().as_str(), fault.column()), ("not_json", 12));
        let fault = read::<Vec<u8>>(r#"["secret", "#).expect_err("not JSON");
        assert_eq!((fault.category().as_str(), fault.column()), ("cut_short", 11));
    }

    #[test]
    fn neither_debug_nor_display_repeats_the_text() {
        for text in [r#"["secret"]"#, r#"{"secret":1}"#, r#"["secret" secret]"#, r#""secret"#] {
            let fault = read::<Vec<u8>>(text).expect_err(text);
            assert!(!format!("{fault} {fault:?}").contains("secret"), "{fault:?}");
        }
    }

    #[test]
    fn nesting_is_limited() {
        let nested = |depth: usize, comma: &str| format!("{}{}{}", "[".repeat(depth), comma, "]".repeat(depth));
        for comma in ["", ","] {
            assert_eq!(read::<Value>(&nested(127, comma)).map(|read| read.repaired), Ok(comma == ","));
            let fault = read::<Value>(&nested(128, comma)).expect_err("one level too deep");
            assert_eq!((fault.category(), fault.column()), (Category::NotJson, 128));
        }
    }

    #[test]
    fn a_long_run_of_any_byte_is_answered_at_once() {
        for unit in ["[", "]", ",", "{", "}", "\"", "\\", " ", ", ", ",]", "[,", "\"\\", "{\"\":"] {
            let text = unit.repeat(262_144 / unit.len());
            assert_eq!(read::<Value>(&text).map(|read| read.value).ok(), None, "{unit:?}");
            let value = read::<Value>(&format!("[{}]", json!(text)));
            assert_eq!(
                value,
                Ok(Read {
                    value: json!([text]),
                    repaired: false
                })
            );
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in ".*", brackets in r#"[\[\]{},:"\\ 1é]*"#) {
            let _ = read::<Value>(&text);
            let _ = read::<Value>(&brackets);
            let _ = read::<Vec<u8>>(&brackets);
        }

        #[test]
        fn a_valid_document_is_never_altered(document in document(), pretty: bool) {
            let text = if pretty { format!("{document:#}") } else { document.to_string() };
            prop_assert_eq!(repair(&text), None);
            prop_assert_eq!(read(&text), Ok(Read { value: document, repaired: false }));
        }

        #[test]
        fn inserted_faults_change_nothing_but_the_flag(document in document(), gap in "[ \n\r\t]{0,2}", surplus in "[\\]} \n]{0,3}") {
            let mut text = String::new();
            write_with_commas(&document, &gap, &mut text);
            text.push_str(&surplus);
            let repaired = serde_json::from_str::<IgnoredAny>(&text).is_err();
            prop_assert_eq!(read(&text), Ok(Read { value: document, repaired }));
        }

        #[test]
        fn what_was_repaired_is_the_text_less_commas_and_brackets(text in r#"[\[\]{},:"\\ 1é]*"#) {
            if let Some(repaired) = repair(&text) {
                prop_assert!(repaired.len() <= text.len());
                for (before, after) in text.bytes().zip(repaired.bytes()) {
                    prop_assert!(before == after || (before, after) == (b',', b' '));
                }
                let surplus = &text[repaired.len()..];
                prop_assert_eq!(surplus.trim_matches([']', '}', ' ']), "");
            }
        }
    }

    fn check_repaired(text: &str, value: Value) {
        assert_eq!(read(text), Ok(Read { value, repaired: true }), "{text}");
    }

    fn document() -> impl Strategy<Value = Value> {
        let text = prop_oneof![".{0,6}", r#"[\[\]{},"\\ ]{0,6}"#].boxed();
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.clone().prop_map(Value::from)
        ];
        leaf.prop_recursive(5, 40, 5, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..5).prop_map(Value::from),
                btree_map(text.clone(), inner, 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    // Every list and object that is not empty gets a comma too many.
    fn write_with_commas(value: &Value, gap: &str, text: &mut String) {
        match value {
            Value::Array(items) => {
                text.push('[');
                for item in items {
                    write_with_commas(item, gap, text);
                    text.push(',');
                    text.push_str(gap);
                }
                text.push(']');
            }
            Value::Object(fields) => {
                text.push('{');
                for (name, field) in fields {
                    text.push_str(&json!(name).to_string());
                    text.push(':');
                    write_with_commas(field, gap, text);
                    text.push(',');
                    text.push_str(gap);
                }
                text.push('}');
            }
            leaf => text.push_str(&leaf.to_string()),
        }
    }
}
