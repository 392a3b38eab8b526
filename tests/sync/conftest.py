"""Brokers for these tests."""

from tests.brokers import broker as broker
from tests.brokers import mosquitto as mosquitto
