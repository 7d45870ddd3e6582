//! What every store keeps to. [`store_contract!`](crate::store_contract) makes a test of each of these functions for one
//! store; each starts with a store that is empty.

pub mod accounts;
pub mod blocks;
pub mod contacts;
pub mod inbox;
pub mod jams;
pub mod library;
mod makers;
pub mod messages;
pub mod search;

/// Runs the whole suite; the argument is an expression that makes an empty store.
#[macro_export]
macro_rules! store_contract {
    ($store:expr) => {
        $crate::store_contract!(@group $store, accounts:
            a7_the_first_member_is_administrator_and_only_that_one,
            a1_a_username_is_taken_whatever_its_case,
            a1_of_an_age_either_the_decision_or_a_sealed_day_is_kept,
            a_member_is_found_by_id_and_by_name,
            a4_a_new_password_ends_every_other_session,
            a4_sessions_are_listed_by_use_and_ended_by_their_member_alone,
            a4_passwords_and_log_outs_that_cross_never_wait_in_a_circle,
            m12_switches_are_replaced_together_and_contacts_hear_of_messages,
            l5_last_played_lasts_until_it_is_cleared_or_its_track_goes,
            l5_what_was_played_long_ago_is_forgotten,
            l10_with_activity_off_nothing_is_remembered,
            l10_a_track_that_ends_while_activity_goes_off_leaves_no_trace,
            t4_a_track_is_saved_once_and_the_newest_comes_first,
            an_epoch_stays_the_same,
            m14_the_first_word_to_know_a_key_by_stays,
            m14_some_sealed_ages_are_found_to_try_a_master_key_with,
            m13_a_switch_that_was_turned_meanwhile_is_not_overwritten,
        );
        $crate::store_contract!(@group $store, contacts:
            m4_an_invite_lives_until_it_expires_or_its_maker_revokes_it,
            m2_a_request_reaches_both_inboxes_once,
            m2_two_members_have_one_open_request_whoever_asked,
            m3_a_member_has_so_many_open_requests_out_and_no_more,
            m3_acceptance_opens_one_conversation_for_both,
            m3_a_second_acceptance_finds_the_first_conversation,
            m3_a_declined_request_stays_open_for_its_sender,
            m3_a_declined_request_can_be_taken_back_by_its_sender,
            m3_a_request_that_is_declined_from_its_beginning_reaches_its_sender_only,
            m3_a_request_is_over_after_thirty_days,
            m1_asking_knows_what_is_between_the_two,
            m12_a_block_ends_what_waits_and_tells_both,
            l2_hiding_goes_one_way,
        );
        $crate::store_contract!(@group $store, blocks:
            m12_nothing_passes_while_one_has_blocked_the_other,
            m12_what_crosses_a_block_stands_before_it_or_not_at_all,
            m12_blocks_and_answers_that_cross_never_wait_in_a_circle,
        );
        $crate::store_contract!(@group $store, messages:
            m15_messages_have_one_order_without_holes,
            m15_the_same_message_again_is_known_and_stored_once,
            m15_an_id_cannot_be_used_for_something_else,
            m15_nobody_writes_where_they_do_not_belong,
            m10_unread_comes_first_then_the_newest,
            m10_a_read_marker_moves_forward_and_never_past_the_end,
            m14_the_first_data_key_stays,
            m14_some_data_keys_are_found_to_try_a_master_key_with,
        );
        $crate::store_contract!(@group $store, inbox:
            an_inbox_is_read_on_from_any_place,
            many_writers_leave_neither_holes_nor_twins,
            one_message_sent_from_many_tabs_is_stored_once,
            readers_who_resume_anywhere_see_every_acknowledged_entry_once,
            whatever_is_cut_or_granted_raises_the_marks_of_those_concerned,
        );
        $crate::store_contract!(@group $store, jams:
            r2_a_conversation_has_one_open_request,
            r4_a_request_that_is_too_old_can_only_go,
            r3_a_jam_begins_with_its_request_closed,
            r3_a_request_that_has_gone_starts_no_jam,
            j8_a_jam_is_found_as_it_was_left,
            j9_a_jam_that_has_moved_on_takes_no_late_events,
            j9_a_jam_of_a_dead_node_gets_one_new_owner,
            j15_having_been_in_one_jam_is_a_relation,
        );
        $crate::store_contract!(@group $store, library:
            t1_a_folder_keeps_its_id,
            t1_a_file_is_shown_with_all_its_tags,
            t1_a_known_path_keeps_its_id,
            t1_an_album_that_lost_its_tracks_is_gone,
            t1_vanished_files_take_empty_albums_and_artists_along,
            t1_a_broken_file_is_listed_until_it_can_be_read,
            t1_a_file_that_does_not_open_keeps_its_track,
            t1_a_forgotten_folder_takes_its_music_along,
            t4_lists_come_in_three_orders_and_in_slices,
            t4_an_album_shows_its_tracks_in_order,
            t4_an_artist_shows_albums_and_what_is_on_none,
            t4_tracks_come_in_the_order_asked_for,
        );
        $crate::store_contract!(@group $store, search:
            t4_every_word_must_begin_a_word,
            t4_case_and_diacritics_do_not_matter,
            t4_what_begins_with_the_text_comes_first,
            t4_a_search_is_never_a_query,
            t4_a_search_follows_the_files,
        );
    };
    (@group $store:expr, $group:ident: $($name:ident),+ $(,)?) => {
        mod $group {
            #[allow(unused_imports, reason = "the expression may name anything of the test")]
            use super::*;

            $(
                #[tokio::test]
                async fn $name() {
                    $crate::contract::store_suite::$group::$name(&$store).await;
                }
            )+
        }
    };
}
