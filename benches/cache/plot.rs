//! The table as a picture: a group of bars for each shape, on a logarithmic scale, since backends in memory and those on
//! servers are orders apart.

use std::fmt::Write;

/// A group of bars.
pub(crate) struct Group {
    pub(crate) label: String,
    /// The bars, each with the index of its series.
    pub(crate) bars: Vec<(usize, f64)>,
}

const COLOURS: [&str; 10] = [
    "#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#b07aa1", "#9c755f", "#edc948",
    "#ff9da7", "#bab0ac",
];
const LABELS: f64 = 210.0;
const WIDTH: f64 = 740.0;
const BAR: f64 = 9.0;
const GAP: f64 = 10.0;
const HEAD: f64 = 46.0;

/// An SVG of `groups`, whose series have these names. `title` says what is measured.
pub(crate) fn svg(title: &str, series: &[&str], groups: &[Group]) -> String {
    let values = || groups.iter().flat_map(|group| &group.bars).map(|bar| bar.1);
    let least = values().fold(f64::INFINITY, f64::min).log10().floor();
    let most = values().fold(1.0, f64::max).log10().ceil().max(least + 1.0);
    let bars: usize = groups.iter().map(|group| group.bars.len()).sum();
    let height = HEAD + bars as f64 * BAR + (groups.len() + 2) as f64 * GAP;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"8\" y=\"16\" font-weight=\"bold\">{title}</text>\n",
        LABELS + WIDTH + 70.0
    );
    legend(&mut svg, series);
    scale(&mut svg, least, most, height);
    let mut y = HEAD + GAP;
    for group in groups {
        draw(&mut svg, group, &mut y, |value| {
            (value.log10() - least) / (most - least) * WIDTH
        });
    }
    svg + "</svg>\n"
}

fn legend(svg: &mut String, series: &[&str]) {
    let step = (LABELS + WIDTH + 60.0) / series.len().max(1) as f64;
    for (index, name) in series.iter().enumerate() {
        let x = 8.0 + step.min(130.0) * index as f64;
        let colour = COLOURS[index % COLOURS.len()];
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"24\" width=\"9\" height=\"9\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"33\">{name}</text>",
            x + 13.0
        );
    }
}

/// A line for each power of ten.
fn scale(svg: &mut String, least: f64, most: f64, height: f64) {
    for power in least as i32..=most as i32 {
        let x = LABELS + (f64::from(power) - least) / (most - least) * WIDTH;
        let number = 10_f64.powi(power);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{HEAD}\" y2=\"{:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#777\">{number}</text>",
            height - GAP,
            height - 2.0
        );
    }
}

fn draw(svg: &mut String, group: &Group, y: &mut f64, width: impl Fn(f64) -> f64) {
    let middle = *y + group.bars.len() as f64 * BAR / 2.0 + 4.0;
    let label = &group.label;
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{middle:.1}\" text-anchor=\"end\">{label}</text>",
        LABELS - 8.0
    );
    for (series, value) in &group.bars {
        let (width, colour) = (width(*value), COLOURS[series % COLOURS.len()]);
        let _ = writeln!(
            svg,
            "<rect x=\"{LABELS}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{colour}\">\
             <title>{value:.0}</title></rect>",
            BAR - 1.0
        );
        *y += BAR;
    }
    *y += GAP;
}
