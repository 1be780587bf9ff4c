//! Boundaries as frameworks have them written: routes of axum, actix and rocket, consumers of queues, scheduled jobs.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall, Lit, LitStr, Meta, Path, Token};

use crate::source::attributes::{self, last, text};
use crate::source::{Call, Function, calls};

/// What is found in a function.
pub(super) struct Found {
    pub(super) what: What,
    pub(super) span: Span,
    /// The function that does the work, where it is named.
    pub(super) handler: Option<Path>,
}

pub(super) enum What {
    Route {
        /// Lower-case; none where any will do.
        verb: Option<String>,
        path: String,
    },
    /// Of this topic, where it is written down.
    Consumer(Option<String>),
    /// By this schedule, where it is written down.
    Job(Option<String>),
}

const VERBS: [&str; 7] = ["get", "post", "put", "delete", "patch", "head", "options"];
/// What clients of queues call what waits for messages.
const CONSUMES: [&str; 9] = [
    "basic_consume",
    "subscribe",
    "psubscribe",
    "queue_subscribe",
    "xreadgroup",
    "xread_options",
    "blpop",
    "brpop",
    "receive_message",
];
const SCHEDULES: [&str; 2] = ["interval", "interval_at"];

type Arguments = Punctuated<Expr, Token![,]>;

/// The boundaries that a function is, or builds.
pub(super) fn boundaries(function: &Function<'_>) -> Vec<Found> {
    let mut found: Vec<Found> = attributes::all(function.attributes)
        .filter_map(|meta| by_attribute(&meta, function))
        .collect();
    calls(function.body, &mut |call| match &call {
        Call::Method(method) => found.extend(by_method(method)),
        Call::Path(path) if SCHEDULES.contains(&last(path).as_str()) => found.push(Found {
            what: What::Job(None),
            span: call.span(),
            handler: None,
        }),
        _ => {}
    });
    let mut jobs = Jobs(found);
    jobs.visit_block(function.body);
    jobs.0
}

/// `#[get("/path")]`, `#[route("/path", method = "GET")]`, `#[cron("…")]`.
fn by_attribute(meta: &Meta, function: &Function<'_>) -> Option<Found> {
    let Meta::List(list) = meta else { return None };
    let first = list.tokens.clone().into_iter().next()?;
    let Ok(Lit::Str(literal)) = syn::parse2(first.into()) else {
        return None;
    };
    let (name, literal) = (last(meta.path()), literal.value());
    let is_verb = VERBS.contains(&name.as_str());
    let what = if literal.starts_with('/') && (is_verb || name == "route") {
        What::Route {
            verb: is_verb.then_some(name),
            path: literal,
        }
    } else if name == "cron" {
        What::Job(Some(literal))
    } else {
        return None;
    };
    Some(Found {
        what,
        span: function.signature.ident.span(),
        handler: Some(function.signature.ident.clone().into()),
    })
}

fn by_method(method: &ExprMethodCall) -> Vec<Found> {
    let (name, span) = (method.method.to_string(), method.method.span());
    if let Some(path) = path_of(&name, method) {
        let mut verbs = Verbs::default();
        verbs.note(&name, &method.args);
        method
            .args
            .iter()
            .for_each(|argument| verbs.visit_expr(argument));
        return verbs.found(&path, span);
    }
    // What subscribes to nothing named listens to its own process.
    let is_named = !method.args.is_empty() || name == "receive_message";
    if CONSUMES.contains(&name.as_str()) && is_named {
        return vec![Found {
            what: What::Consumer(topic(&method.args)),
            span,
            handler: None,
        }];
    }
    Vec::new()
}

/// The path of `.route("/path", …)` and `.at("/path", …)`, or of `resource("/path").route(…)` and `.to(…)`.
fn path_of(name: &str, method: &ExprMethodCall) -> Option<String> {
    let is_path = |path: &String| path.starts_with('/');
    let first = method.args.first().and_then(text).filter(is_path);
    match name {
        "route" | "at" if first.is_some() => first,
        "route" | "to" => resource(&method.receiver).filter(is_path),
        _ => None,
    }
}

/// The path of `resource("/path")`, at the beginning of a chain.
fn resource(expression: &Expr) -> Option<String> {
    match expression {
        Expr::MethodCall(call) => resource(&call.receiver),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) if last(&path.path) == "resource" => call.args.first().and_then(text),
            _ => None,
        },
        _ => None,
    }
}

/// The schedules of `Job::new("0 * * * * *", …)` and its like.
struct Jobs(Vec<Found>);

impl Visit<'_> for Jobs {
    fn visit_expr_call(&mut self, call: &ExprCall) {
        if let Expr::Path(path) = &*call.func
            && let [.., owner, made] = &path.path.segments.iter().collect::<Vec<_>>()[..]
            && owner.ident == "Job"
            && made.ident.to_string().starts_with("new")
        {
            self.0.push(Found {
                what: What::Job(call.args.first().and_then(text)),
                span: made.ident.span(),
                handler: None,
            });
        }
        visit::visit_expr_call(self, call);
    }
}

/// What a router is given beside a path: `get(show).post(create)`, `web::get().to(show)`, `Method::GET, get().to(show)`.
#[derive(Default)]
struct Verbs {
    by_verb: Vec<(String, Option<Path>)>,
    /// Of `to(handler)`.
    handler: Option<Path>,
}

impl Verbs {
    fn note(&mut self, name: &str, arguments: &Arguments) {
        let handler = arguments.first().and_then(|argument| match argument {
            Expr::Path(path) => Some(path.path.clone()),
            _ => None,
        });
        if VERBS.contains(&name) {
            self.by_verb.push((name.to_owned(), handler));
        } else if name == "to" {
            self.handler = handler;
        }
    }

    fn found(mut self, path: &str, span: Span) -> Vec<Found> {
        let order = |verb: &str| VERBS.iter().position(|known| *known == verb);
        self.by_verb.sort_by_key(|(verb, _)| order(verb));
        let mut verbs: Vec<_> = self
            .by_verb
            .into_iter()
            .map(|(verb, handler)| (Some(verb), handler))
            .collect();
        if verbs.is_empty() {
            verbs.push((None, None));
        }
        let found = |(verb, handler): (Option<String>, Option<Path>)| Found {
            what: What::Route {
                verb,
                path: path.to_owned(),
            },
            span,
            handler: handler.or_else(|| self.handler.clone()),
        };
        verbs.into_iter().map(found).collect()
    }
}

impl Visit<'_> for Verbs {
    fn visit_expr_call(&mut self, call: &ExprCall) {
        if let Expr::Path(path) = &*call.func {
            self.note(&last(&path.path), &call.args);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &ExprMethodCall) {
        self.note(&call.method.to_string(), &call.args);
        visit::visit_expr_method_call(self, call);
    }
}

/// The first text in the arguments of what consumes.
fn topic(arguments: &Arguments) -> Option<String> {
    struct Texts(Vec<String>);
    impl Visit<'_> for Texts {
        fn visit_lit_str(&mut self, literal: &LitStr) {
            self.0.push(literal.value());
        }
    }
    let mut texts = Texts(Vec::new());
    for argument in arguments {
        texts.visit_expr(argument);
    }
    texts.0.into_iter().next()
}
