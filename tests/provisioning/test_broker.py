"""Who may say and hear what at the broker: the same promises of Mosquitto with mutual TLS and of amqtt."""

import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning import broker as brokers
from provisioning.authority import certificates
from provisioning.authority.certificates import CertificateAuthority
from sync import link, topics
from sync.errors import Unavailable
from tests.brokers import Client, Clients, RunningBroker, tls_context
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


def inbox_of(client: Client, node: str) -> list[bytes]:
    return [payload for topic, payload in client.received if topic.startswith(f"{topics.ROOT}/{node}/")]


def test_a_node_hears_what_is_written_for_it(broker: RunningBroker, clients: Clients) -> None:
    relay, box, _ = broker.nodes
    hearing, writing = clients.open(box), clients.open(relay)
    assert hearing.is_let_in()
    assert writing.is_let_in()
    hearing.subscribe(topics.inbox(box))
    writing.publish(topics.topic(box, relay), b"hello")
    wait_until(lambda: hearing.received == [(topics.topic(box, relay), b"hello")])


@pytest.mark.parametrize("greedy", ["others", "#", "satark/#", "satark/1/+/+", "+/+/+/+", "$SYS/#"])
def test_a_node_cannot_hear_others(broker: RunningBroker, clients: Clients, greedy: str) -> None:
    relay, box, spy_name = broker.nodes
    writing, hearing, spy = clients.open(relay), clients.open(box), clients.open(spy_name)
    assert all(client.is_let_in() for client in (writing, hearing, spy))
    hearing.subscribe(topics.inbox(box))
    spy.subscribe(topics.inbox(box) if greedy == "others" else greedy)
    spy.subscribe(topics.inbox(spy_name))
    writing.publish(topics.topic(box, relay), b"not for the spy")
    writing.publish(topics.topic(spy_name, relay), b"for the spy")
    wait_until(lambda: inbox_of(hearing, box) == [b"not for the spy"])
    wait_until(lambda: inbox_of(spy, spy_name))
    assert {topic for topic, _ in spy.received} == {topics.topic(spy_name, relay)}


@pytest.mark.parametrize(
    "forged",
    [
        "satark/1/{box}/{relay}",
        "satark/1/{box}/{spy}/more",
        "satark/1/{box}",
        "satark/2/{box}/{spy}",
        "{box}/{spy}",
    ],
)
def test_a_node_cannot_write_under_another_name(broker: RunningBroker, clients: Clients, forged: str) -> None:
    relay, box, spy_name = broker.nodes
    hearing, spy = clients.open(box), clients.open(spy_name)
    assert hearing.is_let_in()
    assert spy.is_let_in()
    hearing.subscribe(topics.inbox(box))
    spy.publish(forged.format(box=box, relay=relay, spy=spy_name), b"forged")
    spy.publish(topics.topic(box, spy_name), b"under its own name")
    wait_until(lambda: hearing.received)
    assert hearing.received == [(topics.topic(box, spy_name), b"under its own name")]


def test_a_node_cannot_take_anothers_session(broker: RunningBroker, clients: Clients) -> None:
    relay, box, spy_name = broker.nodes
    away = clients.open(box)
    assert away.is_let_in()
    away.subscribe(topics.inbox(box))
    away.close()
    writing = clients.open(relay)
    assert writing.is_let_in()
    writing.publish(topics.topic(box, relay), b"waits for the box")
    thief = clients.open(spy_name, name=box)
    if thief.is_let_in():
        thief.subscribe(topics.inbox(spy_name))
        writing.publish(topics.topic(spy_name, relay), b"for the thief")
        wait_until(lambda: inbox_of(thief, spy_name))
    assert inbox_of(thief, box) == []
    if broker.kind == "mosquitto":
        # amqtt keeps the thief out too, but may lose the queue he asked for; then the sender's own timer repeats it.
        back = clients.open(box)
        wait_until(lambda: inbox_of(back, box) == [b"waits for the box"])


def test_messages_wait_for_a_node_that_is_away(broker: RunningBroker, clients: Clients) -> None:
    relay, box, _ = broker.nodes
    away = clients.open(box)
    assert away.is_let_in()
    away.subscribe(topics.inbox(box))
    away.close()
    writing = clients.open(relay)
    assert writing.is_let_in()
    for number in range(50):
        writing.publish(topics.topic(box, relay), b"%d" % number)
    back = clients.open(box)
    wait_until(lambda: len(back.received) == 50)


def test_a_revoked_node_is_out_after_the_restart(broker: RunningBroker, clients: Clients) -> None:
    relay, box, spy_name = broker.nodes
    assert clients.open(spy_name).is_let_in()
    broker.revoke(spy_name)
    assert not clients.open(spy_name).is_let_in()
    assert clients.open(box).is_let_in()
    assert clients.open(relay).is_let_in()


def test_a_broker_comes_back_on_its_port_after_a_kill(broker: RunningBroker, clients: Clients) -> None:
    broker.process.kill()
    assert broker.process.start() == broker.address
    assert clients.open(broker.nodes[0]).is_let_in()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_is_refused(tmp_path: Path, password: str) -> None:
    process = brokers.AmqttBroker(tmp_path, {"n1": "right"})
    address = process.start()
    line = brokers_line(address, password)
    client = Client(line, "n1")
    try:
        assert not client.is_let_in()
    finally:
        client.close()
        process.stop()


def brokers_line(address: tuple[str, int], password: str) -> link.Broker:
    return link.Broker(*address, user="n1", password=password)


@pytest.mark.broker
def test_no_certificate_is_refused(mosquitto: RunningBroker, clients: Clients) -> None:
    node = mosquitto.nodes[0]
    line = replace(mosquitto.line_of(node), certificate=None, key=None)
    assert not clients.open(node, line=line).is_let_in()


@pytest.mark.broker
def test_a_certificate_of_another_ca_is_refused(
    mosquitto: RunningBroker, clients: Clients, tmp_path: Path
) -> None:
    node, honest = mosquitto.nodes[0], mosquitto.line_of(mosquitto.nodes[0])
    assert honest.key
    forged = CertificateAuthority.create("Satark Mitra broker CA", 1.8e9).client(
        certificates.signing_request(honest.key.read_bytes(), "node"), node, 1.8e9
    )
    (tmp_path / "forged.pem").write_text(forged)
    line = replace(honest, certificate=tmp_path / "forged.pem")
    assert not clients.open(node, line=line).is_let_in()


@pytest.mark.broker
def test_a_lan_certificate_does_not_open_the_broker(mosquitto: RunningBroker, clients: Clients) -> None:
    box = mosquitto.nodes[1]
    tls = mosquitto.roots[box] / "tls"
    line = replace(mosquitto.line_of(box), certificate=tls / "lan.pem", key=tls / "lan.key")
    assert not clients.open(box, line=line).is_let_in()


@pytest.mark.broker
def test_a_node_cannot_pose_as_the_broker(mosquitto: RunningBroker) -> None:
    tls = mosquitto.roots[mosquitto.nodes[1]] / "tls"
    for name, file in (("server.pem", "cert.pem"), ("server.key", "key.pem")):
        (mosquitto.folder / name).write_bytes((tls / file).read_bytes())
    mosquitto.restart()
    context = tls_context(mosquitto.line_of(mosquitto.nodes[0]))
    with (
        socket.create_connection(mosquitto.address, timeout=10) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match="purpose"),
    ):
        context.wrap_socket(plain, server_hostname="127.0.0.1")


@pytest.mark.broker
def test_system_topics_are_heard_when_the_access_list_allows_them(
    mosquitto: RunningBroker, clients: Clients
) -> None:
    """The control of the test above that finds none."""
    node = mosquitto.nodes[0]
    open_list = f"user {node}\ntopic read $SYS/#\n"
    brokers.refresh(mosquitto.folder, mosquitto.authority.revocations(), open_list)
    mosquitto.restart()
    client = clients.open(node)
    assert client.is_let_in()
    client.subscribe("$SYS/#")
    wait_until(lambda: client.received)


@pytest.mark.broker
def test_a_broken_configuration_is_told(mosquitto: RunningBroker) -> None:
    mosquitto.process.stop()
    (mosquitto.folder / "server.pem").write_text("no certificate")
    with pytest.raises(Unavailable, match="does not listen"):
        mosquitto.process.start()
