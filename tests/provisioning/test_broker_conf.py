"""The broker's settings in production are those that the tests run, but for the places of files."""

from pathlib import Path

from click.testing import CliRunner

from provisioning import broker
from provisioning.cli import main
from sync import frames

SHIPPED = Path(__file__).parents[2] / "systemd/mosquitto"
OF_PLACES = {"listener", "cafile", "certfile", "keyfile", "crlfile", "acl_file", "persistence_location"}


def settings(conf: str) -> dict[str, str]:
    lines = [line for line in conf.splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition(" ") for line in lines)}


def shipped() -> str:
    return (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8")


def test_the_shipped_file_is_the_generated_one() -> None:
    assert shipped() == broker.production_conf(), "run: satark authority broker-conf"


def test_the_command_in_its_head_makes_the_file() -> None:
    command = shipped().splitlines()[0].split("`")[1].removeprefix("satark ")
    assert CliRunner().invoke(main, command.split()).output == shipped()


def test_production_differs_from_the_tested_settings_in_places_only(tmp_path: Path) -> None:
    tested, production = settings(broker.mosquitto_conf(tmp_path, "127.0.0.1", 1)), settings(shipped())
    assert tested.keys() == production.keys()
    assert {name for name in tested if tested[name] != production[name]} == OF_PLACES


def test_no_node_can_take_anothers_session_in_production() -> None:
    wanted = {"use_identity_as_username": "true", "use_username_as_clientid": "true"}
    assert wanted.items() <= settings(shipped()).items()


def test_the_largest_frame_fits_one_packet() -> None:
    assert int(settings(shipped())["max_packet_size"]) > frames.FRAME_MAX_BYTES + 1024


def test_the_broker_finds_what_authority_broker_writes() -> None:
    named = {Path(value).name for value in settings(shipped()).values() if value.startswith("/etc/")}
    assert named == {"ca.pem", "server.pem", "server.key", "crl.pem", "acl"}


def test_the_unit_reads_this_file_and_may_write_where_it_says() -> None:
    unit = (SHIPPED / "mosquitto.service.d/10-satark.conf").read_text(encoding="utf-8")
    assert f"-c {broker.PRODUCTION_FOLDER}/mosquitto.conf" in unit
    assert (
        f"/var/lib/{unit.split('StateDirectory=')[1].split()[0]}/"
        == settings(shipped())["persistence_location"]
    )
