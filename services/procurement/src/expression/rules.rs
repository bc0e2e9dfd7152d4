//! The static check of a CEL expression: a walk over its tree that allows what is listed and refuses all else. So an expression that passes has a type,
//! ends in bounded time, reads no clock and does no floating-point arithmetic. Not here: its evaluation (`condition`).

use cel::common::ast::operators as op;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};
use model::fault::Fault;

use crate::scalar::rules::{self as scalar, Named, ScalarType};

/// A longer source is refused, in characters.
pub const MAX_SOURCE: usize = 1_000;
/// A deeper tree is refused; a chain of one logical operator counts once.
pub const MAX_DEPTH: usize = 16;
/// A longer list is refused.
pub const MAX_LIST: usize = 100;

/// The type of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    One(ScalarType),
    List(ScalarType),
}

const INT: Type = Type::One(ScalarType::Int);
const TEXT: Type = Type::One(ScalarType::String);
const BOOL: Type = Type::One(ScalarType::Bool);

/// What an accepted expression reads and computes.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The scalars that it names, each once.
    pub names: Vec<&'static Named>,
    /// Its arithmetic parts: each must have a value, or the whole is unknown.
    pub arithmetic: Vec<IdedExpr>,
}

/// Checks an expression.
///
/// # Errors
/// Everything that is not allowed, not only the first.
pub fn check(source: &str, expression: &IdedExpr) -> Result<Checked, Vec<Fault>> {
    let mut walk = Walk { faults: Vec::new(), checked: Checked::default() };
    if source.chars().count() > MAX_SOURCE {
        walk.refuse(too_long());
    }
    let found = walk.visit(expression, 1);
    if let Some(found) = found
        && found != BOOL
    {
        walk.refuse(Fault::new("condition_not_boolean", "条件的结果须为真或假。", "A condition must be true or false."));
    }
    if walk.faults.is_empty() { Ok(walk.checked) } else { Err(walk.faults) }
}

/// The fault of a source that is too long.
#[must_use]
pub fn too_long() -> Fault {
    Fault::new(
        "condition_too_long",
        format!("条件不得超过 {MAX_SOURCE} 个字符。"),
        format!("A condition has at most {MAX_SOURCE} characters."),
    )
}

/// The fault of a source that is nested too deep.
#[must_use]
pub fn too_deep() -> Fault {
    Fault::new(
        "condition_too_deep",
        format!("条件嵌套不得超过 {MAX_DEPTH} 层。"),
        format!("A condition is nested at most {MAX_DEPTH} deep."),
    )
}

fn mismatch(what: &str) -> Fault {
    Fault::new("condition_type", format!("{what}：两侧类型不同或不适用。"), format!("{what}: the types differ or do not fit."))
}

fn forbidden(what: &str) -> Fault {
    Fault::new("condition_forbidden", format!("条件中不得使用{what}。"), format!("A condition may not use {what}."))
}

fn function(name: &str) -> Fault {
    let name: String = name.chars().take(40).collect();
    Fault::new("condition_function", format!("条件中不得使用函数“{name}”。"), format!("A condition may not use the function \"{name}\"."))
}

struct Walk {
    faults: Vec<Fault>,
    checked: Checked,
}

impl Walk {
    fn refuse(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn fail(&mut self, fault: Fault) -> Option<Type> {
        self.refuse(fault);
        None
    }

    /// The type of a part; `None` where a fault was found in it, so that one mistake is told once.
    fn visit(&mut self, part: &IdedExpr, depth: usize) -> Option<Type> {
        if depth > MAX_DEPTH {
            return self.fail(too_deep());
        }
        match &part.expr {
            Expr::Literal(literal) => self.literal(literal),
            Expr::Ident(name) => self.name(name),
            Expr::List(list) => self.list(&list.elements, !list.optional_indices.is_empty(), depth),
            Expr::Call(call) => {
                if is_arithmetic(call) {
                    self.checked.arithmetic.push(part.clone());
                }
                self.call(call, depth)
            }
            Expr::Comprehension(_) => self.fail(forbidden("all, exists, exists_one, map, filter")),
            Expr::Select(select) if select.test => self.fail(forbidden("has")),
            Expr::Select(_) => self.fail(forbidden("a.b")),
            Expr::Map(_) => self.fail(forbidden("{}")),
            Expr::Struct(_) => self.fail(forbidden("T{}")),
            Expr::Unspecified => self.fail(forbidden("…")),
        }
    }

    fn literal(&mut self, literal: &LiteralValue) -> Option<Type> {
        match literal {
            LiteralValue::Boolean(_) => Some(BOOL),
            LiteralValue::Int(_) => Some(INT),
            LiteralValue::String(_) => Some(TEXT),
            // Money and ratios are whole numbers, never binary floating point (domain 0.2).
            LiteralValue::Double(_) => self.fail(forbidden("1.5")),
            LiteralValue::UInt(_) => self.fail(forbidden("1u")),
            LiteralValue::Bytes(_) => self.fail(forbidden("b''")),
            LiteralValue::Null => self.fail(forbidden("null")),
        }
    }

    fn name(&mut self, name: &str) -> Option<Type> {
        let Some(known) = scalar::find(name) else {
            let name: String = name.chars().take(40).collect();
            return self.fail(Fault::new("condition_name", format!("没有名为“{name}”的量。"), format!("There is no scalar \"{name}\".")));
        };
        if self.checked.names.iter().all(|one| one.name != known.name) {
            self.checked.names.push(known);
        }
        Some(Type::One(known.kind))
    }

    fn list(&mut self, elements: &[IdedExpr], optional: bool, depth: usize) -> Option<Type> {
        if optional {
            return self.fail(forbidden("[?x]"));
        }
        if elements.is_empty() || elements.len() > MAX_LIST {
            return self.fail(Fault::new(
                "condition_list",
                format!("列表须有 1 至 {MAX_LIST} 项。"),
                format!("A list has 1 to {MAX_LIST} items."),
            ));
        }
        let kinds: Vec<Option<Type>> = elements.iter().map(|element| self.visit(element, depth + 1)).collect();
        let kinds: Vec<Type> = kinds.into_iter().collect::<Option<_>>()?;
        match kinds.split_first() {
            Some((Type::One(kind), rest)) if rest.iter().all(|other| *other == Type::One(*kind)) => Some(Type::List(*kind)),
            _ => self.fail(mismatch("[]")),
        }
    }

    fn call(&mut self, call: &CallExpr, depth: usize) -> Option<Type> {
        let name = call.func_name.as_str();
        match (name, call.target.as_deref(), call.args.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR, None, [left, right]) => {
                let sides = (self.link(name, left, depth), self.link(name, right, depth));
                if sides.0? == BOOL && sides.1? == BOOL { Some(BOOL) } else { self.fail(mismatch(shown(name))) }
            }
            (op::LOGICAL_NOT, None, [inner]) => {
                if self.visit(inner, depth + 1)? == BOOL {
                    Some(BOOL)
                } else {
                    self.fail(mismatch("!"))
                }
            }
            (op::NEGATE, None, [inner]) => {
                if self.visit(inner, depth + 1)? == INT {
                    Some(INT)
                } else {
                    self.fail(mismatch("-"))
                }
            }
            (op::CONDITIONAL, None, [test, yes, no]) => {
                let parts = (self.visit(test, depth + 1), self.visit(yes, depth + 1), self.visit(no, depth + 1));
                if parts.0? == BOOL && parts.1? == parts.2? { parts.1 } else { self.fail(mismatch("?:")) }
            }
            (op::EQUALS | op::NOT_EQUALS, None, [left, right]) => {
                self.pair(name, left, right, depth, |kind| matches!(kind, Type::One(_)), BOOL)
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, None, [left, right]) => {
                self.pair(name, left, right, depth, |kind| kind == INT || kind == TEXT, BOOL)
            }
            (op::ADD | op::SUBSTRACT | op::MULTIPLY, None, [left, right]) => self.pair(name, left, right, depth, |kind| kind == INT, INT),
            (op::DIVIDE | op::MODULO, None, [left, right]) => {
                if !matches!(&right.expr, Expr::Literal(LiteralValue::Int(number)) if *number.inner() != 0) {
                    return self.fail(Fault::new(
                        "condition_divisor",
                        "除数须为非零的整数常数。",
                        "A divisor must be a whole number other than zero, written out.",
                    ));
                }
                self.pair(name, left, right, depth, |kind| kind == INT, INT)
            }
            (op::IN, None, [item, list]) => {
                let sides = (self.visit(item, depth + 1), self.visit(list, depth + 1));
                match (sides.0?, sides.1?) {
                    (Type::One(kind), Type::List(of)) if kind == of => Some(BOOL),
                    _ => self.fail(mismatch("in")),
                }
            }
            ("startsWith" | "endsWith" | "contains", Some(on), [part]) => self.pair(name, on, part, depth, |kind| kind == TEXT, BOOL),
            ("size", Some(on), []) | ("size", None, [on]) => {
                if self.visit(on, depth + 1)? == TEXT {
                    Some(INT)
                } else {
                    self.fail(mismatch("size"))
                }
            }
            ("matches", ..) => self.fail(forbidden("matches()")),
            (op::INDEX | op::OPT_INDEX | op::OPT_SELECT, ..) => self.fail(forbidden("a[b]")),
            _ => self.fail(function(name)),
        }
    }

    /// A link of a chain of one logical operator does not count as deeper; the parser builds chains in any shape.
    fn link(&mut self, name: &str, part: &IdedExpr, depth: usize) -> Option<Type> {
        let same = matches!(&part.expr, Expr::Call(call) if call.func_name == name);
        self.visit(part, if same { depth } else { depth + 1 })
    }

    fn pair(&mut self, name: &str, left: &IdedExpr, right: &IdedExpr, depth: usize, fits: fn(Type) -> bool, result: Type) -> Option<Type> {
        let sides = (self.visit(left, depth + 1), self.visit(right, depth + 1));
        let (left, right) = (sides.0?, sides.1?);
        if left == right && fits(left) { Some(result) } else { self.fail(mismatch(shown(name))) }
    }
}

fn is_arithmetic(call: &CallExpr) -> bool {
    matches!(call.func_name.as_str(), op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO | op::NEGATE)
}

/// An operator as it is written: the parser's `_==_` as `==`.
fn shown(name: &str) -> &str {
    name.trim_matches(['_', '@'])
}
