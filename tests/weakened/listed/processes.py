"""Secrets, journals and memory of processes, copies of databases, epoch keys."""

from tests.weakened.model import Edit, Weakening

_JOURNAL = "tests/sync/test_journal.py"
_ENDS = f"{_JOURNAL}::test_however_a_process_ends_nothing_told_is_written"

PROCESSES = (
    Weakening(
        "journal-quotes-errors",
        "an error's own words go into the journal, whoever's error it is",
        (
            Edit(
                "sync/journal.py",
                'words = f" ({error})" if isinstance(error, SatarkError) else ""',
                'words = f" ({error})"',
            ),
        ),
        (f"{_JOURNAL}::test_an_error_is_its_types_and_places", f"{_ENDS}[an error]"),
    ),
    Weakening(
        "journal-quotes-libraries",
        "what libraries log is written with what they were given",
        (
            Edit(
                "sync/journal.py",
                "return record.msg if isinstance(record.msg, str) else type(record.msg).__name__",
                "return record.getMessage()",
            ),
        ),
        (f"{_JOURNAL}::test_our_own_words_are_written_and_those_of_libraries_are_not",),
    ),
    Weakening(
        "digits-of-one-script",
        "the journal's scrubber knows Latin digits only",
        (
            Edit(
                "sync/journal.py",
                'rf"\\d(?:{_BETWEEN}\\d){{{LONGEST_RUN},}}"',
                'rf"[0-9](?:{_BETWEEN}[0-9]){{{LONGEST_RUN},}}"',
            ),
        ),
        (f"{_JOURNAL}::test_eight_digits_are_written_in_no_script[-hindi]",),
    ),
    Weakening(
        "memory-is-dumped",
        "a crash handler is given the memory of a relay's process",
        (Edit("sync/memory.py", "prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)", "prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)"),),
        ("tests/sync/test_memory.py::test_who_hides_cannot_be_dumped_by_a_crash_handler_either[memory.hide()-0]",),
    ),
    Weakening(
        "vault-is-copied",
        "the vault is copied before a change of its schema, as other databases are",
        (Edit("sync/db.py", " and path.name not in NEVER_COPIED", ""),),
        ("tests/sync/test_db.py::test_no_copy_is_made_of_what_must_be_in_no_backup[vault.db]",),
    ),
    Weakening(
        "secrets-stay-in-the-settings",
        "a relay whose config.toml holds the secrets starts all the same",
        (Edit("relay/config.py", "    _refuse_secrets(settings, root)\n", ""),
         Edit("relay/config.py", "settings.refuse_unknown(KEYS)", "settings.refuse_unknown(KEYS | set(SECRETS))")),
        ("tests/relay/test_config.py::test_a_secret_is_no_setting_and_the_way_out_is_said[graph_token]",),
    ),
    Weakening(
        "opened-keys-outlive-their-file",
        "a process keeps an epoch key that another one has destroyed",
        (
            Edit(
                "relay/epochs.py",
                "            self._opened.pop(path.name, None)\n            return None\n",
                "            return self._opened.get(path.name, (b'', None))[1]\n",
            ),
            Edit("relay/epochs.py", "if not (self._folder / name).exists():", "if False:"),
        ),
        (
            "tests/relay/test_wrapping.py::test_each_key_is_unwrapped_once_and_forgotten_with_its_file",
            "tests/relay/test_epochs.py::test_a_key_that_another_process_destroyed_is_forgotten",
        ),
    ),
)  # fmt: skip
