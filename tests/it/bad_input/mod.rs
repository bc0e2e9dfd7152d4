//! Bad input of every kind on every field: 4xx with a pointer on both databases, and nothing stored. Not here: what a good value does, `flows`.

/// Makes the two tests of a story: a function of the same name that takes the running product.
macro_rules! on_both {
    ($story:ident) => {
        mod $story {
            use testkit::Backend;

            #[tokio::test]
            async fn sqlite() {
                super::$story(crate::bad_input::rows::Product::start(Backend::Sqlite)).await;
            }

            #[tokio::test]
            async fn postgres() {
                let Some(backend) = Backend::postgres() else { return };
                super::$story(crate::bad_input::rows::Product::start(backend)).await;
            }
        }
    };
}

mod addresses;
mod case;
mod corpus;
mod decisions;
mod documents;
mod enterprises;
mod facts;
mod files;
mod rows;
mod shapes;
mod texts;
