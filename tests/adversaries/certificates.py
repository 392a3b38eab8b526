"""A node's certificate tried on every topic of every other node, and people at the door without one."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import product

import pytest

from provisioning import broker as brokers
from provisioning.authority import certificates
from provisioning.authority.certificates import CertificateAuthority
from provisioning.demo.fleet import HOST
from sync import link, topics
from tests.adversaries.ground import City, Ground
from tests.adversaries.verdict import Verdict
from tests.brokers import Client
from tests.waiting import wait_until

GREEDY = ("#", "+/#", "satark/#", "satark/1/#", "satark/1/+/+", "+/+/+/+", "$SYS/#", "$SYS/broker/clients/+")
SHARED = "$share/together/satark/1/+/+"
ALLOW_ALL = "user {0}\ntopic readwrite #\ntopic read $SYS/#\n"
OUTSIDERS = ("no certificate", "another CA's certificate", "the LAN certificate", "a revoked certificate")


def play(ground: Ground) -> Sequence[Verdict]:
    """A broker with five nodes' certificates and no node behind them; then the same with an open access list."""
    with ground.city(processes=()) as city:
        learned, tried = _matrix(city, "first")
        _install(city, "".join(ALLOW_ALL.format(node) for node in sorted(_nodes(city))))
        open_to, _ = _matrix(city, "second")
        _install(city, city.world.fleet.authority.access_list())
        outside, before, open_door = _outsiders(city, ground)
    spies = {one.split(" ")[0] for one in open_to}
    return [
        Verdict(
            "another node",
            "each of the five nodes' certificates and keys in turn",
            tried,
            tuple(learned[:6]),
            f"access list that allows all: {len(open_to)} messages reached {len(spies)} spies, $SYS too",
            len(spies) == len(_nodes(city)) and any("$SYS" in one for one in open_to),
        ),
        Verdict(
            "somebody at the broker's door",
            "; ".join(OUTSIDERS),
            "to connect to the broker with each of them, under a node's name",
            tuple(f"let in with {how}" for how in outside),
            f"broker that asks for no certificate: {len(open_door)} of {len(OUTSIDERS)} let in; the revoked one "
            f"before it was: {'let in' if before else 'kept out'}",
            before and len(open_door) == len(OUTSIDERS),
        ),
    ]


def _matrix(city: City, turn: str) -> tuple[list[str], str]:
    """Everybody subscribes to everything and publishes everywhere under every name; what reached whom wrongly."""
    nodes = sorted(_nodes(city))
    with _clients(city) as clients:
        subscribed = sum(_subscribe(clients[node], node, nodes) for node in nodes)
        published = sum(_publish(clients[node], node, nodes, turn) for node in nodes)
        for sender, receiver in product(
            nodes, nodes
        ):  # comes last, so that all before it has come when it is here
            clients[sender].publish(topics.topic(receiver, sender), f"{turn} last {sender}".encode())
        for node in nodes:
            wait_until(lambda: len(_last(clients[node], turn)) == len(nodes), what="everybody's last word")  # noqa: B023 - called at once
        heard = [(node, *one) for node in nodes for one in clients[node].received]
    learned = [
        f"{node} heard {topic}" for node, topic, payload in heard if not _rightly(node, topic, payload)
    ]
    tried = f"{subscribed} subscriptions (others' inboxes, {', '.join((*GREEDY, SHARED))}) and {published} messages, "
    return list(dict.fromkeys(learned)), tried + "each to each topic under each name"


def _subscribe(client: Client, node: str, nodes: Sequence[str]) -> int:
    wanted = [topics.inbox(node), *GREEDY, SHARED, *(topics.inbox(other) for other in nodes if other != node)]
    wanted += [topics.topic(to, sender) for to, sender in product(nodes, nodes) if node != to]
    for topic in wanted:
        client.subscribe(topic)
    return len(wanted)


def _publish(client: Client, node: str, nodes: Sequence[str], turn: str) -> int:
    """To each node under each name, and to topics that are no node's; the payload says who really wrote."""
    wanted = [topics.topic(to, sender) for to, sender in product(nodes, nodes)]
    wanted += [
        f"satark/1/{nodes[0]}",
        f"{topics.topic(nodes[0], node)}/more",
        "satark/2/all/all",
        "$SYS/broker/load",
    ]
    for topic in wanted:
        client.publish(topic, f"{turn} said {node}".encode())
    return len(wanted)


def _last(client: Client, turn: str) -> set[bytes]:
    return {payload for _, payload in list(client.received) if payload.startswith(f"{turn} last ".encode())}


def _rightly(node: str, topic: str, payload: bytes) -> bool:
    """Whether it was for this node and came under the writer's own name."""
    return topic == topics.topic(node, payload.decode(errors="replace").rpartition(" ")[2])


WEAK_DOOR = (
    ("require_certificate true", "require_certificate false"),
    ("use_identity_as_username true", "use_identity_as_username false"),
    ("use_username_as_clientid true", "use_username_as_clientid false"),
    ("allow_anonymous false", "allow_anonymous true"),
    ("crlfile {folder}/crl.pem", ""),
)


def _outsiders(city: City, ground: Ground) -> tuple[list[str], bool, list[str]]:
    """Ways by which somebody was let in, whether the node was before it was revoked, ways past an open door."""
    before, ways = _ways_in(city, ground)
    _install(city, city.world.fleet.authority.access_list())
    outside = [name for name, way in ways.items() if _let_in(way, city.node("ghazipur"))]
    with pytest.MonkeyPatch.context() as patch:
        for strong, weak in WEAK_DOOR:
            assert strong in brokers.MOSQUITTO
            patch.setattr(brokers, "MOSQUITTO", brokers.MOSQUITTO.replace(strong, weak))
        _install(city, "topic readwrite #\n")
        return outside, before, [name for name, way in ways.items() if _let_in(way, city.node("ghazipur"))]


def _ways_in(city: City, ground: Ground) -> tuple[bool, dict[str, link.Broker]]:
    """Whether a node is let in before it is revoked; papers by the names of OUTSIDERS."""
    node, line = city.node("ghazipur"), _line(city, "ghazipur")
    assert line.key
    stranger = CertificateAuthority.create("Satark Mitra broker CA", time.time())
    request = certificates.signing_request(line.key.read_bytes(), node)
    forged = ground.folder / "forged.pem"
    forged.write_text(stranger.client(request, node, time.time()))
    tls = city.root("ghazipur") / "tls"
    before = _let_in(line, node)
    city.world.fleet.authority.revoke(node)
    ways = (
        replace(_line(city, "jaunpur"), certificate=None, key=None),
        replace(_line(city, "jaunpur"), certificate=forged, key=line.key),
        replace(_line(city, "jaunpur"), certificate=tls / "lan.pem", key=tls / "lan.key"),
        line,
    )
    return before, dict(zip(OUTSIDERS, ways, strict=True))


def _let_in(line: link.Broker, name: str) -> bool:
    client = Client(line, name)
    try:
        return client.is_let_in()
    finally:
        client.close()


def _install(city: City, access_list: str) -> None:
    """Restarts the broker with this access list and today's revocations."""
    assert city.world.broker is not None
    brokers.refresh(city.state / "broker", city.world.fleet.authority.revocations(), access_list)
    city.world.broker.stop()
    city.world.broker.start()


@contextmanager
def _clients(city: City) -> Iterator[dict[str, Client]]:
    """A client with each node's certificate."""
    with ExitStack() as stack:
        made = {}
        for seat, node in city.world.fleet.ids.items():
            made[node] = Client(_line(city, seat), node)
            stack.callback(made[node].close)
            assert made[node].is_let_in()
        yield made


def _line(city: City, seat: str) -> link.Broker:
    """The broker itself, not the tap, with a node's papers."""
    tls = city.root(seat) / "tls"
    return link.Broker(HOST, city.world.fleet.line.port, tls / "ca.pem", tls / "cert.pem", tls / "key.pem")


def _nodes(city: City) -> Sequence[str]:
    return list(city.world.fleet.ids.values())
