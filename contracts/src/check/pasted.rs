//! Cases to paste into a suite: what a check found, as its user would have written it.

use std::borrow::Borrow;

use super::operation::{Operation, Outcome, call_source};

/// What a case begins with, besides its name.
pub(super) struct Head<'h> {
    /// What found it, in words.
    pub(super) found_by: &'h str,
    pub(super) name: &'h str,
    pub(super) handles: &'h [String],
    /// Whether it lets time pass.
    pub(super) clock: bool,
}

/// A case of these lines.
pub(super) fn case<O: Operation>(head: &Head<'_>, lines: &[String]) -> String {
    let about = O::CONTRACT;
    let asynchronous = about.methods.iter().any(|method| method.asynchronous);
    let keyword = if asynchronous { "async fn" } else { "fn" };
    let reference = if about.shared { "&" } else { "&mut " };
    let kind = if about.objects { "dyn" } else { "impl" };
    let handles = head.handles.iter();
    let mut parameters: Vec<String> = handles
        .map(|handle| format!("{handle}: {reference}{kind} {}", about.name))
        .collect();
    if head.clock {
        parameters.push("clock: &contrait::Clock".to_owned());
    }
    let mut text = format!(
        "/// Found by {}: say what is promised here.\n#[case]\n{keyword} {}({}) {{\n",
        head.found_by,
        head.name,
        parameters.join(", ")
    );
    for line in used(lines).iter().chain(lines) {
        if !line.is_empty() {
            text.push_str("    ");
        }
        text.push_str(line);
        text.push('\n');
    }
    text.push('}');
    text
}

/// What the lines name and the suite need not know of.
fn used(lines: &[String]) -> Vec<String> {
    let is_used = lines.iter().any(|line| line.contains("Duration::"));
    let mut used = Vec::new();
    if is_used {
        used.push("use std::time::Duration;".to_owned());
        let more = lines.first().is_some_and(|line| line.starts_with("use "));
        used.extend((!more).then(String::new));
    }
    used
}

/// A call as an expression, before it is awaited.
pub(super) fn call_on<O: Operation>(handle: &str, operation: &O) -> String {
    format!("{handle}.{}", call_source(operation))
}

/// What stands behind a call so that it is awaited.
pub(super) fn wait<O: Operation>(operation: &O) -> &'static str {
    if operation.about().asynchronous {
        ".await"
    } else {
        ""
    }
}

/// What several calls may be answered together, as a case asks for it.
pub(super) struct Answers {
    forms: Vec<Form>,
    /// What all calls are answered in one of the ways that are possible.
    ways: Vec<Vec<String>>,
}

/// How an answer is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It says nothing: it is always `()`.
    Nothing { fallible: bool },
    /// As it is, or what is in its `Ok`.
    Value { fallible: bool },
    /// What is in its `Ok`, if it is one.
    Success,
    /// As `Debug` writes it.
    Text,
}

impl Answers {
    /// Of calls that may be answered in any of `ways`, each of which has an answer a call.
    pub(super) fn of<O: Operation, R: Borrow<O::Outcome>>(calls: &[&O], ways: &[Vec<R>]) -> Self {
        let forms: Vec<Form> = calls
            .iter()
            .enumerate()
            .map(|(index, call)| form(*call, ways.iter().map(|way| way[index].borrow())))
            .collect();
        let mut written: Vec<Vec<String>> = Vec::new();
        for way in ways {
            let answers = way.iter().zip(&forms);
            let told = answers.filter(|(_, form)| form.is_told());
            let way = told.map(|(answer, form)| form.written(answer.borrow()));
            let way: Vec<String> = way.collect();
            if !written.contains(&way) {
                written.push(way);
            }
        }
        Self {
            forms,
            ways: written,
        }
    }

    /// Whether the answer of this call is asked for.
    pub(super) fn are_told(&self, call: usize) -> bool {
        self.forms[call].is_told()
    }

    /// The expression `call`, which has been awaited, as the answer that is asked for.
    pub(super) fn taken(&self, call: usize, expression: &str) -> String {
        match self.forms[call] {
            Form::Nothing { fallible: true } | Form::Value { fallible: true } => {
                format!("{expression}.unwrap()")
            }
            Form::Nothing { .. } | Form::Value { .. } => expression.to_owned(),
            Form::Success => format!("{expression}.ok()"),
            Form::Text => format!("format!(\"{{:?}}\", {expression})"),
        }
    }

    /// Asks for the answers that are told, which are in these variables.
    pub(super) fn asserted(&self, variables: &[String]) -> Vec<String> {
        let seen = together(variables);
        match &self.ways[..] {
            _ if variables.is_empty() => Vec::new(),
            [way] => match (variables, &way[0][..]) {
                ([one], "true") => vec![format!("assert!({one});")],
                ([one], "false") => vec![format!("assert!(!{one});")],
                _ => vec![format!("assert_eq!({seen}, {});", together(way))],
            },
            ways => {
                let mut lines = array("possible", ways.iter().map(|way| together(way)).collect());
                let name = match variables {
                    [one] => one,
                    _ => {
                        lines.push(format!("let seen = {seen};"));
                        "seen"
                    }
                };
                lines.push(format!(
                    "assert!(possible.contains(&{name}), \"{{{name}:?}}\");"
                ));
                lines
            }
        }
    }
}

impl Form {
    fn is_told(self) -> bool {
        !matches!(self, Self::Nothing { .. })
    }

    fn written(self, answer: &impl Outcome) -> String {
        let source = || answer.source().unwrap_or_default();
        match self {
            Self::Success if answer.is_error() => "None".to_owned(),
            Self::Success => format!("Some({})", source()),
            Self::Text => format!("{:?}.to_owned()", format!("{answer:?}")),
            Self::Nothing { .. } | Self::Value { .. } => source(),
        }
    }
}

fn form<'a, O: Operation>(call: &O, mut answers: impl Iterator<Item = &'a O::Outcome>) -> Form {
    let fallible = call.about().fallible;
    let (mut errors, mut unit) = (false, true);
    let written = answers.all(|answer| {
        errors |= answer.is_error();
        unit &= answer.source().as_deref() == Some("()");
        answer.is_error() || answer.source().is_some()
    });
    match (written, errors, unit) {
        (false, ..) => Form::Text,
        (_, true, _) => Form::Success,
        (_, _, true) => Form::Nothing { fallible },
        _ => Form::Value { fallible },
    }
}

/// A line of a case is no longer than this.
const WIDTH: usize = 90;

/// An array as `rustfmt` writes it.
fn array(name: &str, items: Vec<String>) -> Vec<String> {
    let line = format!("let {name} = [{}];", items.join(", "));
    if line.len() <= WIDTH {
        return vec![line];
    }
    let mut lines = vec![format!("let {name} = [")];
    lines.extend(items.into_iter().map(|item| format!("    {item},")));
    lines.push("];".to_owned());
    lines
}

/// One expression, or a tuple of several.
pub(super) fn together(expressions: &[String]) -> String {
    match expressions {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}
