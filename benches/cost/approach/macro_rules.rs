//! A macro of one's own, as thin as it gets: functions over `&dyn Kv`, and a list of their names that writes thin tests.

use super::{Approach, with_tokio};
use crate::generate::{SourceFile, Work, body, one_file};

pub(super) const APPROACH: Approach = Approach {
    name: "macro-rules",
    title: "hand-written macro_rules, thin, dyn",
    individual: "yes",
    dependencies: with_tokio!(),
    harness: true,
    trait_attributes: "",
    trait_dependencies: "",
    suite_dependencies: None,
    files,
};

fn files(work: &Work) -> Vec<SourceFile> {
    let mut main =
        String::from("//! The store's promises, and a macro that tests them on a backend.\n\n");
    main += "mod cases {\n    use kv::{Kv, KvError};\n";
    for case in &work.cases {
        main += &format!("\n    /// {}\n", case.promise);
        main += &format!(
            "    pub async fn {}(kv: &dyn Kv) -> Result<(), KvError> {{\n{}    }}\n",
            case.name,
            body(case, 2)
        );
    }
    main += "}\n";
    main += MACROS;
    for case in &work.cases {
        main += &format!("            {}\n", case.name);
    }
    main += "        }\n    };\n}\n\n";
    for backend in &work.backends {
        main += &format!("on_backend!({}, {});\n", backend.module, backend.type_name);
    }
    one_file(main)
}

const MACROS: &str = r#"
macro_rules! tests {
    ($backend:ident, $kind:ident, $($case:ident)*) => {
        mod $backend {
            use backends::$kind;
            use crate::cases;
            use kv::KvError;
            $(
                #[tokio::test]
                async fn $case() -> Result<(), KvError> {
                    cases::$case(&$kind::new()).await
                }
            )*
        }
    };
}

macro_rules! on_backend {
    ($backend:ident, $kind:ident) => {
        tests! {
            $backend, $kind,
"#;
