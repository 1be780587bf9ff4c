//! Functions, as Redis answers about them.

mod transcripts;

#[tokio::test]
async fn replies_are_those_of_redis() -> Result<(), Box<dyn std::error::Error>> {
    transcripts::replay(include_str!("transcripts/functions.txt")).await
}
