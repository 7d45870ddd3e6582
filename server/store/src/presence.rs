//! What is true at this moment: in memory beside SQLite, in tables of their own in PostgreSQL.

use async_trait::async_trait;
use domain::{JamId, MemberId, TabId, Timestamp};
use services::ports::{JamTab, NodeId, Presence, SeenNode, StoreResult, StoredListening};

use crate::{
    SqlStore, commit,
    sql::{Row, failed, marks, only, sql, sql_of},
};

/// Ids in one question.
const IDS: usize = 500;

#[async_trait]
impl Presence for SqlStore {
    async fn beat(&self, node: NodeId, now: Timestamp) -> StoreResult<Vec<SeenNode>> {
        sql("INSERT INTO nodes (id, beats, beaten_at, buried_at) VALUES ($1, 1, $2, NULL)
             ON CONFLICT (id) DO UPDATE SET beats = nodes.beats + 1, beaten_at = $2, buried_at = NULL")
        .with(node)
        .with(now)
        .run(&self.beats)
        .await?;

        let seen = sql("SELECT id, beats, beaten_at, buried_at FROM nodes ORDER BY id").all(&self.beats, |row| {
            Ok(SeenNode {
                id: row.get("id")?,
                beats: row.get("beats")?,
                beaten_at: row.get("beaten_at")?,
                buried_at: row.get("buried_at")?,
            })
        });
        seen.await
    }

    async fn bury(&self, node: SeenNode, at: Timestamp) -> StoreResult<bool> {
        let mut transaction = self.beats.begin_with(self.engine.begin()).await.map_err(failed)?;

        let bury = sql("UPDATE nodes SET buried_at = $3 WHERE id = $1 AND beats = $2 AND buried_at IS NULL");
        if bury.with(node.id).with(node.beats).with(at).run(&mut *transaction).await? == 0 {
            return Ok(false);
        }
        sql("DELETE FROM jam_tabs WHERE node = $1").with(node.id).run(&mut *transaction).await?;

        commit(transaction).await?;
        Ok(true)
    }

    async fn forget(&self, node: NodeId) -> StoreResult<()> {
        sql("DELETE FROM nodes WHERE id = $1 AND buried_at IS NOT NULL").with(node).run(&self.present).await?;
        Ok(())
    }

    async fn hold(&self, lease: &str, node: NodeId) -> StoreResult<bool> {
        let hold = sql("INSERT INTO leases (name, node) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET node = $2
                        WHERE leases.node NOT IN (SELECT id FROM nodes WHERE buried_at IS NULL)");
        hold.with(lease).with(node).run(&self.beats).await?;

        let holder = sql("SELECT node FROM leases WHERE name = $1").with(lease);
        Ok(holder.first(&self.beats, only).await? == Some(node))
    }

    async fn listening(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, StoredListening)>> {
        let mut found = Vec::with_capacity(members.len());

        for members in members.chunks(IDS) {
            let question = sql_of(format!(
                "SELECT member, revision, node, sounds, state FROM listening WHERE member IN {}",
                marks(1, members.len())
            ));
            let question = members.iter().fold(question, |question, member| question.with(*member));
            let some = question.all(&self.present, |row| {
                let stored = StoredListening {
                    revision: row.get("revision")?,
                    node: row.get("node")?,
                    sounds: row.get("sounds")?,
                    state: row.get("state")?,
                };
                Ok((row.get("member")?, stored))
            });
            found.extend(some.await?);
        }
        Ok(found)
    }

    async fn listening_revisions(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, i64)>> {
        let mut found = Vec::with_capacity(members.len());

        for members in members.chunks(IDS) {
            let places = marks(1, members.len());
            let question = sql_of(format!("SELECT member, revision FROM listening WHERE member IN {places}"));
            let question = members.iter().fold(question, |question, member| question.with(*member));
            let some = question.all(&self.present, |row| Ok((row.get("member")?, row.get("revision")?)));
            found.extend(some.await?);
        }
        Ok(found)
    }

    async fn put_listening(&self, member: MemberId, before: i64, after: &StoredListening) -> StoreResult<bool> {
        let put = match before {
            0 => sql("INSERT INTO listening (member, revision, node, sounds, state) VALUES ($1, $3, $4, $5, $6)
                      ON CONFLICT (member) DO UPDATE SET revision = $3 WHERE listening.revision = $2"),
            _ => sql("UPDATE listening SET revision = $3, node = $4, sounds = $5, state = $6
                      WHERE member = $1 AND revision = $2"),
        };
        let put = put
            .with(member)
            .with(before)
            .with(after.revision)
            .with(after.node)
            .with(after.sounds)
            .with(after.state.as_str());

        Ok(put.run(&self.present).await? > 0)
    }

    async fn forget_silent_until(&self, revision: i64) -> StoreResult<()> {
        let forget = sql("DELETE FROM listening WHERE sounds = 0 AND revision <= $1");

        forget.with(revision).run(&self.present).await?;
        Ok(())
    }

    async fn sounding_at(&self, node: NodeId) -> StoreResult<Vec<MemberId>> {
        sql("SELECT member FROM listening WHERE node = $1 AND sounds = 1 ORDER BY member")
            .with(node)
            .all(&self.present, only)
            .await
    }

    async fn show_jam(&self, node: NodeId, jam: JamId, tab: JamTab) -> StoreResult<()> {
        sql("INSERT INTO jam_tabs (jam, member, tab, node, sounds) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (jam, member, tab) DO UPDATE SET node = excluded.node, sounds = excluded.sounds")
        .with(jam)
        .with(tab.member)
        .with(tab.tab)
        .with(node)
        .with(tab.sounds)
        .run(&self.present)
        .await?;
        Ok(())
    }

    async fn show_jam_again(&self, node: NodeId, jam: JamId, tab: JamTab) -> StoreResult<bool> {
        let show = sql("INSERT INTO jam_tabs (jam, member, tab, node, sounds) VALUES ($1, $2, $3, $4, $5)
                        ON CONFLICT (jam, member, tab) DO NOTHING");

        Ok(show.with(jam).with(tab.member).with(tab.tab).with(node).with(tab.sounds).run(&self.present).await? > 0)
    }

    async fn hide_jam(&self, node: NodeId, jam: JamId, member: MemberId, tab: TabId) -> StoreResult<bool> {
        let hide = sql("DELETE FROM jam_tabs WHERE jam = $1 AND member = $2 AND tab = $3 AND node = $4");

        Ok(hide.with(jam).with(member).with(tab).with(node).run(&self.present).await? > 0)
    }

    async fn jam_tabs_at(&self, node: NodeId) -> StoreResult<Vec<(JamId, JamTab)>> {
        sql("SELECT jam, member, tab, sounds FROM jam_tabs WHERE node = $1 ORDER BY jam, member, tab")
            .with(node)
            .all(&self.present, |row| Ok((row.get("jam")?, jam_tab(row)?)))
            .await
    }

    async fn jam_tabs(&self, jam: JamId) -> StoreResult<Vec<JamTab>> {
        sql("SELECT member, tab, sounds FROM jam_tabs WHERE jam = $1 ORDER BY member, tab")
            .with(jam)
            .all(&self.present, jam_tab)
            .await
    }
}

fn jam_tab(row: &Row<'_>) -> StoreResult<JamTab> {
    Ok(JamTab { member: row.get("member")?, tab: row.get("tab")?, sounds: row.get("sounds")? })
}
