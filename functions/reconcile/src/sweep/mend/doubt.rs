//! What a process has done that ended before it could say so.
//!
//! Who goes on with its part of the work looks at each device again, and finds some as the plan foresaw them after one or more of its steps.
//! Those steps were taken: by that process, or by whoever came by in those minutes, which nobody can tell apart. They are in the report, and
//! counted as in doubt.

use crate::report::Line;

/// The steps that were foreseen and are not among those that were left to be taken; none if what was left is something else.
pub(super) fn done_before(foreseen: &[Line], taken: &[Line], bound: Option<&str>) -> Vec<Line> {
    let ends_well = foreseen.last().is_some_and(|last| last.action.is_some());
    if taken.is_empty() && !ends_well {
        return Vec::new();
    }
    let Some(before) = foreseen.len().checked_sub(taken.len()) else {
        return Vec::new();
    };
    let (before, rest) = foreseen.split_at(before);
    if !rest.iter().zip(taken).all(|(foreseen, taken)| foreseen.is_step(taken)) {
        return Vec::new();
    }
    let mut done = Vec::new();
    for line in before {
        let mut line = line.clone();
        if line.action.as_deref() == Some("bind") && line.endpoint.is_none() {
            let created = done.last().and_then(|created: &Line| created.endpoint.as_deref());
            if created == bound {
                // SNS has given it the id of the one that was gone: there was nothing to bind.
                continue;
            }
            line.endpoint = bound.map(str::to_owned);
        }
        done.push(line);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(code: &'static str, action: Option<&'static str>) -> Line {
        Line {
            row: 1,
            code: code.into(),
            action: action.map(Into::into),
            held: None,
            device: None,
            endpoint: None,
        }
    }

    fn codes(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| &*line.code).collect()
    }

    #[test]
    fn what_is_left_tells_what_was_done() {
        let create = line("no_endpoint", Some("create"));
        let bind = line("token_elsewhere", Some("bind"));
        let foreseen = [create.clone(), bind.clone()];
        let done = |taken: &[Line]| done_before(&foreseen, taken, Some("its id"));
        assert_eq!(codes(&done(&[])), ["no_endpoint", "token_elsewhere"]);
        assert_eq!(codes(&done(std::slice::from_ref(&bind))), ["no_endpoint"]);
        assert_eq!(done(&[create.clone(), bind.clone()]), []);
        assert_eq!(done(&[])[1].endpoint.as_deref(), Some("its id"));
    }

    #[test]
    fn an_endpoint_that_came_back_under_its_id_was_not_bound() {
        let mut create = line("no_endpoint", Some("create"));
        create.endpoint = Some("its id".to_owned());
        let foreseen = [create, line("token_elsewhere", Some("bind"))];
        assert_eq!(codes(&done_before(&foreseen, &[], Some("its id"))), ["no_endpoint"]);
        assert_eq!(codes(&done_before(&foreseen, &[], Some("another"))).len(), 2);
    }

    #[test]
    fn what_was_not_foreseen_tells_nothing() {
        let note = line("disabled_unseen", Some("note_disabled"));
        let stays = line("not_confirmed_since", None);
        let foreseen = [note.clone(), stays.clone()];
        let done = |taken: &[Line]| codes(&done_before(&foreseen, taken, None)).len();
        assert_eq!(done(std::slice::from_ref(&stays)), 1);
        // It is well, which nobody foresaw.
        assert_eq!(done(&[]), 0);
        assert_eq!(done(&[line("overtaken", None)]), 0);
        assert_eq!(done(&[note.clone(), note, stays]), 0);
    }
}
