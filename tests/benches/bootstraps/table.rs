//! The table: medians with the least and the most, and how many times the floor they are.

use std::time::Duration;

use crate::executable::size;
use crate::line::Line;

/// What is told of a line, in a column.
struct Figure {
    value: f64,
    range: Option<(f64, f64)>,
}

/// Both parts, as Markdown.
pub(crate) fn render(lines: &[Line]) -> String {
    let all = lines.iter().map(|line| (line.name, figures(line))).collect::<Vec<_>>();
    let floor = all.first().map(|(_, figures)| figures);
    let absolute = all.iter().map(|(name, figures)| row(name, figures.iter().map(told)));
    let relative = all.iter().map(|(name, figures)| {
        let pairs = figures.iter().zip(floor.into_iter().flatten());
        let ratios = pairs.map(|(figure, floor)| match (figure, floor) {
            (Some(figure), Some(floor)) => format!("{:.2}", figure.value / floor.value),
            _ => "-".to_owned(),
        });
        row(name, ratios)
    });
    let head = [row("", COLUMNS.map(str::to_owned)), vec!["---".to_owned(); COLUMNS.len() + 1]];
    let of_the_floor = [row("times the floor", COLUMNS.map(str::to_owned)), head[1].clone()];
    let [absolute, relative] = [
        head.clone().into_iter().chain(absolute).collect::<Vec<_>>(),
        of_the_floor.into_iter().chain(relative).collect(),
    ];
    format!("{}\n{}\n{NOTES}", aligned(&absolute), aligned(&relative))
}

fn figures(line: &Line) -> [Option<Figure>; 9] {
    let starts = || line.starts.iter();
    let turns = || line.turns.iter();
    let every = turns()
        .flat_map(|turn| &turn.took)
        .copied()
        .map(milliseconds)
        .collect::<Vec<_>>();
    let medians = turns().map(|turn| at(&turn.took.iter().copied().map(milliseconds).collect::<Vec<_>>(), 0.5));
    let each_cpu = turns().map(|turn| Some(milliseconds(turn.cpu?) / turn.took.len() as f64));
    let size = size(&line.executable);
    [
        Figure::of(starts().map(|start| Some(milliseconds(start.until_answered)))),
        Figure::of(starts().map(|start| Some(milliseconds(start.until_ready)))),
        Figure::of(starts().map(|start| start.cpu.map(milliseconds))),
        Figure::of(medians.map(Some)).map(|figure| Figure {
            value: at(&every, 0.5),
            ..figure
        }),
        Some(Figure::single(at(&every, 0.99))),
        Figure::of(each_cpu),
        line.peak_rss.map(megabytes).map(Figure::single),
        Some(Figure::single(megabytes(size.whole))),
        size.deflated.map(megabytes).map(Figure::single),
    ]
}

impl Figure {
    /// The median of all; nothing if one is unknown.
    fn of(values: impl Iterator<Item = Option<f64>>) -> Option<Self> {
        let values = values.collect::<Option<Vec<_>>>()?;
        Some(Self {
            value: at(&values, 0.5),
            range: Some((at(&values, 0.0), at(&values, 1.0))),
        })
    }

    fn single(value: f64) -> Self {
        Self { value, range: None }
    }
}

/// The value that this share of all is not above.
fn at(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted[(last as f64 * share).round() as usize]
}

fn told(figure: &Option<Figure>) -> String {
    match figure {
        Some(Figure { value, range: None }) => format!("{value:.2}"),
        Some(Figure {
            value,
            range: Some((least, most)),
        }) => format!("{value:.2} [{least:.2}..{most:.2}]"),
        None => "-".to_owned(),
    }
}

fn row(name: &str, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(cells).collect()
}

fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .enumerate()
            .map(|(column, cell)| format!(" {cell:<0$} |", width(column)));
        format!("|{}\n", cells.collect::<String>())
    };
    rows.iter().map(line).collect()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000_000.0
}

const COLUMNS: [&str; 9] = [
    "start ms",
    "of it until `next`",
    "start CPU ms",
    "message p50 ms",
    "p99 ms",
    "CPU ms a message",
    "peak RSS MB",
    "executable MB",
    "deflated MB",
];
const NOTES: &str = "\
Median [least..most]: of all starts; p50 of all messages [of turns]; CPU of turns. A start is from before the process is started until\n\
its first answer has come, its CPU until it waits for the next event; a message from being handed over until the last byte of its\n\
answer. CPU is of all threads (/proc/<pid>/task/*/schedstat), peak RSS VmHWM after the last turn; \"-\" is unknown: no Linux.\n\
Deflated is what `gzip -9` makes of the executable, which a zip holds. Files are in the system's cache, as they are not at Lambda.";
