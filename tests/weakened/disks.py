"""Weakenings on which the thief of disks must win (``tests/adversaries/disks.py``)."""

from tests.weakened.model import Edit, Weakening

_NO_SECURE_DELETE = Edit("sync/db.py", '"secure_delete=ON"', '"secure_delete=OFF"')
_KEEP = """\
            self._conn.execute(
                "insert into vault values(?,?,?,?)", (handle, week, locked, whole_hour(now + LIFE_S))
            )
"""
_IF_UNUSED = "            if week not in used and week <= week_of(now) - TAG_WEEKS:\n"


SEIZED: tuple[Weakening, ...] = (
    Weakening(
        "vault-names-in-clear",
        "the number stands in the vault, in clear",
        (
            Edit(
                "relay/vault.py",
                _KEEP,
                _KEEP
                + '            self._conn.execute("insert or replace into vault values(?,?,?,?)",'
                + ' (sender.phone.zfill(32), week, b"", whole_hour(now + LIFE_S)))\n',
            ),
        ),
    ),
    Weakening(
        "report-key-beside-its-row",
        "the relay keeps k_r beside the row that it opens",
        (
            Edit(
                "relay/vault.py",
                _KEEP,
                _KEEP
                + '            self._conn.execute("insert into vault values(?,?,?,?)",'
                + " (handle[::-1], week, report_key, whole_hour(now + LIFE_S)))\n",
            ),
        ),
    ),
    Weakening(
        "stop-is-tried-quickly",
        "whoever has the table of STOP and the epoch store tries all numbers in a day",
        (
            Edit(
                "sync/sealing/locks.py",
                "return Scrypt(salt=salt, length=KEY_BYTES, n=_SLOW_N, r=_SLOW_R, p=1).derive(value)",
                'return hmac.digest(salt, value, "sha256")',
            ),
        ),
    ),
    Weakening(
        "reply-key-on-disk",
        "the relay writes its reply key to its disk",
        (
            Edit(
                "relay/line.py",
                "            exchange_, conn, identity, keys, clock,\n        )  # fmt: skip\n",
                "            exchange_, conn, identity, keys, clock,\n        )  # fmt: skip\n"
                '        from pathlib import Path\n        disk = conn.execute("pragma database_list").fetchone()[2]\n'
                '        Path(disk).with_name("reply.key").write_bytes(keys.newest.raw)\n',
            ),
        ),
    ),
    Weakening(
        "row-key-without-epoch",
        "a vault row opens with k_r alone",
        (Edit("relay/vault.py", "locks.derive(report_key + epoch_key,", "locks.derive(report_key,"),),
    ),
    Weakening(
        "rows-outlive-closing",
        "vault rows stay after the case was closed",
        (
            Edit(
                "relay/housekeeping.py",
                "ended = closings.over(conn, now)",
                "ended = list[str]()",
            ),
        ),
    ),
    Weakening(
        "deleted-rows-stay",
        "what is deleted stays in the pages of the databases",
        (_NO_SECURE_DELETE, Edit("sync/db.py", 'conn.execute("vacuum")', 'conn.execute("select 1")')),
    ),
    Weakening(
        "epoch-keys-never-die",
        "the key of a week outlives its last row",
        (
            Edit(
                "relay/epochs.py",
                _IF_UNUSED + "                _destroy(path)\n",
                _IF_UNUSED + "                pass\n",
            ),
        ),
    ),
    Weakening(
        "contact-part-kept",
        "the relay keeps the contact part of a report that its box has",
        (
            Edit(
                "relay/line.py",
                'contacts.drop(conn, parcel.message_id, "acknowledged", parcel.content)',
                'outbox.keep(conn, parcel.message_id, "acknowledged", parcel.content)',
            ),
        ),
    ),
)
