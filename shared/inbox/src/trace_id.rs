//! The id under which AWS X-Ray knows all that follows from one request.
//!
//! Lambda gives each invocation a tracing header, `Root=1-…-…;Parent=…;Sampled=1`, and only the root's id is of use here. Whoever calls
//! the endpoint may have chosen it, so it is taken for an id if it has the form of one, and for none otherwise: it says what belongs
//! together, it proves nothing, and nothing is ever refused for it.
//!
//! Source: AWS X-Ray Developer Guide, "Tracing header" and "X-Ray trace ID format": the version, which is 1, the time of the request in 8
//! hexadecimal digits, and 96 bits in 24 of them.

use std::fmt;

/// The id of a trace.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(u128);

impl TraceId {
    /// The root of a tracing header; nothing if it has none that is an id.
    pub fn of_header(header: &str) -> Option<Self> {
        header
            .split(';')
            .find_map(|part| part.trim().strip_prefix("Root="))
            .and_then(Self::parse)
    }

    /// The id as it is written; nothing if it is not one. X-Ray finds an id by its very text, so digits are in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let (time, unique) = text.strip_prefix("1-")?.split_once('-')?;
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let are_digits = |digits: &str, count| digits.len() == count && digits.bytes().all(is_digit);
        if !are_digits(time, 8) || !are_digits(unique, 24) {
            return None;
        }
        u128::from_str_radix(&format!("{time}{unique}"), 16).ok().map(Self)
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "1-{:08x}-{:024x}",
            self.0 >> UNIQUE_BITS,
            self.0 & (u128::MAX >> (128 - UNIQUE_BITS))
        )
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const UNIQUE_BITS: u32 = 96;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(header: &str, id: Option<&str>) {
        let found = TraceId::of_header(header).map(|id| id.to_string());
        assert_eq!(found.as_deref(), id, "{header}");
    }

    #[test]
    fn the_root_of_a_header_is_its_id_whatever_stands_around_it() {
        for header in [
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:fc3b4ff1:0",
            "Self=1-67891234-12456789abcdef012345678; Root=1-5759e988-bd862e3fe1be46a994272793 ;CalledFrom=app",
        ] {
            check(header, Some("1-5759e988-bd862e3fe1be46a994272793"));
        }
        check(
            "Root=1-00000000-000000000000000000000001",
            Some("1-00000000-000000000000000000000001"),
        );
    }

    #[test]
    fn what_has_not_the_form_of_an_id_is_none() {
        for header in [
            "",
            "Sampled=?",
            "Parent=53995c3f42cd8ad8",
            "1-5759e988-bd862e3fe1be46a994272793",
            "root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=",
            "Root=2-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759E988-BD862E3FE1BE46A994272793",
            "Root=1-5759e98-8bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a99427279",
            "Root=1-5759e988-bd862e3fe1be46a9942727930",
            "Root=1-5759e988bd862e3fe1be46a994272793",
            "Root=1-+759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a99427279\u{e9}",
            "Root=1-5759e988-bd862e3fe1be46a994272793,Parent=1",
            "Root=x;Root=1-5759e988-bd862e3fe1be46a994272793",
        ] {
            check(header, None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_id_that_stands_in_them_or_none(bytes: Vec<u8>) {
            let header = String::from_utf8_lossy(&bytes);
            prop_assert_eq!(TraceId::parse(&header), None);
            prop_assert_eq!(TraceId::of_header(&header), None);
        }

        #[test]
        fn what_is_nearly_a_header_gives_the_id_that_it_has_or_none(
            before in "(|Self=1-2;|;| )",
            root in "(Root=|root=|Root)",
            id in "[12]-[0-9a-fA]{7,9}-[0-9a-f]{23,25}",
            after in "(|;Parent=53995c3f42cd8ad8;Sampled=[01]|,|\\PC*)",
        ) {
            let header = format!("{before}{root}{id}{after}");
            if let Some(found) = TraceId::of_header(&header) {
                let text = found.to_string();
                prop_assert!(header.contains(&format!("Root={text}")), "{}", header);
                prop_assert_eq!(TraceId::parse(&text), Some(found));
            }
        }

        #[test]
        fn every_id_is_read_as_it_is_written(number: u128) {
            let id = TraceId(number);
            let text = id.to_string();
            prop_assert_eq!(text.len(), 35);
            prop_assert_eq!(TraceId::parse(&text), Some(id));
            prop_assert_eq!(TraceId::of_header(&format!("Root={text};Parent=53995c3f42cd8ad8;Sampled=1")), Some(id));
        }
    }
}
