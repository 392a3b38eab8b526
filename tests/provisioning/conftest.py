"""Brokers for the tests of this folder."""

from tests.brokers import broker as broker
from tests.brokers import clients as clients
from tests.brokers import mosquitto as mosquitto
