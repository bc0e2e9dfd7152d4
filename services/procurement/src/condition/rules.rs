//! Compiling and evaluating a condition. Not here: what it may use (`expression`), the scalars (`scalar`), its place in a ruleset (`ruleset`).

use std::sync::{Arc, LazyLock};
use std::thread::Builder;

use cel::common::types::{CelBool, CelInt, CelString};
use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::parser::Parser;
use cel::{Context, Env, IdedExpr, Value};
use model::fault::Fault;

use crate::criterion::rules::Question;
use crate::expression::rules::{Checked, MAX_SOURCE, check, too_deep, too_long};
use crate::scalar::rules::Scalar;

/// The functions of CEL; building them takes tens of microseconds, so it is done once.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// More brackets and ternaries than these are refused before they are parsed, wherever they stand.
const MAX_BRACKETS: usize = 64;
/// The same for arithmetic and comparison signs.
const MAX_LINKS: usize = 300;
/// The stack of the parser in bytes; only what is used of it is ever taken.
const STACK: usize = 64 << 20;

/// A condition that was found to be allowed.
#[derive(Clone, Debug)]
pub struct Condition {
    source: String,
    expression: IdedExpr,
    checked: Checked,
}

/// How a condition came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// A scalar that it names is not known for the supplier.
    Missing(&'static str),
    /// It has no value, for example because a number grew too large.
    Error,
}

impl Condition {
    /// Parses and checks a condition.
    ///
    /// # Errors
    /// Everything that is not allowed; never evaluated where anything is.
    pub fn compile(source: &str) -> Result<Self, Vec<Fault>> {
        // The parser never sees more than the bound.
        if source.chars().count() > MAX_SOURCE {
            return Err(vec![too_long()]);
        }
        // The generated parser goes deep into the stack for every bracket and every link of a chain, before it counts them.
        if source.chars().filter(|c| "([{?".contains(*c)).count() > MAX_BRACKETS
            || source.chars().filter(|c| "+-*/%.<>=".contains(*c)).count() > MAX_LINKS
        {
            return Err(vec![too_deep()]);
        }
        let expression = parse(source)?;
        let checked = check(source, &expression)?;
        Ok(Self { source: source.to_owned(), expression, checked })
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The scalars that it names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.checked.names.iter().map(|named| named.name)
    }

    /// Evaluates it for a supplier on a day.
    ///
    /// A scalar that is not known makes the whole unknown, even where CEL could do without it, so that no answer hangs on a gap in the file.
    #[must_use]
    pub fn evaluate(&self, question: Question<'_>) -> (Truth, Vec<(&'static str, Scalar)>) {
        let mut scalars = Vec::with_capacity(self.checked.names.len());
        for named in &self.checked.names {
            match named.cut(question) {
                Some(value) => scalars.push((named.name, value)),
                None => return (Truth::Missing(named.name), scalars),
            }
        }
        let truth = self.run(&Cut(&scalars));
        (truth, scalars)
    }

    fn run(&self, cut: &Cut<'_>) -> Truth {
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        context.set_variable_resolver(cut);
        // CEL lets `true || error` be true; here every sum must have a value.
        if self.checked.arithmetic.iter().any(|part| Value::resolve_val(part, &context).is_err()) {
            return Truth::Error;
        }
        match Value::resolve_val(&self.expression, &context) {
            Ok(value) => match value.downcast_ref::<CelBool>().map(|truth| *truth.inner()) {
                Some(true) => Truth::Holds,
                Some(false) => Truth::Fails,
                None => Truth::Error,
            },
            Err(_) => Truth::Error,
        }
    }
}

/// Parses on a stack of its own: a ruleset is checked seldom, and whatever a foreign parser does to odd input, the process lives on.
fn parse(source: &str) -> Result<IdedExpr, Vec<Fault>> {
    let told = std::thread::scope(|scope| {
        let parser = Builder::new().name("condition".to_owned()).stack_size(STACK);
        let parser = parser.spawn_scoped(scope, || {
            Parser::default().parse(source).map_err(|errors| errors.errors.iter().map(|error| syntax(&error.msg)).collect::<Vec<_>>())
        });
        parser.map(std::thread::ScopedJoinHandle::join)
    });
    match told {
        Ok(Ok(parsed)) => parsed,
        Ok(Err(_)) | Err(_) => Err(vec![syntax("unreadable")]),
    }
}

fn syntax(message: &str) -> Fault {
    let message: String = message.chars().filter(|c| !c.is_control()).take(200).collect();
    Fault::new("condition_syntax", format!("条件无法解析：{message}"), format!("The condition cannot be parsed: {message}"))
}

/// The scalars of one supplier, handed to CEL without copying.
struct Cut<'a>(&'a [(&'static str, Scalar)]);

impl VariableResolver for Cut<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let (_, value) = self.0.iter().find(|(name, _)| *name == variable)?;
        Some(match value {
            Scalar::Int(number) => CowVal::owned(CelInt::from(*number)),
            Scalar::Text(text) => CowVal::owned(CelString::from(text.as_str())),
            Scalar::Bool(truth) => CowVal::owned(CelBool::from(*truth)),
        })
    }
}
