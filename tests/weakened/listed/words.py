"""What WhatsApp posts and what people write: identifiers that must not get in, words and logs that must not get out."""

from tests.weakened.model import Weakening, one

WEBHOOK, EVENTS, MESSAGES = "relay/webhook.py", "relay/events/__init__.py", "relay/events/messages.py"
SUBMISSION, ENGINE = "relay/submission.py", "relay/intake/engine.py"
JOURNAL, _JOURNAL = "sync/journal.py", "tests/sync/test_journal.py::"
_LINEAR = "tests/relay/test_linear.py::test_the_work_grows_with_the_length_of_a_text"
_ASKED = "tests/relay/test_dialogue_numbers.py::"
_OWN = "tests/relay/test_own_number.py::"
_WEBHOOK, _EVENTS = "tests/relay/test_webhook.py::", "tests/relay/test_events.py::"
_TOTAL, _LOGS = "tests/relay/test_events_total.py::", "tests/anonymity/test_logs.py::"

WORDS: tuple[Weakening, ...] = (
    one(
        "webhook-signature-skipped",
        "anybody can post as WhatsApp",
        WEBHOOK,
        "if not is_signed(body, signature, parts.settings.app_secret):",
        "if not signature:",
        _WEBHOOK + "test_a_wrong_signature_stores_nothing",
    ),
    one(
        "webhook-signature-by-its-start",
        "a signature is compared by its first signs",
        WEBHOOK,
        'hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))',
        'hmac.compare_digest(expected.encode()[:8], header.encode("utf-8", "replace")[:8])',
        _WEBHOOK + "test_a_signature_holds_for_no_other_bytes",
    ),
    one(
        "webhook-logs-what-came",
        "what could not be stored is quoted in the log",
        WEBHOOK,
        'log.error("webhook: updates not stored (%s)", type(error).__name__)',
        'log.error("webhook: updates not stored (%s)", body)',
        _LOGS + "test_the_webhook",
    ),
    one(
        "wamid-forwarded",
        "WhatsApp's message id, which holds the number, travels in the words",
        MESSAGES,
        "return done or _unread(event, item, kind)",
        "if done:\n"
        '        done = replace(done, text=done.text + text_of(item, "id"))\n'
        "    return done or _unread(event, item, kind)",
        _TOTAL + "test_a_canary_in_any_field_gets_only_where_it_may",
    ),
    one(
        "quoted-message-kept",
        "the id of the message that was answered gets in",
        MESSAGES,
        "return done or _unread(event, item, kind)",
        'quoted = item.get("context")\n'
        "    if done and isinstance(quoted, dict):\n"
        '        done = replace(done, opaque=text_of(quoted, "id"))\n'
        "    return done or _unread(event, item, kind)",
        _TOTAL + "test_a_canary_in_any_field_gets_only_where_it_may",
    ),
    one(
        "profile-name-kept",
        "the name that somebody gave himself gets in",
        EVENTS,
        'text_of(metadata, "phone_number_id") if isinstance(metadata, dict) else ""\n',
        'text_of(metadata, "phone_number_id") if isinstance(metadata, dict) else ""\n'
        '    number_id += fields.json_of(value.get("contacts"))\n',
        _TOTAL + "test_a_canary_in_any_field_gets_only_where_it_may",
    ),
    one(
        "file-name-kept",
        "the name of a file on its owner's phone gets in",
        MESSAGES,
        'media_id, caption = text_of(part, "id"), text_of(part, "caption")',
        'media_id, caption = text_of(part, "id"), text_of(part, "caption") + text_of(part, "filename")',
        _TOTAL + "test_a_canary_in_any_field_gets_only_where_it_may",
    ),
    one(
        "number-beside-the-id",
        "the number is kept where WhatsApp gave an id instead",
        "relay/events/fields.py",
        'return Sender(user_id, "")',
        'return Sender(user_id, next((n for text in candidates if (n := digits(text))), ""))',
        _EVENTS + "test_a_body_gives_its_events",
    ),
    one(
        "events-unsealed",
        "what people write waits in clear on the relay's disk",
        "relay/identity.py",
        'return locks.lock(self.secret, canonical.dumps(value), f"{context}:{self.day}")',
        "return canonical.dumps(value)",
        "tests/relay/test_spool.py::test_the_disk_holds_no_number_and_no_words",
    ),
    one(
        "message-ids-untagged",
        "WhatsApp's message ids lie on the relay's disk",
        "relay/spool.py",
        'return locks.tag(secret, "update", row.tag_source)',
        "return row.tag_source",
        "tests/relay/test_spool.py::test_the_disk_holds_no_number_and_no_words",
    ),
    one(
        "person-tag-without-key",
        "a tag on the disk can be tried with every number there is",
        "relay/identity.py",
        'locks.tag(self.secret, "person", canonical.dumps(sender))',
        'locks.tag(b"", "person", canonical.dumps(sender))',
        "tests/relay/test_identity.py::test_a_person_has_another_tag_under_each_key_and_by_each_name",
    ),
    one(
        "receipt-in-the-words",
        "a receipt that somebody wrote into his report reaches the office",
        SUBMISSION,
        "return receipts.without_codes(text, mark)",
        "return text",
        "tests/relay/test_submission.py::test_a_receipt_in_the_words_does_not_reach_the_reader",
    ),
    one(
        "receipts-that-exist-marked",
        "a report full of made-up receipts shows its reader which of them are somebody's",
        SUBMISSION,
        "return receipts.without_codes(text, mark)",
        "code = receipts.find_code(text) or ''\n"
        "            known = receipts.state_of(self._conn, receipts.tag(self._epochs, code))\n"
        "            return receipts.without_codes(text, mark) if known else text",
        "tests/relay/test_submission.py::test_receipts_that_exist_and_those_that_do_not_leave_the_words_alike",
    ),
    one(
        "own-number-in-the-words",
        "an informant's own number in words that he left unfinished reaches the office",
        "relay/dialogue/finishing.py",
        "sure, done = _without_unresolved(state, turn.book)",
        "sure, done = state, ()",
        "tests/relay/test_intake_ways.py::test_the_own_number_never_lies_in_a_draft_and_goes_with_no_unfinished_report",
    ),
    one(
        "own-number-alone-goes",
        "of a list of numbers the sender's own is missing, and no other",
        SUBMISSION,
        "body = self._body(told, handle, hour)",
        "own = sender.phone[-10:]\n"
        '        place, text = (words.replace(own, "…") for words in (told.place, told.text))\n'
        "        body = self._body(replace(told, place=place, text=text), handle, hour)",
        _OWN + "test_whoever_sends_a_list_of_numbers_it_does_not_tell_which_is_his",
    ),
    one(
        "unanswered-stays",
        "who twice gives no clear answer whose his number, id or plate is hands it to police",
        "relay/dialogue/between.py",
        'decided(bare, "unsure", turn.book)',
        'decided(bare, "theirs", turn.book)',
        _ASKED + "test_who_never_answers_is_taken_as_not_sure_whatever_he_calls_it",
    ),
    one(
        "unanswered-at-the-end-goes",
        "who is asked whose an id is while his last file is awaited, and does not answer in time, hands it to police",
        "relay/dialogue/finishing.py",
        "state, done = _without_unresolved(state, book)",
        "done: tuple[str, ...] = ()",
        _ASKED + "test_who_does_not_answer_before_his_file_ends_waiting_has_all_taken_out_and_hears_it",
    ),
    one(
        "plate-stays-when-unsure",
        "who is not sure whose a plate is hands his own to police, and was told that it went",
        "relay/dialogue/identifying.py",
        "found.kind not in (PHONE, AADHAAR):",
        'found.kind not in (PHONE, AADHAAR, "vehicle"):',
        _ASKED + "test_what_is_anothers_stays_and_what_nobody_knows_goes_a_plate_too",
    ),
    one(
        "no-it-is-mine-stays",
        "who answers that no, it is his own, hands his number to police as somebody else's",
        "relay/understanding/whose.py",
        "M[MIB]*N[IB]*)",
        "M[MIB]*N[IB]*|NM[MIB]*)",
        "tests/relay/test_whose.py::test_what_may_be_either_is_not_guessed",
    ),
    one(
        "number-over-two-messages",
        "a number that somebody wrote in two messages is whole in his report, and he was not asked",
        "relay/dialogue/identifying.py",
        "return (*told_words(state), joined(state.texts))",
        "return told_words(state)",
        _ASKED + "test_a_number_cut_over_two_messages_is_asked_about_and_goes",
    ),
    one(
        "location-to-the-metre",
        "a location tells the very house it was sent from",
        "relay/intake/hearing.py",
        'f"{event.latitude_e5 / 1e5:.3f}, {event.longitude_e5 / 1e5:.3f}"',
        'f"{event.latitude_e5 / 1e5:.5f}, {event.longitude_e5 / 1e5:.5f}"',
        "tests/relay/test_intake.py::test_a_location_is_kept_to_about_100_metres",
    ),
    one(
        "step-logs-what-failed",
        "an update that no step can take is quoted in the log",
        ENGINE,
        'log.warning("an update was set aside: %s", type(error).__name__)',
        'log.warning("an update was set aside: %s %s", type(error).__name__, error)',
        _LOGS + "test_a_step_of_the_conversation",
    ),
    one(
        "wake-logs-what-failed",
        "a draft that cannot be woken is quoted in the log",
        ENGINE,
        'log.warning("a conversation was not woken: %s", type(error).__name__)',
        'log.warning("a conversation was not woken: %s %s", type(error).__name__, error)',
        _LOGS + "test_a_step_of_the_conversation",
    ),
    one(
        "numbers-in-the-log",
        "a message that cannot be sent names its recipient in the log",
        "relay/whatsapp.py",
        "raise SendError(code, answer.status_code)\n\n    def is_reachable",
        'logging.getLogger(__name__).warning("refused: %s", address)\n'
        "        raise SendError(code, answer.status_code)\n\n    def is_reachable",
        _LOGS + "test_a_message_and_a_photo_that_whatsapp_refuses",
    ),
    one(
        "libraries-log-addresses",
        "the HTTP library logs every address it calls",
        "relay/whatsapp.py",
        "logging.getLogger(name).setLevel(logging.WARNING)",
        "logging.getLogger(name).setLevel(logging.DEBUG)",
        "tests/relay/test_whatsapp.py::test_no_library_logs_an_address_or_the_token",
    ),
    one(
        "media-stays-at-whatsapp",
        "nobody asks WhatsApp to delete its copy of a file",
        "relay/evidence/fetcher.py",
        "self._client.delete_media(wanted.media.media_id)",
        "pass",
        "tests/relay/test_evidence.py::test_whatsapp_is_asked_once_to_delete_its_copy",
    ),
    one(
        "scrubber-off",
        "a number that gets into a line of ours stands in the journal",
        JOURNAL,
        "return _RUN.sub(MARK, text)",
        "return text",
        _JOURNAL + "test_eight_digits_are_written_in_no_script",
    ),
    one(
        "scrubber-by-ascii",
        "a number in Hindi digits stands in the journal",
        JOURNAL,
        'rf"\\d(?:{_BETWEEN}\\d)',
        'rf"[0-9](?:{_BETWEEN}[0-9])',
        _JOURNAL + "test_eight_digits_are_written_in_no_script",
    ),
    one(
        "libraries-quote",
        "a library's log line stands in the journal with what it was called with",
        JOURNAL,
        'if record.name.partition(".")[0] in OURS:',
        "if record.name:",
        _JOURNAL + "test_our_own_words_are_written_and_those_of_libraries_are_not",
    ),
    one(
        "errors-quoted",
        "the message of a library's error, which may quote anything, stands in the journal",
        JOURNAL,
        'if isinstance(error, SatarkError) else ""',
        'if error is not None else ""',
        _JOURNAL + "test_an_error_is_its_types_and_places",
    ),
    one(
        "log-names-a-node",
        "a log line has a field that nobody has looked at",
        "sync/exchange/incoming.py",
        'log.warning("a frame was refused: %s", type(refused.reason).__name__)',
        'log.warning("a frame of %s was refused: %s", refused.sender, type(refused.reason).__name__)',
        "tests/anonymity/test_inventory.py::test_every_log_line_is_listed_with_its_fields",
    ),
    one(
        "said-beside-the-log",
        "a line goes out beside the loggers, with whatever is in it",
        "sync/exchange/incoming.py",
        'count(self._conn, "old_hello")',
        'count(self._conn, "old_hello"); import sys; sys.stderr.write(opened.sender)',
        "tests/anonymity/test_inventory.py::test_nothing_leaves_beside_the_loggers",
    ),
    one(
        "token-to-any-host",
        "our token goes to whatever host the address of a file names",
        "relay/whatsapp.py",
        "if address.host not in self._media_hosts or address.userinfo:",
        "if address.userinfo:",
        "tests/relay/test_whatsapp.py::test_a_file_is_fetched_from_no_host_that_is_not_named",
    ),
    one(
        "whole-text-before-each-number",
        "one message of some thousand digits keeps everybody waiting",
        "sync/identifiers/numbers.py",
        "text.text[max(0, stretch.start - _NAMED_SIGNS) : stretch.start]",
        "text.text[: stretch.start]",
        _LINEAR + "[identifiers]",
    ),
    one(
        "killing-step-taken-for-ever",
        "a message whose step is killed is taken again at each start, before everybody's",
        "relay/intake/killed.py",
        "return self._count(self._conn, name, 1) >= MOST_TAKES",
        "return self._count(self._conn, name, 1) < 0",
        "tests/relay/test_killed_steps.py::test_what_kills_each_step_is_set_aside_and_everybody_hears",
    ),
    one(
        "killing-wake-tried-for-ever",
        "a conversation whose going on by itself kills the process does so at each start",
        ENGINE,
        "if self._wakes.kills(waking.name):",
        "if False:",
        "tests/relay/test_killed_steps.py::test_a_conversation_whose_waking_kills_each_step_is_let_sleep_and_he_hears",
    ),
)
