//! What is known to differ, and why.
//!
//! A file has blocks: lines with `#` say why, and each two lines below them are a call and what the peer answers to it.

/// An answer that is not the sandbox's.
pub(crate) struct Difference {
    pub(crate) call: &'static str,
    pub(crate) answer: &'static str,
    /// Who is right, by which page, or that no page says.
    pub(crate) reason: String,
}

/// Of `moto` 5.2.
pub(crate) fn of_moto() -> Vec<Difference> {
    read(include_str!("moto.txt"))
}

/// Of LocalStack 2026.3.
pub(crate) fn of_localstack() -> Vec<Difference> {
    read(include_str!("localstack.txt"))
}

fn read(file: &'static str) -> Vec<Difference> {
    let mut differences = Vec::new();
    for block in file.trim_end().split("\n\n") {
        let (reasons, pairs): (Vec<_>, Vec<_>) = block.lines().partition(|line| line.starts_with("# "));
        let reasons = reasons.iter().filter_map(|line| line.strip_prefix("# "));
        let reason = reasons.collect::<Vec<_>>().join(" ");
        for pair in pairs.chunks(2) {
            let [call, answer] = pair.try_into().unwrap();
            let (answer, reason) = (answer.strip_prefix("  ").unwrap(), reason.clone());
            differences.push(Difference { call, answer, reason });
        }
    }
    differences
}
