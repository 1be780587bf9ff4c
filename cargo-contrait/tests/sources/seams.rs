//! `cargo contrait seams`: what comes apart, what holds it together, and where it is open.

use crate::project::Project;

/// What is open, as `priority kind seam`.
fn open(project: &Project) -> Vec<String> {
    let report = project.run(&["seams", "--json"]).json();
    let gaps = report["open"].as_array().expect("a list").iter();
    let word = |gap: &serde_json::Value, key: &str| gap[key].as_str().expect("a text").to_owned();
    gaps.map(|gap| {
        format!(
            "{} {} {}",
            word(gap, "priority"),
            word(gap, "kind"),
            word(gap, "seam")
        )
    })
    .collect()
}

fn library(name: &str, text: &str) -> Project {
    Project::new(name, "", &[("src/lib.rs", text)])
}

const NOTHING: [&str; 0] = [];

const TWO: &str = "
pub trait Store { fn get(&self) -> u8; }
pub struct One;
pub struct Other;
impl Store for One { fn get(&self) -> u8 { 1 } }
impl Store for Other { fn get(&self) -> u8 { 1 } }
impl<T: Store> Store for &T { fn get(&self) -> u8 { (**self).get() } }
impl Store for u8 { fn get(&self) -> u8 { *self } }
";

const SUITE: &str = "
#[contract_suite(Store)]
pub mod suite {
    /// It is one.
    #[case] fn is_one(store: &dyn Store) { assert_eq!(store.get(), 1); }
}
";

#[test]
fn two_implementations_ask_for_a_suite() {
    assert_eq!(open(&library("two", TWO)), ["P2 no-suite two::Store"]);
    // What sorts types, or is one of its kind, is no seam.
    let one = "pub trait Store { fn get(&self); } pub fn take(store: &dyn Store) {} struct One; impl Store for One { fn get(&self) {} }
        #[doc(hidden)] pub trait Hidden { fn get(&self); } impl Hidden for One { fn get(&self) {} } impl Hidden for Two { fn get(&self) {} }
        pub trait Marker {} impl Marker for One {} struct Two; impl Marker for Two {}
        pub trait Text { fn text(&self); } impl Text for u8 { fn text(&self) {} } impl Text for u16 { fn text(&self) {} }";
    let ran = library("one", one).run(&["seams"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("there is no seam"), "{ran:?}");
}

#[test]
fn a_suite_is_to_be_run_by_each_of_them() {
    let backend = "#[backend(suite)] fn one() -> Result<Arc<One>, Error> { Ok(Arc::new(One)) }";
    let half = library("half", &format!("{TWO}{SUITE}{backend}"));
    assert_eq!(open(&half), ["P2 not-run half::Store"]);
    let ran = half.run(&["seams"]);
    assert!(
        ran.out.contains(
            "src/lib.rs:6: `half::Other` implements `half::Store`, and runs no suite of it"
        ),
        "{ran:?}"
    );
    assert!(ran.out.contains("half::One  as one"), "{ran:?}");
    let both = "#[backend(suite)] fn other() -> impl Store + use<> { Other }";
    assert_eq!(
        open(&library("both", &format!("{TWO}{SUITE}{backend}{both}"))),
        NOTHING
    );
    assert_eq!(
        open(&library("none", &format!("{TWO}{SUITE}"))),
        ["P2 suite-not-run none::Store"]
    );
}

#[test]
fn a_group_in_another_place_is_run_with_its_suite() {
    let suites = "
        mod parts {
            #[contract_suite(super::Store, group = more)]
            pub mod suite { /** It is one again. */ #[case] fn again(store: &dyn Store) { assert_eq!(store.get(), 1); } }
        }
        #[contract_suite(Store, groups(parts::suite))]
        pub mod suite { /** It is one. */ #[case] fn is_one(store: &dyn Store) { assert_eq!(store.get(), 1); } }
    ";
    let backends =
        "#[backend(suite)] fn one() -> One { One } #[backend(suite)] fn other() -> Other { Other }";
    let both = library("groups", &format!("{TWO}{suites}{backends}"));
    assert_eq!(open(&both), NOTHING);
    let ran = both.run(&["seams"]);
    assert!(ran.out.contains("groups::suite"), "{ran:?}");
    assert!(!ran.out.contains("parts::suite"), "{ran:?}");
}

#[test]
fn a_backend_runs_where_its_tests_stand() {
    let backends = "
        pub mod backend { use super::*;
            #[backend(suite, tests = false)] pub fn one() -> One { One }
            #[backend(suite, tests = false)] pub fn other() -> Other { Other } }";
    let text = format!("{TWO}{SUITE}{backends}");
    assert_eq!(
        open(&library("nowhere", &text)),
        ["P2 suite-not-run nowhere::Store"]
    );
    let elsewhere = [
        ("src/lib.rs", text.as_str()),
        ("tests/all.rs", "contract_tests!(elsewhere::backend::one);"),
        (
            "tests/some.rs",
            "#[test] fn one_case() { elsewhere::backend::other::conformance().check(\"is_one\") }",
        ),
    ];
    assert_eq!(open(&Project::new("elsewhere", "", &elsewhere)), NOTHING);
}

#[test]
fn a_trait_of_another_crate_is_a_seam_by_its_contract() {
    let text = "
        #[contract(remote = other::Store)]
        pub trait Copy { fn get(&self) -> u8; }
        #[contract_suite(Copy)]
        pub mod suite { /// It is one.
            #[case] fn is_one(store: &dyn super::Copy) { assert_eq!(store.get(), 1); } }
        pub struct Mine;
        impl other::Store for Mine { fn get(&self) -> u8 { 1 } }
        #[backend(suite)] fn theirs() -> other::Memory { other::Memory }";
    let manifest = "[dependencies]\nother = \"1\"";
    let project = Project::new("remote", manifest, &[("src/lib.rs", text)]);
    assert_eq!(open(&project), ["P2 not-run other::Store"]);
    let ran = project.run(&["seams"]);
    assert!(ran.out.contains("other::Memory  as theirs"), "{ran:?}");
}

#[test]
fn a_suite_of_another_crate_is_owed_by_every_implementation() {
    let text = "
        use other::cache::Cache;
        pub struct Mine;
        impl Cache for Mine {}
        pub struct Wrapped<C>(C);
        impl<C: Cache> Cache for Wrapped<C> {}
        impl Default for Mine { fn default() -> Self { Mine } }
        #[backend(other::cache::suite)] fn mine() -> Mine { Mine }";
    let project = Project::new(
        "foreign",
        "[dependencies]\nother = \"1\"",
        &[("src/lib.rs", text)],
    );
    assert_eq!(open(&project), ["P2 not-run other::cache::Cache"]);
    let ran = project.run(&["seams"]);
    assert!(
        ran.out
            .contains("`foreign::Wrapped` implements `other::cache::Cache`"),
        "{ran:?}"
    );
}

#[test]
fn a_name_may_be_imported_from_a_crate_of_that_name() {
    let text = "
        use other::other;
        pub struct Mine;
        impl other::Cache for Mine {}
        pub struct Yours;
        impl other::Cache for Yours {}
        #[backend(::other::suite)] fn mine() -> Mine { Mine }";
    let manifest = "[dependencies]\nother = \"1\"";
    let project = Project::new("same-name", manifest, &[("src/lib.rs", text)]);
    assert_eq!(open(&project), ["P2 not-run other::other::Cache"]);
}

#[test]
fn an_extern_crate_gives_a_name_to_all_modules() {
    let text = "
        extern crate other as renamed;
        pub struct Mine;
        impl renamed::Cache for Mine {}
        pub mod inner { pub struct Yours; impl renamed::Cache for Yours {} }
        #[backend(renamed::suite)] fn mine() -> Mine { Mine }";
    let manifest = "[dependencies]\nother = \"1\"";
    let project = Project::new("renamed-crate", manifest, &[("src/lib.rs", text)]);
    assert_eq!(open(&project), ["P2 not-run other::Cache"]);
}

#[test]
fn packages_that_meet_at_a_trait_ask_for_a_suite() {
    let user = "[package]\nname = \"user\"\nedition = \"2024\"\n[dependencies]\nmeeting = { path = \"..\" }\n";
    let files = [
        ("src/lib.rs", "mod inner; pub use inner::Mail;"),
        (
            "src/inner.rs",
            "pub trait Mail { fn send(&self); } pub trait Alone { fn be(&self); }",
        ),
        ("user/Cargo.toml", user),
        (
            "user/src/lib.rs",
            "use meeting::Mail; pub fn greet(mail: &dyn Mail) { mail.send() }",
        ),
    ];
    let project = Project::new("meeting", "members = [\"user\"]", &files);
    assert_eq!(
        open(&project),
        ["P2 no-suite-across-packages meeting::Mail"]
    );
    project.write(
        "user/src/lib.rs",
        "#[cfg(test)] mod tests { fn greet(mail: &dyn meeting::Mail) {} }",
    );
    assert_eq!(project.run(&["seams"]).code, 4);
    project.write(
        "user/src/lib.rs",
        "#[cfg(all(test, unix))] mod tests { fn greet(mail: &dyn meeting::Mail) {} }",
    );
    assert_eq!(project.run(&["seams"]).code, 4);
}

#[test]
fn a_suite_of_the_library_goes_before_one_of_its_tests() {
    let more = "
        use beside::Store;
        #[contract_suite(Store)]
        mod more { /// It is one.
            #[case] fn is_one(store: &dyn super::Store) { assert_eq!(store.get(), 1); } }";
    let suites = |name: &str, library: &str| {
        let more = more.replace("beside", name);
        let files = [("src/lib.rs", library), ("tests/more.rs", more.as_str())];
        let report = Project::new(name, "", &files)
            .run(&["seams", "--json"])
            .json();
        report["traits"][0]["suites"].to_string()
    };
    let both = format!("{TWO}{SUITE}");
    assert_eq!(suites("beside", &both), "[\"beside::suite\"]");
    assert_eq!(suites("alone", TWO), "[\"alone[Test more]::more\"]");
}

#[test]
fn a_package_says_whether_it_is_an_application() {
    let said = |is: bool| format!("[package.metadata.contrait.seams]\napplication = {is}");
    let library = [("src/lib.rs", WORKER)];
    assert_eq!(
        open(&Project::new("said-to-be", &said(true), &library)).len(),
        3
    );
    let program = format!("{WORKER}fn main() {{}}");
    let program = [("src/main.rs", program.as_str())];
    let ran = Project::new("said-not-to-be", &said(false), &program).run(&["seams"]);
    assert_eq!(ran.code, 4, "{ran:?}");
}

const ROUTES: &str = "
pub fn app() -> Router {
    Router::new()
        .route(\"/orders\", get(list).post(create))
        .route(\"/orders/{id}\", get(show))
}
/// Creates an order.
///
/// Priority: P0
async fn create() {}
async fn list() {}
async fn show() {}
#[delete(\"/orders/<id>\")] fn remove() {}
";

#[test]
fn a_route_asks_for_a_test_from_the_outside() {
    let all = [
        "P0 no-outside-in-test POST /orders",
        "P2 no-outside-in-test GET /orders",
        "P2 no-outside-in-test GET /orders/{id}",
        "P2 no-outside-in-test DELETE /orders/<id>",
    ];
    let project = library("routes", ROUTES);
    assert_eq!(open(&project), all);
    let tests = "
        async fn ask(path: &str) -> Response { client().get(format!(\"{base}/orders/{path}\")).await }
        #[tokio::test] async fn shows() { assert_eq!(ask(\"7\").await.status(), 200); }
        #[tokio::test] async fn lists() {
            let request = Request::builder().uri(\"/orders?page=1\").body(());
            assert_eq!(app().oneshot(request).await.status(), 200);
        }
        /// Nobody else's order is removed.
        ///
        /// Seam: DELETE /orders/<id>
        #[test] fn removes() { assert!(remover().works()); }";
    project.write("tests/outside.rs", tests);
    assert_eq!(open(&project), all[..1]);
    project.write(
        "tests/create.rs",
        "#[test] fn creates() { assert!(client().post(\"http://localhost/orders\").ok()); }",
    );
    assert_eq!(open(&project), NOTHING);
}

#[test]
fn routes_are_written_in_many_ways() {
    let text = "
        fn axum() -> Router { Router::new().route(\"/any\", any(work)) }
        fn actix(app: App) {
            app.service(web::resource(\"/orders\").route(web::get().to(list)).route(web::put().to(work)))
                .service(web::resource(\"/one\").to(work))
                .route(\"/two\", web::patch().to(work));
        }
        fn poem() -> Route { Route::new().at(\"/three\", get(work)) }
        #[post(\"/four\")] async fn rocket() {}
        #[route(\"/five\", method = \"GET\", method = \"HEAD\")] async fn several() {}
        /// Priority: P1
        fn list() {}
        #[get(\"size\")] fn size() {}
        fn work() { map.get(\"/none\"); route(\"/none\"); }";
    let mut found = open(&library("router", text));
    found.sort();
    let routes = [
        "ANY /any",
        "ANY /five",
        "ANY /one",
        "GET /three",
        "PATCH /two",
        "POST /four",
        "PUT /orders",
    ];
    let mut expected = vec!["P1 no-outside-in-test GET /orders".to_owned()];
    expected.extend(routes.map(|route| format!("P2 no-outside-in-test {route}")));
    assert_eq!(found, expected);
}

#[test]
fn a_test_says_in_many_ways_what_it_goes_through() {
    let project = library("said", ROUTES);
    let tests = "
        #[test] fn creates() {
            let request = Request::builder().method(\"POST\").uri(\"/orders\").body(());
            assert_eq!(app().oneshot(request).status(), 201);
        }
        /// It is shown to whoever made it.
        /// - Seam: GET /orders/{id}
        /// - Seam: DELETE
        #[test] fn shows() { assert!(shower().works()); }";
    project.write("tests/outside.rs", tests);
    assert_eq!(
        open(&project),
        ["P2 no-outside-in-test DELETE /orders/<id>"]
    );
}

const WORKER: &str = "
async fn consume(channel: Channel) { channel.basic_consume(\"orders\", options()).await }
async fn wait(messages: Messages) { let inner = messages.subscribe(); }
/// Priority: P1
async fn nightly(store: Store) { let mut ticks = tokio::time::interval(DAY); loop { ticks.tick().await; clean(&store); } }
async fn clean(store: &Store) {}
async fn hourly(jobs: Jobs) { jobs.add(Job::new_async(\"0 0 * * * *\", |_, _| tidy())) }
";

#[test]
fn an_application_has_consumers_and_jobs() {
    let library = Project::new("timers", "", &[("src/lib.rs", WORKER)]);
    assert_eq!(
        library.run(&["seams"]).code,
        4,
        "a library has timers for itself"
    );
    let program = "mod worker; fn main() {}";
    let project = Project::new(
        "worker",
        "",
        &[
            ("src/main.rs", program),
            ("src/lib.rs", "pub mod worker;"),
            ("src/worker.rs", WORKER),
        ],
    );
    assert_eq!(
        open(&project),
        [
            "P1 no-outside-in-test worker::worker::nightly",
            "P2 no-outside-in-test orders",
            "P2 no-outside-in-test worker::worker::hourly (0 0 * * * *)"
        ]
    );
    let tests = "
        #[tokio::test] async fn sends() { channel().basic_publish(\"orders\", order()).await; assert!(shipped()); }
        #[tokio::test] async fn runs() { worker::worker::nightly(store()).await; assert!(store().is_empty()); }";
    let said = "/// Seam: worker::worker::hourly (0 0 * * * *)\n#[test] fn tidies() { assert!(store().is_tidy()); }";
    project.write("tests/outside.rs", tests);
    project.write("tests/said.rs", said);
    assert_eq!(open(&project), NOTHING);
}

#[test]
fn what_only_looks_like_a_boundary_is_none() {
    let polled = "
        async fn poll(queue: Queue) { queue.receive_message().send().await }
        fn shows(windows: Windows) { windows.add(Window::new(\"0 0 * * * *\")) }
        #[test] fn answers() { let app = Router::new().route(\"/of-a-test\", get(x)); assert!(app.works()); }";
    let mock = "fn mock() -> Router { Router::new().route(\"/mock\", get(x)) }";
    let files = [
        ("src/main.rs", "mod poller; fn main() {}"),
        ("src/poller.rs", polled),
        ("tests/mock.rs", mock),
    ];
    let project = Project::new("poller", "", &files);
    assert_eq!(
        open(&project),
        ["P2 no-outside-in-test poller[Program poller]::poller::poll"]
    );
    // One that its own test goes through would not be open.
    let report = project.run(&["seams", "--json"]).json();
    assert_eq!(report["boundaries"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_case_with_a_priority_runs_everywhere() {
    let text = format!("{TWO}
        #[contract_suite(Store)]
        pub mod suite {{
            /// It is one.
            #[case(needs(unity), tags(P0))] fn is_one(store: &dyn Store) {{ assert_eq!(store.get(), 1); }}
            /// It is not two.
            #[case(needs(unity))] fn is_not_two(store: &dyn Store) {{ assert_ne!(store.get(), 2); }}
            /// It is not four.
            ///
            /// Priority: P1
            #[case(needs(unity))] fn is_not_four(store: &dyn Store) {{ assert_ne!(store.get(), 4); }}
            /// It is not three.
            #[case(tags(slow, P1))] #[ignore = \"slow\"] fn is_not_three(store: &dyn Store) {{ assert_ne!(store.get(), 3); }}
        }}
        #[backend(suite)] fn one() -> One {{ One }}
        #[backend(suite, lacks(unity = \"it is many\"))] fn other() -> Other {{ Other }}");
    let project = library("urgent", &text);
    assert_eq!(
        open(&project),
        [
            "P0 case-not-run urgent::suite::is_one",
            "P1 case-not-run urgent::suite::is_not_four",
            "P1 case-not-run urgent::suite::is_not_three",
        ]
    );
    let ran = project.run(&["seams"]);
    assert!(
        ran.out.contains("`is_one` is not run on `other`"),
        "{ran:?}"
    );
}

#[test]
fn deny_decides_how_it_ends() {
    let urgent = TWO.replace("pub trait", "/// Keeps.\n///\n/// Priority: P1\npub trait");
    let project = library("denied", &urgent);
    for (arguments, code) in [
        (&["seams"][..], 0),
        (&["seams", "--deny"], 1),
        (&["seams", "--deny", "--json"], 1),
        (&["seams", "--deny", "P0"], 0),
        (&["seams", "--deny", "p1"], 1),
        (&["seams", "--deny", "P2"], 1),
        (&["seams", "--deny", "P3"], 2),
    ] {
        let ran = project.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
    }
}

#[test]
fn what_is_allowed_has_a_reason_and_is_open() {
    let by = |name: &str, allow: &str| {
        let manifest = format!("[workspace.metadata.contrait.seams]\nallow = [{allow}]");
        Project::new(name, &manifest, &[("src/lib.rs", TWO)]).run(&["seams", "--deny", "P2"])
    };
    let fits = by(
        "open-allowed",
        "{ seam = \"Store\", reason = \"both are one\" }",
    );
    assert_eq!(fits.code, 0, "{fits:?}");
    let half = format!("{TWO}{SUITE}#[backend(suite)] fn one() -> One {{ One }}");
    let manifest = "[package.metadata.contrait.seams]\nallow = [{ seam = \"Other\", reason = \"it is going\" }]";
    let one = Project::new("open-implementation", manifest, &[("src/lib.rs", &half)]);
    assert_eq!(open(&one), NOTHING);
    for (name, allow, said) in [
        (
            "open-silent",
            "{ seam = \"Store\", reason = \"\" }",
            "has no reason",
        ),
        (
            "open-unknown",
            "{ seam = \"Shop\", reason = \"none\" }",
            "is not open",
        ),
        (
            "open-half-a-name",
            "{ seam = \"tore\", reason = \"none\" }",
            "is not open",
        ),
        (
            "open-misspelt",
            "{ seem = \"Store\", reason = \"none\" }",
            "unknown field `seem`",
        ),
    ] {
        let ran = by(name, allow);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(said), "{ran:?}");
    }
}

/// In this workspace every cache runs the suite of caches, and each is found.
#[test]
fn every_cache_of_this_workspace_runs_its_suite() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let report = Project::empty("these-seams")
        .run(&["seams", "--json", "--manifest-path", manifest])
        .json();
    let traits = report["traits"].as_array().expect("a list");
    let cache = traits
        .iter()
        .find(|seam| seam["trait"] == "contrait::cache::CacheInterface");
    let found = cache.expect("it is a seam")["implementations"]
        .as_array()
        .expect("a list")
        .iter();
    let running: Vec<&str> = found
        .filter(|found| found["test_code"] == false)
        .inspect(|found| assert_ne!(found["backends"], serde_json::json!([]), "{found}"))
        .map(|found| found["type"].as_str().expect("a path"))
        .collect();
    assert!(
        running.contains(&"contrait_memory::MemoryCache"),
        "{running:?}"
    );
    assert!(running.len() >= 5, "{running:?}");
}
