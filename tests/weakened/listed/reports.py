"""What a report tells besides what was told: times, order, names, the route of reports on police, traces of an undo."""

from tests.weakened.model import Edit, Weakening, one

SUBMISSION, RELEASE, RECEIPTS = "relay/submission.py", "relay/release.py", "relay/receipts.py"
_SUBMISSION, _RELEASE = "tests/relay/test_submission.py::", "tests/relay/test_release.py::"
_TIMING = "tests/anonymity/test_timing.py::"

REPORTS: tuple[Weakening, ...] = (
    Weakening(
        "vault-after-the-report",
        "the relay's two files are written the other way round: a crash leaves a report without its way back",
        (
            Edit(
                SUBMISSION,
                """            first_handle = told.adds_to or ""
            self._vault.keep(*kept, at_once=told.at_once, node=recipient.id, first=first_handle)
            faults.at("vault-written")
""",
                """            self.later = lambda: (
                self._vault.keep(*kept, at_once=told.at_once, node=recipient.id), faults.at("vault-written")
            )
""",
            ),
            Edit(
                "relay/intake/engine.py",
                '        faults.at("step-committed")\n',
                '        getattr(self._submission, "later", lambda: None)()\n        faults.at("step-committed")\n',
            ),
        ),
        (_SUBMISSION + "test_dying_after_the_vault_row_leaves_an_orphan_and_the_next_try_makes_one_report",),
    ),
    one(
        "second-instead-of-hour",
        "a report tells the second in which it was sent",
        SUBMISSION,
        "            hour=hour,\n",
        "            hour=hour * 3600,\n",
        _SUBMISSION + "test_the_body_tells_what_was_told_and_the_hour",
    ),
    one(
        "vault-row-tells-the-second",
        "a vault row tells the second beside its handle",
        "relay/vault.py",
        "whole_hour(now + LIFE_S)",
        "int(now + LIFE_S)",
        "tests/relay/test_vault.py::test_its_row_tells_the_hour_and_not_the_second",
    ),
    one(
        "receipt-row-tells-the-second",
        "a receipt row tells the second beside its handle",
        RECEIPTS,
        '"kept", whole_hour(now)),',
        '"kept", int(now)),',
        _SUBMISSION + "test_what_is_kept_beside_a_report_tells_the_hour_and_not_the_second",
    ),
    one(
        "arrival-to-the-second",
        "the box notes the second of an arrival",
        "appliance/reports.py",
        "    now = whole_minute(now)\n",
        "",
        "tests/appliance/test_reports.py::test_the_arrival_is_kept_to_the_minute",
    ),
    one(
        "file-tells-the-second",
        "a file at the box tells the second of its arrival",
        "sync/transfer.py",
        "at = whole_minute(path.stat().st_mtime)",
        "at = path.stat().st_mtime",
        "tests/sync/test_transfer.py::test_a_finished_file_does_not_tell_the_second_of_its_arrival",
    ),
    one(
        "every-report-by-itself",
        "a report leaves when its own undo window ends, and so in the order in which people wrote",
        "relay/slots.py",
        "if self.jitter_max_s <= 0:",
        "if True:",
        _TIMING + "test_what_is_told_in_one_half_hour_goes_together_and_says_one_hour",
    ),
    one(
        "hour-of-writing",
        "a report says the hour in which it was written, which parts those that go together",
        "relay/slots.py",
        "return hour_of(release_at - self.undo_s - self.jitter_max_s / 2)",
        "return hour_of(release_at)",
        _TIMING + "test_what_is_told_in_one_half_hour_goes_together_and_says_one_hour",
    ),
    one(
        "order-of-writing",
        "what goes together goes in the order in which people wrote",
        RELEASE,
        "effect like ?), message_id limit ?",
        "effect like ?), rowid limit ?",
        _TIMING + "test_after_release_no_table_of_the_relay_keeps_the_order_of_writing",
    ),
    one(
        "unfinished-goes-with-its-message",
        "an unfinished report goes with the slot of the message that its phone gets unasked",
        SUBMISSION,
        "self._rng.randint(1, UNFINISHED_SLOTS) * self._pace.jitter_max_s",
        "0",
        _TIMING + "test_an_unfinished_report_goes_in_a_slot_that_its_message_does_not_tell",
    ),
    one(
        "unasked-at-a-fixed-time",
        "a phone gets a message unasked at a fixed time after its last word, and the report comes then",
        "relay/dialogue/finishing.py",
        "return remind_s, rng.randrange(min(GIVE_UP_SOONER_S, most_s + 1))",
        "return 0, 0",
        "tests/relay/test_intake.py::test_when_somebody_is_written_to_unasked_his_last_word_does_not_tell",
    ),
    one(
        "reminded-a-minute-before-the-end",
        "who is reminded late, after the relay stood still, reads of a report that is erased a minute later",
        "relay/dialogue/finishing.py",
        "return _remind_in_time(replace(state, reminded=True), turn, idle_s)",
        "return _remind(replace(state, reminded=True), turn)",
        "tests/relay/test_dialogue.py::test_whoever_is_reminded_late_has_two_hours_too_or_is_not_reminded",
    ),
    one(
        "unfinished-is-urgent",
        "what was left unfinished a day ago rings the alarm as if it happened now",
        "relay/dialogue/state.py",
        "return self.happening_now and not self.incomplete",
        "return self.happening_now",
        "tests/relay/test_intake.py::test_what_happened_when_somebody_stopped_can_be_taken_back_while_it_is_held",
    ),
    one(
        "order-of-writing-in-pages",
        "the pages of the relay's databases show afterwards who wrote first",
        "sync/db.py",
        'conn.execute("vacuum")',
        'conn.execute("select 1")',
        _TIMING + "test_after_release_no_page_of_the_relays_disk_keeps_the_order_of_writing",
    ),
    one(
        "undo-leaves-the-receipt",
        "a report that was taken back leaves its receipt row",
        SUBMISSION,
        'self._conn.execute("delete from receipt where handle=?", (handle,))',
        "pass",
        _SUBMISSION + "test_undo_leaves_no_trace",
    ),
    one(
        "undo-leaves-the-way-back",
        "a report that was taken back leaves its vault row",
        "relay/intake/engine.py",
        "self._vault.forget(handle)",
        "pass",
        _SUBMISSION + "test_undo_leaves_no_trace",
    ),
    one(
        "undo-token-on-the-disk",
        "the disk tells the button that takes a report back",
        SUBMISSION,
        'token values(?,?,?)", (locks.digest(token.encode()), UNDO, message_id)',
        'token values(?,?,?)", (token.encode(), UNDO, message_id)',
        _SUBMISSION + "test_the_token_itself_is_not_on_disk",
    ),
    one(
        "handle-of-the-person",
        "two reports of one person have one handle",
        SUBMISSION,
        "handle, report_key = self._random_hex(), self",
        "handle, report_key = locks.digest((sender.phone + sender.user_id).encode()).hex()[:32], self",
        _SUBMISSION + "test_two_reports_of_one_person_share_nothing",
    ),
    one(
        "way-back-for-who-wants-none",
        "who keeps no way to be written to leaves his number all the same",
        SUBMISSION,
        'if told.contact == "push":',
        "if told.contact:",
        _SUBMISSION + "test_who_wants_no_contact_leaves_no_way_back",
    ),
    Weakening(
        "no-contact-shows",
        "the broker sees by its length which report has no way back",
        (
            Edit(
                SUBMISSION,
                "contact = Contact(1, handle, report_key)",
                'contact = Contact(1, handle, report_key if told.contact == "push" else bytes(400))',
            ),
        ),
        (_RELEASE + "test_the_broker_sees_no_difference_in_a_report_without_a_way_back",),
    ),
    one(
        "police-report-to-the-district",
        "a report that says police are involved goes to the district's own box",
        SUBMISSION,
        'if told.police_involved == "yes" or (category is not None and category.route == TO_RANGE):',
        "if category is not None and category.route == TO_RANGE:",
        _SUBMISSION + "test_a_report_goes_to_its_box_and_one_on_police_to_the_range_alone",
    ),
    one(
        "police-category-to-the-district",
        "a report of the category police corruption goes to the district's own box",
        SUBMISSION,
        'if told.police_involved == "yes" or (category is not None and category.route == TO_RANGE):',
        'if told.police_involved == "yes":',
        _SUBMISSION + "test_a_report_goes_to_its_box_and_one_on_police_to_the_range_alone",
    ),
    one(
        "receipts-in-clear",
        "the relay's disk holds the receipts themselves",
        RECEIPTS,
        'return locks.tag(epochs.pepper(), "receipt", code.encode())',
        "return code.encode()",
        "tests/relay/test_receipts.py::test_only_the_right_code_knows_its_state_and_the_disk_does_not_know_the_code",
    ),
    one(
        "receipt-typed-with-a-digit-twice",
        "a receipt with one digit typed twice stands in the words: one more try and its reader may answer",
        RECEIPTS,
        "return any(_luhn(digits[:at] + digits[at + 1 :]) % 10 == 0 for at in twice)",
        "return False and any(twice)",
        "tests/relay/test_receipts.py::test_a_receipt_with_one_digit_typed_twice_goes_out_of_words",
    ),
    one(
        "the-number-in-the-contact",
        "the contact part holds the number beside the report key",
        SUBMISSION,
        "contact = Contact(1, handle, report_key)",
        "contact = Contact(1, handle, report_key + (sender.phone or sender.user_id).encode())",
        "tests/relay/test_submission.py::test_no_part_of_a_report_holds_the_number_or_an_id_of_whatsapps",
    ),
)
