"""Weakenings on which police who ask their informants must learn something (``tests/adversaries/asking.py``)."""

from tests.weakened.model import Edit, Weakening

ASKED: tuple[Weakening, ...] = (
    Weakening(
        "box-hears-delivered",
        "the box is told of answers that went, and of no others",
        (
            Edit(
                "relay/downlink/settling.py",
                "where state in ('spent', 'expired') and settled=0",
                "where state='spent' and settled=0",
            ),
        ),
    ),
    Weakening(
        "answers-take-free-words",
        "a parameter of an answer may be any words",
        (Edit("sync/catalogue/model.py", "p.code: _label(p, code)[language] for", "p.code: code for"),),
    ),
    Weakening(
        "answers-without-measure",
        "as many answers as police like, several a day",
        (
            Edit("relay/downlink/commands.py", "BUDGET = 10\n", "BUDGET = 1000\n"),
            Edit("relay/downlink/sending.py", "if self._pace.one_a_day and ", "if False and "),
        ),
    ),
    Weakening(
        "line-hears-of-chats",
        "a status that is asked for becomes known to the box",
        (
            Edit(
                "relay/receipts.py",
                '    return None if row is None else str(row["state"])\n\n\ndef target',
                "    if row is not None:\n"
                "        from sync import outbox\n"
                "        from sync.messages import Settled, encode\n"
                '        for (node,) in conn.execute("select node from receipt where tag=?", (code_tag,)).fetchall():\n'
                '            name = str(conn.execute("select lower(hex(randomblob(16)))").fetchone()[0])\n'
                "            told = encode(Settled(1, ()))\n"
                '            outbox.put(conn, outbox.Parcel(name, node, "settled", 1, told, 0))\n'
                '    return None if row is None else str(row["state"])\n\n\ndef target',
            ),
        ),
    ),
    Weakening(
        "greetings-are-kept",
        "whatever a poster's link puts into the first message becomes part of the report",
        (
            Edit(
                "relay/dialogue/flow.py",
                '    if not worth_keeping(without_links(turn.heard.text), "language", turn.book)'
                " or keyword(turn.heard.text):\n",
                "    if not turn.heard.text:\n",
            ),
        ),
    ),
    Weakening(
        "sender-is-believed",
        "the webhook takes what nobody signed and bodies of any size, receipts may be tried and reports sent without"
        " end, messages are taken first come first served, files are cleaned with all the memory there is",
        (
            Edit(
                "relay/webhook.py",
                'return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))',
                "return bool(expected)",
            ),
            Edit(
                "relay/allowance.py",
                "return is_open and mine < self.limits.wrong_receipts_per_hour",
                "return True",
            ),
            Edit(
                "relay/webhook.py",
                "LARGEST_BODY_BYTES = 3 * 1024 * 1024",
                "LARGEST_BODY_BYTES = 300 * 1024 * 1024",
            ),
            Edit("relay/intake/turns.py", "        if sender is None:\n", "        if True:\n"),
            Edit(
                "relay/allowance.py",
                "over = person.reports - self.limits.reports_per_day",
                "over = 0",
            ),
            Edit("sync/metadata/confine.py", "MEMORY_BYTES = 512 * 1024", "MEMORY_BYTES = 16 * 512 * 1024"),
        ),
    ),
)
