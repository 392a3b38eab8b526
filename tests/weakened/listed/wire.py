"""The line and the broker: replay, who may speak for whom, quarantine, directory, access list, log."""

from tests.weakened.model import Edit, Weakening, one

INCOMING, TOPICS, BROKER = "sync/exchange/incoming.py", "sync/topics.py", "provisioning/broker.py"
_INCOMING, _TOPICS = "tests/sync/exchange/test_incoming.py::", "tests/sync/test_topics.py::"
_BROKER, _DIRECTORY = "tests/provisioning/test_broker.py::", "tests/sync/test_directory.py::"

WIRE: tuple[Weakening, ...] = (
    one(
        "replay-accepted",
        "an envelope sent again takes effect again",
        INCOMING,
        "if before is not None:",
        "if False:",
        _INCOMING + "test_a_replayed_report_is_answered_alike_and_stored_once",
    ),
    one(
        "id-of-any-sender",
        "another node uses the id of a report first, and the report vanishes",
        INCOMING,
        "where message_id=? and sender in (?, '') order by",
        "where message_id=? and ?<>'' order by",
        _INCOMING + "test_an_id_that_another_node_used_first_swallows_no_report",
    ),
    one(
        "commands-without-end",
        "one box fills the relay's disk",
        INCOMING,
        "if is_command and not self._bound.has_room(opened.sender):",
        "if False:",
        "tests/sync/exchange/test_bound.py::"
        "test_what_is_over_the_days_measure_stays_with_its_sender_and_comes_the_next_day",
    ),
    one(
        "any-envelope-of-an-id",
        "another report under an id that was used is acknowledged and lost",
        INCOMING,
        'not in SEALED_AHEAD or envelope.hash == seen["envelope_hash"]',
        'not in SEALED_AHEAD or envelope.hash != b""',
        _INCOMING + "test_another_report_under_an_id_of_its_sender_is_not_taken_for_the_first",
    ),
    one(
        "quarantine-deletes",
        "a message that cannot be taken is acknowledged and lost",
        INCOMING,
        '"insert into quarantine(at, sender, reason, frame) values(?,?,?,?)",',
        '"delete from quarantine where at+sender+reason+frame=?+?+?+?",',
        _INCOMING + "test_a_signed_message_that_cannot_be_taken_is_set_aside_and_answered",
    ),
    one(
        "keys-after-the-report",
        "the box's two files are written the other way round: a crash leaves a report without its key",
        INCOMING,
        """        self._program.before([item for item in items if isinstance(item, Opened)])
        self._bound.begin(now)
        with transaction(self._conn):
            for item in items:
                self._take(item, now)
""",
        """        self._bound.begin(now)
        with transaction(self._conn):
            for item in items:
                self._take(item, now)
        self._program.before([item for item in items if isinstance(item, Opened)])
""",
        _INCOMING + "test_what_belongs_in_another_file_is_written_before_the_group",
    ),
    one(
        "acknowledged-by-anybody",
        "one node can acknowledge, and so make vanish, what is for another",
        "sync/outbox.py",
        " where message_id=? and recipient=? and (state",
        " where message_id=? and ?<>'' and (state",
        _INCOMING + "test_nobody_can_acknowledge_for_another",
    ),
    one(
        "old-epoch-acknowledged",
        "the word of a database that was lost counts, and its reports are never sent again",
        INCOMING,
        'if peer is not None and ack.epoch != peer["epoch"]:',
        "if False:",
        _INCOMING + "test_an_acknowledgement_of_another_database_or_envelope_counts_as_none",
    ),
    one(
        "old-hello-accepted",
        "a recorded greeting brings an old key back",
        INCOMING,
        'if known is not None and hello.issued_at <= known["issued_at"]:',
        "if False:",
        "tests/sync/exchange/test_greetings.py::test_a_hello_that_is_not_newer_counts_for_nothing",
    ),
    one(
        "another-nodes-report",
        "another box can put reports into this one",
        "appliance/line.py",
        "if not self._is(opened, role):",
        "if False:",
        "tests/appliance/test_line_senders.py::test_a_report_that_another_node_sends_is_set_aside_with_its_key",
    ),
    one(
        "another-nodes-contact",
        "another box can put report keys into this one",
        "appliance/line.py",
        'if "contact" in one.messages and self._is(one, RELAY)',
        'if "contact" in one.messages',
        "tests/appliance/test_line_senders.py::test_a_report_that_another_node_sends_is_set_aside_with_its_key",
    ),
    one(
        "another-nodes-state",
        "a box can change what another's receipt holders are told",
        "relay/receipts.py",
        '" where handle=? and node=? and version<?",',
        "\" where handle=? and ?<>'' and version<?\",",
        "tests/relay/test_receipts.py::test_a_push_that_is_not_for_this_receipt_changes_nothing",
    ),
    one(
        "old-directory-accepted",
        "a revoked node comes back with an old directory",
        "sync/directory.py",
        "if signed.directory.version < at_least:",
        "if False:",
        _DIRECTORY + "test_an_older_directory_than_the_one_seen_is_refused",
    ),
    one(
        "directory-signature-unchecked",
        "anybody can name the keys that reports are sealed to",
        "sync/directory.py",
        'authority.verify(signed.signature, "directory", canonical.dumps(signed.directory))',
        "pass",
        _DIRECTORY + "test_another_authoritys_directory_is_refused",
    ),
    one(
        "system-topics-readable",
        "every node sees in $SYS when the others speak",
        TOPICS,
        "topic deny $SYS/#",
        "topic read $SYS/#",
        _TOPICS + "test_system_topics_and_wildcards_of_many_levels_are_never_granted",
    ),
    one(
        "every-inbox-readable",
        "one node's certificate reads everybody's messages",
        TOPICS,
        'f"topic read {ROOT}/{node}/+"',
        'f"topic read {ROOT}/+/+"',
        _TOPICS + "test_a_node_reads_its_own_inbox_and_no_other",
    ),
    one(
        "any-name-writable",
        "one node writes under another's name",
        TOPICS,
        'f"topic write {ROOT}/+/{node}"',
        'f"topic write {ROOT}/+/+"',
        _TOPICS + "test_a_node_writes_under_its_own_name_only",
    ),
    Weakening(
        "broker-without-certificates",
        "whoever reaches the broker is let in",
        (
            Edit(BROKER, "require_certificate true", "require_certificate false"),
            Edit(BROKER, "allow_anonymous false", "allow_anonymous true"),
            Edit(BROKER, "use_identity_as_username true\n", ""),
            Edit(BROKER, "use_username_as_clientid true\n", ""),
        ),
        (_BROKER + "test_no_certificate_is_refused",),
    ),
    one(
        "revocations-unread",
        "a stolen box is let in after its certificate was revoked",
        BROKER,
        "crlfile {folder}/crl.pem\n",
        "",
        _BROKER + "test_a_revoked_node_is_out_after_the_restart",
    ),
    one(
        "sessions-by-any-name",
        "one node takes another's session with its waiting messages",
        BROKER,
        "use_username_as_clientid true",
        "use_username_as_clientid false",
        _BROKER + "test_a_node_cannot_take_anothers_session",
    ),
    one(
        "one-log-for-all",
        "gaps in a district's log count the reports on its police",
        "relay/release.py",
        'log_leaf where recipient=? order by log_index desc limit 1", (recipient,)',
        'log_leaf order by log_index desc limit 1"',
        "tests/relay/test_release.py::test_indices_are_dense_for_each_recipient",
    ),
    one(
        "log-unchained",
        "a report can be taken out of the relay's log unseen",
        "sync/log.py",
        'b"satark/1 head\\0" + head + new_leaf',
        'b"satark/1 head\\0" + new_leaf',
        "tests/sync/test_log.py::test_a_log_without_one_leaf_has_another_head",
    ),
    one(
        "leaf-without-envelope",
        "the log does not say which envelope was released",
        "sync/log.py",
        'struct.pack(">QQ", index, hour) + envelope_hash',
        'struct.pack(">QQ", index, hour)',
        "tests/sync/test_log.py::test_a_leaf_says_index_hour_and_envelope",
    ),
    one(
        "chunks-from-anybody",
        "another node can fill in an evidence file",
        "sync/transfer.py",
        '"select * from file_in where file_id=? and sender=?", (chunk.file_id, sender)',
        '"select * from file_in where file_id=?", (chunk.file_id,)',
        "tests/sync/test_transfer.py::test_a_chunk_nobody_expects_is_refused",
    ),
    one(
        "file-hash-unchecked",
        "an evidence file with other bytes is taken for the one in the manifest",
        "sync/transfer.py",
        "return path.stat().st_size == size_bytes and is_whole(path, sha256)",
        "return path.stat().st_size == size_bytes",
        "tests/sync/test_transfer.py::test_a_wrong_hash_is_told_as_damage_and_the_file_is_asked_for_again",
    ),
)
