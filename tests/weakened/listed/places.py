"""Where things lie on a machine and who may read them: units, modes, memory that reaches a disk, access logs."""

from tests.weakened.model import Weakening, one

_UNITS = "tests/systemd/test_units.py::"

PLACES: tuple[Weakening, ...] = (
    one(
        "keys-db-for-the-group",
        "the box's web process reads the report keys",
        "systemd/tmpfiles.d/satark-box.conf",
        "f /var/lib/satark/box/keys.db        0600",
        "f /var/lib/satark/box/keys.db        0660",
        _UNITS + "test_a_file_is_read_by_those_who_need_it_only",
    ),
    one(
        "private-keys-in-sight-of-the-pages",
        "the unit of the box's web process hides keys.db and private keys no more",
        "systemd/satark-box-web.service",
        "InaccessiblePaths=-/var/lib/satark/box/keys.db -/var/lib/satark/box/keys/signing.key",
        "InaccessiblePaths=-/var/lib/satark/box/keys/signing.key",
        _UNITS + "test_what_a_process_must_not_have_is_out_of_its_sight",
    ),
    one(
        "vault-in-sight-of-the-webhook",
        "the unit of the relay's web process hides the vault no more",
        "systemd/satark-relay-web.service",
        "InaccessiblePaths=-/var/lib/satark/relay/vault.db ",
        "InaccessiblePaths=",
        _UNITS + "test_what_a_process_must_not_have_is_out_of_its_sight",
    ),
    one(
        "core-dumps",
        "the memory of the relay's link process reaches a disk when it crashes",
        "systemd/satark-relay-link.service",
        "LimitCORE=0",
        "LimitCORE=infinity",
        _UNITS + "test_memory_reaches_no_disk",
    ),
    one(
        "swap",
        "the memory of the relay's intake process is swapped to a disk",
        "systemd/satark-relay-intake.service",
        "MemorySwapMax=0\n",
        "",
        _UNITS + "test_memory_reaches_no_disk",
    ),
    one(
        "epoch-store-unmounted",
        "the relay starts although the volume of the epoch store is not there",
        "systemd/satark-relay-link.service",
        "RequiresMountsFor=/var/lib/satark/epoch\n",
        "",
        _UNITS + "test_who_may_reach_the_epoch_store_waits_for_its_volume",
    ),
    one(
        "access-log",
        "the relay's web server writes down every request with its address",
        "relay/cli.py",
        '"--limit-request-line", "2048"]',
        '"--limit-request-line", "2048", "--access-logfile", "-"]',
        "tests/anonymity/test_logs.py::test_the_web_servers_write_no_access_log",
    ),
    one(
        "cores-of-a-plain-process",
        "a process that no service manager limits leaves its memory in a core file",
        "sync/memory.py",
        "resource.setrlimit(resource.RLIMIT_CORE, (0,",
        "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],",
        "tests/sync/test_memory.py::test_what_a_process_becomes_has_the_limit_of_cores",
    ),
    one(
        "memory-readable",
        "another process of the same user reads the keys in memory",
        "sync/memory.py",
        "prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)",
        "prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)",
        "tests/sync/test_memory.py::test_who_hides_cannot_be_dumped_by_a_crash_handler_either",
    ),
    one(
        "token-in-the-webhook",
        "the process that faces the internet holds the token that sends messages",
        "relay/wsgi.py",
        "    known = webhook",
        '    app.__doc__ = secrets.text("graph_token")\n    known = webhook',
        "tests/relay/test_processes.py::test_the_process_that_faces_the_internet_asks_for_no_secret_but_its_two",
    ),
)
