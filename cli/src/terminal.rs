//! Text of others on a terminal: it must not be able to move the cursor, set a title or hide a line.

/// The text with its control characters spelled out, except for line feeds and tabs.
///
/// A message that nobody could read, or one held for a topic that anybody may have made, can hold escape sequences.
pub(crate) fn harmless(text: &str) -> String {
    let spelled = |letter: char| match letter {
        '\n' | '\t' => letter.to_string(),
        _ if letter.is_control() => letter.escape_default().to_string(),
        _ => letter.to_string(),
    };
    text.chars().map(spelled).collect()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn escape_sequences_are_spelled_out_and_other_letters_are_kept() {
        assert_eq!(
            harmless("\u{1b}[2Jgone\r\u{7f}\u{9b}31m"),
            "\\u{1b}[2Jgone\\r\\u{7f}\\u{9b}31m"
        );
        assert_eq!(harmless("Grüße,\n\t日本 🔥"), "Grüße,\n\t日本 🔥");
    }
}
