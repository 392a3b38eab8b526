"""Doctor: finds what was broken on purpose, calls a healthy node healthy, and prints no secret."""

import json
import os
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from appliance import keyring
from appliance import migrations as box_schema
from provisioning import doctor, enrol, papers
from provisioning.authority import Authority
from provisioning.doctor import machine, stores
from provisioning.doctor.machine import Line, Machine
from relay import migrations as relay_schema
from relay.epochs import MARKER, EpochStore
from sync import db
from sync.clock import DAY_S, HOUR_S
from tests import databases
from tests.brokers import RunningBroker

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

SECRETS = {
    name: f"canary-{name}-5e1f" for name in ("app_secret", "verify_token", "graph_token", "broker_password")
}
RELAY = {
    **SECRETS,
    "broker": "127.0.0.1:1",
    "broker_user": "n1",
    "phone_number_id": "canary-id-5e1f",
    "runtime_dir": "run",
    "epoch_store": "store",
    "graph_url": "http://127.0.0.1:1",
}
BOX: dict[str, enrol.Setting] = {"broker": "127.0.0.1:1", "serial_prefix": "JNP", "lan_names": "127.0.0.1"}


@dataclass
class Ill:
    """A node and a machine on which all is well, to be made ill."""

    root: Path
    machine: Machine
    authority: Authority

    def examine(self) -> dict[str, doctor.Check]:
        """Checks by id; of several with one id the worst."""
        order = [doctor.OK, doctor.WARN, doctor.FAIL]
        found: dict[str, doctor.Check] = {}
        for check in sorted(doctor.examine(self.root, self.machine), key=lambda c: order.index(c.severity)):
            found[check.id] = check
        return found

    def change(self, **settings: enrol.Setting) -> None:
        """Writes settings into config.toml, as a hand would."""
        path = self.root / "config.toml"
        path.write_text(path.read_text() + enrol.to_toml(settings))


def make(folder: Path, role: str, district: str | None, settings: dict[str, enrol.Setting]) -> Ill:
    now = time.time()
    authority = Authority.create(folder / f"authority-of-{role}", lambda: now)
    root = folder / role
    lan = () if role == "relay" else ("127.0.0.1",)
    bundle = authority.admit(papers.read_request(enrol.request(root, role, district, lan)))
    enrol.enrol(root, papers.write(folder / "bundle.json", bundle), settings)
    healthy = Machine(
        clock=lambda: now + 60,
        proc=fake_proc(folder, f"tmpfs {root}/run tmpfs rw 0 0\n"),
        sys=folder / "sys",
        dial=lambda _: "",
        free_share=lambda _: 0.5,
        core_limit_bytes=lambda: 0,
        program_time=lambda: now,
    )
    return Ill(root, healthy, authority)


def fake_proc(folder: Path, mounts: str = "", swaps: str = "") -> Path:
    proc = folder / "proc"
    proc.mkdir(exist_ok=True)
    (proc / "mounts").write_text(f"/dev/vda / ext4 rw 0 0\n{mounts}")
    (proc / "swaps").write_text(f"Filename Type Size Used Priority\n{swaps}")
    return proc


@pytest.fixture
def box(tmp_path: Path) -> Ill:
    ill = make(tmp_path, "district", "JNP", dict(BOX))
    for name, migrations in (("box.db", box_schema.BOX), ("keys.db", box_schema.KEYS)):
        databases.prepare(ill.root / name, migrations)
    return ill


@pytest.fixture
def relay(tmp_path: Path) -> Ill:
    ill = make(tmp_path, "relay", None, dict(RELAY))
    for name, migrations in (("relay.db", relay_schema.relay_db), ("vault.db", relay_schema.vault_db)):
        databases.prepare(ill.root / name, migrations)
    EpochStore.initialise(ill.root / "store")
    return ill


@pytest.mark.parametrize("role", ["relay", "box"])
def test_a_healthy_node_has_no_failure(role: str, request: pytest.FixtureRequest) -> None:
    ill: Ill = request.getfixturevalue(role)
    checks = ill.examine()
    assert {check.id: check.evidence for check in checks.values() if check.severity == doctor.FAIL} == {}
    assert doctor.is_healthy(checks.values())


def test_every_check_has_its_words_in_both_languages(relay: Ill, box: Ill) -> None:
    texts = json.loads(doctor.TEXTS.read_text(encoding="utf-8"))
    nowhere = doctor.examine(box.root / "nothing", box.machine)
    used = set(relay.examine()) | set(box.examine()) | {check.id for check in nowhere}
    assert used == set(texts)
    for text in texts.values():
        assert text["en"].isascii()
        assert any("\u0900" <= character <= "\u097f" for character in text["hi"])
        assert text["fix"]


def test_a_folder_that_is_no_node_says_so(tmp_path: Path, box: Ill) -> None:
    (check,) = doctor.examine(tmp_path / "nothing", box.machine)
    assert (check.id, check.severity) == ("enrolment", doctor.FAIL)
    assert check.fix.startswith("Enrol this node first")


def test_a_wrong_setting_is_named_without_its_value(relay: Ill) -> None:
    path = relay.root / "config.toml"
    path.write_text(path.read_text().replace('"store"', "424242"))
    check = relay.examine()["config"]
    assert check.severity == doctor.FAIL
    assert "epoch_store is wrong, wanted: text" in check.evidence
    assert "424242" not in check.evidence


def test_a_missing_setting_is_said_to_be_missing(box: Ill) -> None:
    path = box.root / "config.toml"
    path.write_text(path.read_text().replace('serial_prefix = "JNP"\n', ""))
    assert "serial_prefix is missing, wanted: text" in box.examine()["config"].evidence


def test_a_value_is_hidden_though_it_says_missing(box: Ill) -> None:
    path = box.root / "config.toml"
    path.write_text(path.read_text().replace('"127.0.0.1:1"', '"a is missing, b"'))
    assert box.examine()["config"].evidence.endswith("broker is wrong, wanted: host:port")


def test_a_misspelt_setting_is_named(box: Ill) -> None:
    box.change(digest_evry_s=3)
    assert "digest_evry_s" in box.examine()["config"].evidence


def test_a_role_nobody_has_is_refused(box: Ill) -> None:
    path = box.root / "config.toml"
    path.write_text(path.read_text().replace('"district"', '"boss"'))
    assert box.examine()["config"].severity == doctor.FAIL


def test_a_configuration_others_can_read_is_a_warning(box: Ill) -> None:
    (box.root / "config.toml").chmod(0o644)
    assert box.examine()["config"].severity == doctor.WARN


def test_an_armed_fault_point_fails(box: Ill) -> None:
    box.change(fault_point="vault-written")
    assert box.examine()["fault_point"].severity == doctor.FAIL


def test_a_box_that_lets_people_in_by_the_password_alone_is_a_warning(box: Ill) -> None:
    assert box.examine()["second_factor"].severity == doctor.OK
    box.change(second_factor=False)
    assert box.examine()["second_factor"].severity == doctor.WARN


def test_an_altered_directory_fails(box: Ill) -> None:
    path = box.root / "directory.json"
    path.write_bytes(path.read_bytes().replace(b"Jaunpur", b"Jaunpor", 1))
    assert "does not verify" in box.examine()["directory"].evidence


def test_a_revoked_node_learns_it_from_its_directory(box: Ill) -> None:
    box.authority.revoke(box.authority.nodes[0].id)
    enrol.update_directory(box.root, box.authority.directory_file)
    assert box.examine()["directory"].severity == doctor.FAIL


def test_a_signing_key_that_is_not_the_listed_one_fails(box: Ill) -> None:
    (box.root / "keys" / "signing.key").write_bytes(os.urandom(32))
    assert "another signing key" in box.examine()["directory"].evidence


def test_a_key_others_can_read_fails(box: Ill) -> None:
    (box.root / "keys" / "contact.key").chmod(0o640)
    assert box.examine()["keys"].evidence == "contact.key has mode 640, wanted 600"


def test_what_the_units_share_by_their_group_is_no_fault(box: Ill) -> None:
    (box.root / "config.toml").chmod(0o640)
    (box.root / "keys" / "field.key").chmod(0o640)
    found = box.examine()
    assert (found["config"].severity, found["keys"].severity) == (doctor.OK, doctor.OK)
    (box.root / "keys" / "field.key").chmod(0o644)
    assert box.examine()["keys"].evidence == "field.key has mode 644, wanted 600 or 640"


@pytest.mark.parametrize(
    ("days", "severity"), [(0, doctor.OK), (31, doctor.OK), (33, doctor.WARN), (-2, doctor.WARN)]
)
def test_a_change_of_keys_that_is_overdue_is_a_warning(box: Ill, days: int, severity: str) -> None:
    assert box.examine()["key_change"].evidence == "no pair of sealing keys is in use yet"
    keyring.KeyRing(box.root / "keys", box.machine.clock() - days * DAY_S)
    found = box.examine()["key_change"]
    assert (found.severity, found.evidence.startswith("the newest pair is")) == (severity, True)


def test_an_erased_contact_key_is_no_fault_where_a_later_pair_is(box: Ill) -> None:
    ring = keyring.KeyRing(box.root / "keys", box.machine.clock() - 40 * DAY_S)
    (box.root / "keys" / "contact.key").write_bytes(b"")
    assert box.examine()["keys"].evidence == "contact.key has 0 bytes, wanted 96"
    ring.renew(box.machine.clock(), DAY_S)
    found = box.examine()
    assert (found["keys"].severity, found["key_change"].severity) == (doctor.OK, doctor.OK)
    assert found["key_change"].evidence.endswith("1 older ones are kept")
    next((box.root / "keys" / "sealing").glob("*.body.key")).chmod(0o644)
    assert "wanted 600" in box.examine()["keys"].evidence


def test_missing_and_cut_keys_are_all_named(box: Ill) -> None:
    (box.root / "keys" / "body.key").unlink()
    (box.root / "keys" / "field.key").write_bytes(b"short")
    assert box.examine()["keys"].evidence == "body.key is not there; field.key has 5 bytes, wanted 32"


@pytest.mark.parametrize(("days", "severity"), [(0, doctor.OK), (380, doctor.WARN), (397, doctor.FAIL)])
def test_a_lan_certificate_warns_before_it_runs_out(box: Ill, days: int, severity: str) -> None:
    now = box.machine.clock()
    box.machine = replace(box.machine, clock=lambda: now + days * DAY_S)
    assert box.examine()["lan_certificate"].severity == severity


@pytest.mark.parametrize("content", [b"no certificate", b"\xff\xfe"])
def test_a_certificate_that_is_none_fails(box: Ill, content: bytes) -> None:
    (box.root / "tls" / "cert.pem").write_bytes(content)
    assert box.examine()["certificate"].evidence == "cert.pem is not a certificate"


def test_a_missing_certificate_fails(box: Ill) -> None:
    (box.root / "tls" / "lan.pem").unlink()
    assert box.examine()["lan_certificate"].severity == doctor.FAIL


def test_a_damaged_database_fails(box: Ill) -> None:
    path = box.root / "box.db"
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    assert box.examine()["database"].severity == doctor.FAIL


def test_a_database_of_a_newer_program_fails(box: Ill) -> None:
    conn = db.connect(box.root / "keys.db")
    conn.execute(
        "insert into _sqlite_migrations(migration_set, name, applied_at) values('keys', '999_new', '')"
    )
    conn.close()
    assert "does not know" in box.examine()["database"].evidence


def test_a_database_that_is_not_there_yet_is_a_warning(relay: Ill) -> None:
    (relay.root / "vault.db").unlink()
    assert relay.examine()["database"].evidence == "vault.db is not there yet"


def test_a_database_whose_pages_keep_the_order_of_writing_is_a_warning(
    relay: Ill, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relay.examine()["order"].severity == doctor.OK
    with closing(db.open_db(relay.root / "relay.db", relay_schema.relay_db)) as conn:
        monkeypatch.setattr(db, "ANEW_MOST_BYTES", 1)
        db.write_anew(conn, 7)
    check = relay.examine()["order"]
    assert (check.severity, check.evidence) == (doctor.WARN, "relay.db: 0 MiB, not written anew")


@pytest.mark.parametrize(
    ("age_s", "severity"), [(HOUR_S, doctor.OK), (5 * HOUR_S, doctor.WARN), (4 * DAY_S, doctor.FAIL)]
)
def test_messages_that_wait_too_long_are_told(box: Ill, age_s: int, severity: str) -> None:
    put(box, "due", box.machine.clock() - age_s)
    check = box.examine()["outbox"]
    assert check.severity == severity
    assert check.evidence.startswith("1 waiting")


def test_a_message_a_receiver_put_aside_is_a_warning(box: Ill) -> None:
    put(box, "quarantined", box.machine.clock())
    assert box.examine()["outbox"].severity == doctor.WARN


@pytest.mark.parametrize(
    "counter", ["refused.Unreadable", "quarantined_there", "quarantine_full", "unsendable", "id_used_twice"]
)
def test_what_was_refused_is_a_warning_with_its_number(box: Ill, counter: str) -> None:
    assert box.examine()["arrivals"].severity == doctor.OK
    count(box, counter, 7)
    check = box.examine()["arrivals"]
    assert (check.severity, check.evidence) == (doctor.WARN, f"0 in quarantine (0 KiB); {counter} 7")


def test_what_is_harmless_is_counted_without_a_warning(box: Ill) -> None:
    count(box, "duplicate", 3)
    count(box, "hello_issued", 1_800_000_000)
    check = box.examine()["arrivals"]
    assert (check.severity, check.evidence) == (doctor.OK, "0 in quarantine (0 KiB); duplicate 3")


def test_a_clock_that_was_set_back_is_a_warning(box: Ill) -> None:
    assert box.examine()["clock_set"].severity == doctor.OK
    conn = db.connect(box.root / "box.db")
    conn.execute("insert into finding values('clock', 'set back by 120 min', 0)")
    conn.close()
    check = box.examine()["clock_set"]
    assert (check.severity, check.evidence) == (doctor.WARN, "set back by 120 min")


def test_a_clock_by_which_nothing_is_erased_is_a_warning(box: Ill) -> None:
    conn = db.connect(box.root / "box.db")
    conn.execute("insert into finding values('erasing', 'went ahead', 0)")
    conn.close()
    check = box.examine()["clock_set"]
    assert (check.severity, check.evidence) == (doctor.WARN, "went ahead")


def test_the_quarantine_is_a_warning_with_its_size(relay: Ill) -> None:
    conn = db.connect(relay.root / "relay.db")
    conn.execute(
        "insert into quarantine(at, sender, reason, frame) values(0, 'n1', 'ValueError', zeroblob(8192))"
    )
    conn.close()
    check = relay.examine()["arrivals"]
    assert (check.severity, check.evidence) == (doctor.WARN, "1 in quarantine (8 KiB)")


def count(ill: Ill, name: str, value: int) -> None:
    conn = db.connect(ill.root / "box.db")
    conn.execute("insert into counter values(?, ?)", (name, value))
    conn.close()


def put(ill: Ill, state: str, created_at: float) -> None:
    conn = db.connect(ill.root / "box.db")
    conn.execute(
        "insert into outbox(message_id, recipient, purpose, lane, content, created_at, due_at, state)"
        " values('m', 'n1', 'reply', 1, x'63616e617279', ?, 0, ?)",
        (int(created_at), state),
    )
    conn.close()


@pytest.mark.parametrize(("age_s", "severity"), [(60, doctor.OK), (2 * HOUR_S, doctor.WARN)])
def test_a_silent_node_is_named(box: Ill, age_s: int, severity: str) -> None:
    conn = db.connect(box.root / "box.db")
    conn.execute(
        "insert into peer(node, run, epoch, message_key, issued_at, directory_version, log_size, log_head,"
        " last_contact_at) values('nrelay', 'r', 'e', x'', 0, 1, 0, x'', ?)",
        (int(box.machine.clock()) - age_s,),
    )
    conn.close()
    check = box.examine()["peers"]
    assert check.severity == severity
    assert ("nrelay" in check.evidence) == (severity == doctor.WARN)


@pytest.mark.parametrize(("free", "severity"), [(0.5, doctor.OK), (0.19, doctor.WARN), (0.09, doctor.FAIL)])
def test_a_filling_disk_is_told(box: Ill, free: float, severity: str) -> None:
    box.machine = replace(box.machine, free_share=lambda _: free)
    assert box.examine()["disk"].severity == severity


def test_a_clock_before_the_files_of_the_node_fails(box: Ill) -> None:
    now = box.machine.clock()
    box.machine = replace(box.machine, clock=lambda: now - 7200)
    assert box.examine()["clock"].severity == doctor.FAIL


def test_a_clock_before_the_program_was_built_fails(box: Ill) -> None:
    built = box.machine.clock() + 7200
    box.machine = replace(box.machine, program_time=lambda: built)
    assert box.examine()["clock"].severity == doctor.FAIL


def test_a_broker_out_of_reach_fails(box: Ill) -> None:
    box.machine = replace(box.machine, dial=machine.dial)
    assert "refused" in box.examine()["broker"].evidence


def test_a_broker_without_tls_is_a_warning(box: Ill) -> None:
    box.change(broker_tls=False)
    dialled: list[Line] = []

    def dial(line: Line) -> str:
        dialled.append(line)
        return ""

    box.machine = replace(box.machine, dial=dial)
    assert box.examine()["broker"].severity == doctor.WARN
    assert dialled == [Line("127.0.0.1", 1, None)]


@pytest.mark.broker
def test_a_real_broker_is_reached_until_it_revokes_us(mosquitto: RunningBroker) -> None:
    node = mosquitto.nodes[1]
    line = Line(*mosquitto.address, mosquitto.roots[node] / "tls")
    assert machine.dial(line) == ""
    mosquitto.revoke(node)
    assert machine.dial(line) != ""


def test_plain_keys_on_an_open_disk_are_a_warning(box: Ill) -> None:
    assert box.examine()["at_rest"].severity == doctor.WARN


@pytest.mark.parametrize("through_lvm", [False, True])
def test_an_encrypted_volume_is_recognised(box: Ill, through_lvm: bool) -> None:
    device = box.root.stat().st_dev
    place = box.machine.sys / "dev" / "block" / f"{os.major(device)}:{os.minor(device)}"
    crypt = place / "slaves" / "dm-0" if through_lvm else place
    for folder, uuid in ((place, "LVM-abc"), (crypt, "CRYPT-LUKS2-abc")):
        (folder / "dm").mkdir(parents=True, exist_ok=True)
        (folder / "dm" / "uuid").write_text(uuid)
    check = box.examine()["at_rest"]
    assert check.severity == doctor.OK
    assert "switched off" in check.evidence


def test_keys_of_the_day_on_a_disk_are_a_warning(relay: Ill, tmp_path: Path) -> None:
    assert relay.examine()["runtime_dir"].severity == doctor.OK
    fake_proc(tmp_path)
    assert relay.examine()["runtime_dir"].severity == doctor.WARN


def test_words_of_reports_on_a_plain_disk_are_a_warning(box: Ill, tmp_path: Path) -> None:
    check = box.examine()["search_folder"]
    assert check.severity == doctor.WARN
    assert str(box.root) in check.evidence
    fake_proc(tmp_path, f"tmpfs {box.root} tmpfs rw 0 0\n")
    assert box.examine()["search_folder"].severity == doctor.OK


def test_an_epoch_store_on_the_vaults_disk_is_told_loudly(relay: Ill) -> None:
    check = relay.examine()["epoch_store"]
    assert check.severity == doctor.WARN
    assert "SAME DEVICE" in check.evidence


def test_an_epoch_store_on_another_device_is_well(relay: Ill) -> None:
    device = relay.root.stat().st_dev
    other = next(path for path in ("/dev/shm", "/tmp", "/var/tmp") if Path(path).stat().st_dev != device)
    with tempfile.TemporaryDirectory(dir=other) as store:
        EpochStore.initialise(Path(store))
        path = relay.root / "config.toml"
        path.write_text(path.read_text().replace('"store"', f'"{store}"'))
        assert relay.examine()["epoch_store"].severity == doctor.OK


@pytest.mark.parametrize("is_mounted", [True, False])
def test_a_store_that_was_never_begun_or_is_not_mounted_fails(relay: Ill, is_mounted: bool) -> None:
    (relay.root / "store" / MARKER).unlink()
    if not is_mounted:
        (relay.root / "store").rmdir()
    check = relay.examine()["epoch_store"]
    assert check.severity == doctor.FAIL
    assert f"satark relay init-epochs --root {relay.root}" in check.evidence


def test_swap_is_a_warning(box: Ill, tmp_path: Path) -> None:
    fake_proc(tmp_path, swaps="/dev/vdb partition 1024 0 -2\n")
    assert box.examine()["swap"].severity == doctor.WARN


@pytest.mark.parametrize(("limit", "severity"), [(0, doctor.OK), (-1, doctor.WARN), (4096, doctor.WARN)])
def test_core_dumps_are_a_warning(box: Ill, limit: int, severity: str) -> None:
    box.machine = replace(box.machine, core_limit_bytes=lambda: limit)
    assert box.examine()["core_dumps"].severity == severity


def test_a_range_node_has_a_database_more() -> None:
    assert set(stores.schemas("range")) - set(stores.schemas("district")) == {"range.db"}


def test_no_secret_is_printed_however_ill_the_node(relay: Ill) -> None:
    (relay.root / "keys" / "signing.key").write_bytes(b"canary-signing-5e1f".ljust(32))
    relay.change(misspelt="canary-misspelt-5e1f")
    conn = db.connect(relay.root / "relay.db")
    conn.execute(
        "insert into outbox(message_id, recipient, purpose, lane, content, created_at, due_at)"
        " values('canary-message-5e1f', 'n1', 'report', 0, cast('canary-content-5e1f' as blob), 0, 0)"
    )
    conn.close()
    checks = doctor.examine(relay.root, relay.machine)
    printed = doctor.to_json(checks) + "\n".join(doctor.lines(checks))
    assert not doctor.is_healthy(checks)
    assert "canary" not in printed
    assert enrol.own_verify_key(relay.root).hex() not in printed


def test_a_secret_in_broken_toml_is_not_printed(relay: Ill) -> None:
    path = relay.root / "config.toml"
    path.write_text(path.read_text() + 'canary-5e1f = "canary-5e1f\n')
    assert "canary" not in doctor.to_json(doctor.examine(relay.root, relay.machine))


def test_json_is_a_list_of_checks(box: Ill) -> None:
    checks = doctor.examine(box.root, box.machine)
    read = json.loads(doctor.to_json(checks))
    assert [check["id"] for check in read] == [check.id for check in checks]
    assert set(read[0]) == {"id", "severity", "evidence", "meaning", "fix"}
    assert set(read[0]["meaning"]) == {"hi", "en"}


def test_the_real_machine_answers(tmp_path: Path) -> None:
    real = Machine(time.time)
    assert 0 < real.free_share(tmp_path) <= 1
    assert real.file_system(Path("/proc")) == "proc"
    assert real.program_time() < real.clock()
    assert isinstance(real.has_swap(), bool)
    assert isinstance(real.is_encrypted(tmp_path), bool)
    assert real.core_limit_bytes() >= -1
