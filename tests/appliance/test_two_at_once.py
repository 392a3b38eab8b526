"""Two people decide on the same page at the same moment."""

import threading
from pathlib import Path

from appliance import cases
from appliance.desk import Actor, Desk
from appliance.errors import Conflict
from tests.appliance.office import Watch, body, open_office, receive


def test_of_two_with_the_same_version_one_wins(tmp_path: Path) -> None:
    serial = receive(open_office(tmp_path, Watch()), body(1))
    people = [Actor(name, name, "screener") for name in ("asha", "bina", "chand", "dev")]
    together, results = threading.Barrier(len(people)), list[str]()

    def act(actor: Actor, desk: Desk) -> None:
        together.wait(timeout=30)
        try:
            cases.screen(desk, serial, actor, 1)
            results.append("done")
        except Conflict as error:
            results.append(error.act)
        finally:
            desk.conn.close()

    desks = [open_office(tmp_path, Watch()) for _ in people]
    threads = [threading.Thread(target=act, args=pair) for pair in zip(people, desks, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(results) == ["done", "screen", "screen", "screen"]
