//! `docs/log.md` lists every field that a function can write into its log, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::tidy::files::{File, files, root};

/// Which functions write a field.
type Fields = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_page_about_the_log_has_the_fields_that_the_functions_write() {
    let page = listed(&fs::read_to_string(root().join("docs/log.md")).unwrap());
    assert!(page.len() > 50, "{page:?}");
    assert_eq!(written(), page);
}

/// What stands in the sources.
fn written() -> Fields {
    let mut fields = Fields::new();
    for file in files().iter().filter(|file| file.is_rust()) {
        for field in lines_of(file.source()).into_iter().flatten() {
            let functions = writers(file).into_iter().map(str::to_owned);
            fields.entry(field).or_default().extend(functions);
        }
    }
    fields
}

/// Who runs the code of a file, if it is a part of a function.
fn writers(file: &File) -> Vec<&str> {
    match file.path.split('/').collect::<Vec<_>>()[..] {
        ["functions", function, "src", ..] => vec![function],
        ["shared", "intake", "src", ..] => vec!["rtn", "drs"],
        // The local stack and Amazon's side.
        ["cli", ..] | ["shared", "sandbox", ..] => vec![],
        _ => unreachable!("{} writes into the log, and nobody says whose", file.path),
    }
}

/// The fields of each line that is written at a level of production.
fn lines_of(source: &str) -> Vec<Vec<String>> {
    let calls = source.split("tracing::").skip(1);
    let lines = calls.filter_map(|call| {
        let (level, rest) = call.split_once("!(")?;
        ["info", "warn", "error", "$level"]
            .contains(&level)
            .then(|| arguments(rest).map_while(field).collect())
    });
    lines.collect()
}

/// What stands between the commas, up to the parenthesis that ends the call.
fn arguments(rest: &str) -> impl Iterator<Item = &str> {
    let (mut ends, mut depth, mut is_text, mut is_escaped) = (Vec::new(), 0, false, false);
    for (at, character) in rest.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_text => is_escaped = true,
            '"' => is_text = !is_text,
            _ if is_text => {}
            ')' if depth == 0 => {
                ends.push(at);
                break;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => ends.push(at),
            _ => {}
        }
    }
    let starts = std::iter::once(0).chain(ends.clone().into_iter().map(|end| end + 1));
    starts.zip(ends).map(|(start, end)| rest[start..end].trim())
}

/// The name of a field; none for the sentence, with which a line ends.
fn field(argument: &str) -> Option<String> {
    if argument.starts_with('"') {
        return None;
    }
    let name = argument.split_once(" = ").map_or(argument, |(name, _)| name);
    let name = name.trim_start_matches(['%', '?']);
    let name = name.strip_prefix("r#").unwrap_or(name);
    assert!(
        name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit()),
        "{argument}"
    );
    Some(name.to_owned())
}

/// What stands in the page's table.
fn listed(page: &str) -> Fields {
    let mut fields = Fields::new();
    let rows = page
        .lines()
        .skip_while(|line| *line != "| field | functions | meaning |")
        .skip(2);
    for row in rows.take_while(|row| row.starts_with('|')) {
        let [_, names, functions, meaning, _] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        assert!(!meaning.trim().is_empty(), "{row}");
        let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
        for name in quoted(names) {
            assert_eq!(fields.insert(name.clone(), quoted(functions)), None, "{name} is listed twice");
        }
    }
    fields
}

#[test]
fn the_fields_of_a_line_are_found_in_whatever_form_they_are_given() {
    let source = r##"tracing::warn!(function, outcome = "a, (b", r#type = f(x, [1, 2]), ?counts, error = %Causes(&e), "said, {x}"); tracing::debug!(no)"##;
    assert_eq!(lines_of(source), [["function", "outcome", "type", "counts", "error"]]);
}
