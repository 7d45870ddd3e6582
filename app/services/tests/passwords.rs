//! Passwords that change while they are used (rule A4).

use services::{
    Settings,
    accounts::SessionToken,
    contract::{World, world::PASSWORD},
};

/// Whoever knows the old password is out, also when they log in at that very moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a4_no_log_in_with_the_old_password_survives_its_change() {
    let settings = Settings { failed_log_ins_a_minute: 10_000, ..Settings::default() };
    for _ in 0..20 {
        let world = World::with(settings.clone()).await;
        let ana = world.member("ana").await;

        let attempts: Vec<_> = (0..30)
            .map(|place| {
                let (services, visitor) = (world.services.clone(), world.visitor());
                tokio::spawn(async move {
                    // Spread over the time that the change takes.
                    for _ in 0..place * 40 {
                        tokio::task::yield_now().await;
                    }
                    services.log_in("ana", PASSWORD, &visitor).await
                })
            })
            .collect();
        world.services.change_password(&ana, PASSWORD, "a louder kitchen").await.unwrap();

        for attempt in attempts {
            if let Ok(SessionToken(token)) = attempt.await.unwrap() {
                assert_eq!(world.services.principal(&token).await.unwrap(), None);
            }
        }
    }
}
