//! The lines of a report for a table on a desk.
//!
//! RFC 4180: a header, a record a line, CRLF. No field has a comma, a quote or a line break in it, since all are codes, digits and ids; what does
//! have one, in a report that somebody else wrote, is left out of its field.

use std::fmt::Write;

use super::Line;

/// The lines as CSV.
pub fn csv(lines: &[Line]) -> String {
    let mut text = "row,code,action,held,device,endpoint\r\n".to_owned();
    for line in lines {
        let fields = [
            Some(&*line.code),
            line.action.as_deref(),
            line.held.as_deref(),
            line.device.as_deref(),
            line.endpoint.as_deref(),
        ];
        let _ = write!(text, "{}", line.row);
        for field in fields {
            text.push(',');
            text.extend(field.unwrap_or_default().chars().filter(|letter| is_plain(*letter)));
        }
        text.push_str("\r\n");
    }
    text
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_record_and_no_field_can_be_two() {
        let line = Line {
            row: 3,
            code: "confirmed_since_disabled".into(),
            action: Some("enable".into()),
            held: None,
            device: Some("ba7816bf".to_owned()),
            endpoint: Some("bdf172d4-f9b4-3b76-bc0b-f20123456789".to_owned()),
        };
        let odd = Line {
            code: "=a,\"b\"\r\n".into(),
            device: None,
            ..line.clone()
        };
        assert_eq!(
            csv(&[line, odd]),
            "row,code,action,held,device,endpoint\r\n\
             3,confirmed_since_disabled,enable,,ba7816bf,bdf172d4-f9b4-3b76-bc0b-f20123456789\r\n\
             3,ab,enable,,,bdf172d4-f9b4-3b76-bc0b-f20123456789\r\n"
        );
    }
}
