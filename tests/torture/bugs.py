"""Bugs to plant, each with the guarantee that it breaks and the test that must fail with it: the proof that these tests can fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CHASSIS: Final = "services/chassis"
ONCE: Final = "tests/integration/test_keeping_every_fact_once.py::test_"
ASIDE: Final = "tests/integration/test_setting_a_case_aside.py::test_"
REBUILD: Final = "tests/integration/test_rebuilding_beside_the_live.py::test_"
TAMPERED: Final = "tests/integration/test_finding_what_was_tampered_with.py::test_"
ANY_WAY: Final = "tests/integration/test_delivering_in_any_way.py::test_it_always_drains_to_the_same"
TICKER: Final = "tests/integration/deadlines/test_noticing_what_nobody_did.py::test_"
REMINDING: Final = "tests/integration/deadlines/test_reminding.py::test_"
TELLING: Final = "tests/integration/telling/test_telling_government.py::test_"
CARRYING: Final = "tests/integration/telling/test_carrying_the_feed_through_a_crash.py::test_"
INTAKE: Final = "tests/integration/intake/test_seeing_only_what_is_yours.py::test_"
LINKING: Final = "tests/unit/chassis/test_linking_events.py::test_"
SYSTEM: Final = "tests/system/test_"

Edit = tuple[str, str, str]
"""File, the text that stands in it once, the text in its place."""


@dataclass(frozen=True, kw_only=True)
class Bug:
    """One bug: its name, the guarantee of ARCHITECTURE.md that it breaks, the edits that make it, the test that finds it."""

    name: str
    breaks: str
    edits: Sequence[Edit]
    test: str


def bug(name: str, breaks: str, test: str, *edits: Edit) -> Bug:
    """A row of the table below."""
    return Bug(name=name, breaks=breaks, edits=edits, test=test)


def chassis(file: str, old: str, new: str) -> Edit:
    """An edit of the mechanism."""
    return f"{CHASSIS}/{file}.py", old, new


ACCEPTED: Final = "accepted once is in history once"
CONSERVED: Final = "nothing lost, doubled, invented or out of order"
FOLDED: Final = "a read model equals a fresh fold"
FORKED: Final = "a fork or another topic is noticed, never skipped"
JUDGED: Final = "each clock one verdict at a time"
TOLD: Final = "Government gets each event at least once, in order, never from import"
SECRET: Final = "no council sees another's case; no personal value leaves in clear"
PROVEN: Final = "tampering is found; erasure leaves chain and counts intact"

BUGS: Final[Sequence[Bug]] = (
    bug(
        "answered before the commit", ACCEPTED, ONCE + "ping_is_killed[append.before_commit-1]",
        chassis("appender", """                async with self._pool.acquire() as connection, connection.transaction():
                    outcomes = await self._store.append(connection, asks)
                    failpoint("append.before_commit")
                    committing = True  # leaving the block commits: a fault from here on leaves the outcome unknown
""", """                connection = await self._pool.acquire()
                transaction = connection.transaction()
                await transaction.start()
                outcomes = await self._store.append(connection, asks)
                async def later() -> None:
                    await asyncio.sleep(0.05)
                    failpoint("append.before_commit")
                    await transaction.commit()
                    await self._pool.release(connection)
                self._later = asyncio.create_task(later())
"""),
    ),
    bug(
        "the key kept after the commit", ACCEPTED, ONCE + "ping_is_killed[append.after_commit-1]",
        chassis(
            "store", "*columns([(ask.once, outcome.answer) for ask, outcome in done if ask.once and outcome.answer])",
            '*columns(setattr(self, "kept", [(ask.once, outcome.answer) for ask, outcome in done if ask.once and outcome.answer]) or [])',
        ),
        chassis("appender", '            failpoint("append.after_commit")\n', """            failpoint("append.after_commit")
            from services.chassis.idempotency import keep
            async with self._pool.acquire() as connection:
                await keep(connection, self._store.kept)
"""),
    ),
    bug(
        "the key not looked up", ACCEPTED, ONCE + "ping_is_killed[relay.before_send-1]",
        chassis("store", 'kept = recalled([row for row in rows if row["subject"] is None], keys)', "kept = {}"),
    ),
    bug(
        "the case's key later than its event", ACCEPTED, ONCE + "ping_is_killed[append.after_commit-1]",
        chassis("keys", """            rows = await self._pool.fetch(_INSERT, list(made), [self._wrap(subject, key) for subject, key in made.items()])
""", """            import asyncio
            wrapped = [self._wrap(subject, key) for subject, key in made.items()]
            asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(self._pool.fetch(_INSERT, list(made), wrapped)))
            rows = [(subject,) for subject in made]
"""),
    ),
    bug(
        "relayed by id > last seen", CONSERVED, ONCE + "what_was_committed_late_is_carried_too",
        chassis("relay", "from outbox order by id limit $1)", "from outbox where id > $2 order by id limit $1)"),
        chassis("relay", "connection.fetch(_NEXT, CHUNK)", 'connection.fetch(_NEXT, CHUNK, getattr(self, "last", 0))'),
        chassis("relay", '        failpoint("relay.after_delete")\n', "        self.last = rows[-1][0]\n"),
    ),
    bug(
        "deleted before it is sent", CONSERVED, ONCE + "ping_fails_and_goes_on_by_itself[relay.before_send]",
        chassis("relay", '        failpoint("relay.before_send")\n', """        await connection.execute(_SENT, [row[0] for row in rows])
        failpoint("relay.before_send")
"""),
    ),
    bug(
        "the bookmark committed before the effect", CONSERVED, ONCE + "pong_is_killed[consumer.before_commit]",
        chassis("partition", "if bookmarks.get(n) != records[0].offset}", "if n not in bookmarks}"),
        chassis("consumer", "        async with self._pool.acquire() as connection, connection.transaction():\n            fenced =", """        moved = "update bookmark set next_offset = $3, last_hash = $4 where topic = $1 and partition = $2"
        for number, (*_, last) in waiting.items():
            await self._pool.execute(moved, self._topic, number, last.offset + 1, hash_of(last))
        async with self._pool.acquire() as connection, connection.transaction():
            fenced ="""),
    ),
    bug(
        "the bookmark not locked", CONSERVED, ASIDE + "of_two_members_with_the_same_batch_at_once_one_is_refused",
        chassis("partition", "partition = any($2) order by partition for update", "partition = any($2)"),
    ),
    bug(
        "a zombie's batch taken", CONSERVED, ASIDE + "a_zombies_batch_is_refused",
        chassis("partition", "if bookmarks.get(n) != records[0].offset}", "if n not in bookmarks}"),
    ),
    bug(
        "a zombie's batch taken, among all else", CONSERVED, ANY_WAY,
        chassis("partition", "if bookmarks.get(n) != records[0].offset}", "if n not in bookmarks}"),
    ),
    bug(
        "what is not heard not counted", CONSERVED, ASIDE + "what_is_not_heard_is_counted_so_that_what_follows_is_no_gap",
        chassis("partition", '            work.tally["ignored"] += 1\n', '            work.tally["ignored"] += 1\n            return\n'),
    ),
    bug(
        "a gap taken in", CONSERVED, ASIDE + "a_gap_sets_the_case_aside_and_the_filler_heals_it_while_others_flow",
        chassis("partition", "        elif envelope.streamversion > version + 1:\n", "        elif False:\n"),
    ),
    bug(
        "what waits never drained", CONSERVED, ANY_WAY,
        chassis("partition", "            work.drain.add(envelope.subject)\n", ""),
    ),
    bug(
        "drained the latest first", CONSERVED, ASIDE + "what_waits_is_drained_in_the_order_in_which_it_came",
        chassis("partition", "next((row for row in waiting if", "next((row for row in reversed(waiting) if"),
    ),
    bug(
        "a failure swallowed", CONSERVED, ASIDE + "poison_sets_only_its_case_aside",
        chassis("partition", """                self._set_aside(work, record, envelope, "failed", fault_name)
                return
""", "                pass\n"),
    ),
    bug(
        "a case's other streams not waiting", CONSERVED, ASIDE + "behind_what_waits_the_cases_other_streams_wait_too",
        chassis("partition", "        work.marks = await marks(connection, {(envelope.source, subject) for _, _, envelope in waiting}) | work.marks\n", ""),
    ),
    bug(
        "retried beside the consumer", CONSERVED, ASIDE + "a_retry_and_the_consumer_do_not_take_the_same_record_in",
        chassis("partition", "            await connection.fetch(_BOOKMARKS, self._topic, [partition])\n", "            pass\n"),
    ),
    bug(
        "set aside once a place", CONSERVED, ASIDE + "a_place_on_a_topic_made_anew_is_not_the_same_place",
        chassis("parking", "$9::text[], $10::text[])\n", '$9::text[], $10::text[])\n    on conflict (topic, partition, "offset") do nothing\n'),
        (f"{CHASSIS}/sql/20260101000001_events_stream_outbox_and_watermarks.sql",
         "    parked timestamptz not null default clock_timestamp()\n", '    parked timestamptz not null default clock_timestamp(),\n    unique (topic, partition, "offset")\n'),
    ),
    bug(
        "an idle relay never looks by itself", CONSERVED, ONCE + "what_was_committed_late_is_carried_too",
        chassis("relay", "asyncio.wait_for(self._bell.heard.wait(), QUIET_SECONDS)", "self._bell.heard.wait()"),
    ),
    bug(
        "a relay that does not come back", CONSERVED, ONCE + "kafka_is_stopped_while_much_is_said",
        chassis("relay", "except (KafkaError, StagedFaultError, *UNAVAILABLE) as fault:\n", "except (KafkaError, StagedFaultError, *UNAVAILABLE) as fault:\n                await asyncio.sleep(3600)\n"),
    ),
    bug(
        "another event under a seen version skipped", FORKED, ASIDE + "a_forked_source_is_halted_never_skipped",
        chassis("partition", "known in {None, envelope.hash}", "True"),
    ),
    bug(
        "a link not compared", FORKED, ASIDE + "a_broken_link_is_a_fork",
        chassis("partition", "return None if envelope.prevhash == last else", "return None if True else"),
    ),
    bug(
        "a fork among what waits skipped", FORKED, ASIDE + "a_fork_among_what_waits_is_noticed_when_its_turn_comes[same link]",
        chassis("partition", """            if (reason := await self._forked(connection, work, envelope)) is not None:
                await self._halt(""", """            if False:
                await self._halt("""),
    ),
    bug(
        "no record read back", FORKED, ONCE + "a_topic_made_anew_that_has_grown_as_long_is_noticed",
        chassis("consumer", "        self._unverified = {place: bookmarks[place.partition] for place in places if bookmarks[place.partition][0]}\n", ""),
    ),
    bug(
        "the topic's end not asked for", FORKED, ONCE + "the_topic_is_made_anew",
        chassis("consumer", "            if place in ends and ends[place] < following:\n", "            if False:\n"),
    ),
    bug(
        "own history not published again", FORKED, ONCE + "the_topic_is_made_anew",
        chassis("ownership", "        done = await connection.execute(_MISSING, self.source)\n", '        done = "INSERT 0 0"\n'),
    ),
    bug(
        "own marks kept over another topic", FORKED, ONCE + "the_topic_is_made_anew",
        chassis("consumer", "            await self.ownership.forget(connection, place.partition)\n", ""),
    ),
    bug(
        "an older store not noticed", FORKED, ONCE + "a_store_restored_from_an_old_backup_says_nothing",
        chassis("ownership", "        newer = await connection.fetchrow(_NEWER, self.source)\n", "        newer = None\n"),
    ),
    bug(
        "swapped without the own tail", FOLDED, REBUILD + "a_rebuild_folds_what_the_topic_has_not_brought_back_yet",
        chassis("rebuild", "        await own_tail(connection)\n", ""),
    ),
    bug(
        "swapped without what came meanwhile", FOLDED, REBUILD + "a_rebuild_takes_in_what_the_live_one_did",
        chassis("rebuild", "        folded += await fold(connection, reached, await _position(connection, topic), progress)\n", ""),
    ),
    bug(
        "a duplicate folded twice", FOLDED, REBUILD + "a_rebuild_takes_in_what_the_live_one_did",
        chassis("rebuild", "    taking = _Taking()\n", ""),
        chassis("rebuild", "        done = 0\n        async for records in _read(", "        done = 0\n        taking = _Taking()\n        async for records in _read("),
        chassis("rebuild", "await take(connection, await taking.ready(connection, ()))", "pass"),
        chassis("rebuild", "            await taking.complete(connection, but=store.source)\n", "            pass\n"),
    ),
    bug(
        "folded beyond what live has taken in", FOLDED, REBUILD + "a_rebuild_takes_in_what_the_live_one_did",
        chassis("rebuild", "while version < live.get(stream, (0, NO_HASH))[0] and (", "while ("),
    ),
    bug(
        "a build from half a topic swapped in", FOLDED, REBUILD + "a_rebuild_from_a_topic_that_lacks_something_is_thrown_away",
        chassis("rebuild", "            await taking.complete(connection, but=store.source)\n", "            pass\n"),
    ),
    bug(
        "swapped in two transactions", FOLDED, REBUILD + "a_rebuild_that_is_killed_changes_nothing[rebuild.before_swap]",
        chassis("rebuild", '        failpoint("rebuild.before_swap")\n', """        await connection.execute("alter schema read rename to read_before; commit; begin")
        failpoint("rebuild.before_swap")
"""),
        chassis("rebuild", "drop schema if exists read_before cascade; alter schema read rename to read_before", "select 1"),
    ),
    bug(
        "a rebuild forgets who may read", SECRET, "tests/integration/deadlines/test_dying_as_a_process.py::test_a_rebuild_from_the_topic_gives_the_same_read_models",
        chassis("rebuild", "for query in (_USAGE, _GRANTS, _SECURITY):", "for query in (_USAGE, _GRANTS):"),
    ),
    bug(
        "judged ahead of the consumer", JUDGED, TICKER + "a_ticker_ahead_of_its_consumer_records_nothing",
        ("services/deadlines/ticker.py", "        if not await self._reading.caught_up():\n", "        if False:\n"),
    ),
    bug(
        "judged with something set aside", JUDGED, TICKER + "a_case_with_something_set_aside_is_not_judged",
        ("services/deadlines/ticker.py", " and not exists (select from parked p where p.subject = c.subject)", ""),
    ),
    bug(
        "judged at midnight", JUDGED, TICKER + "a_breach_waits_one_hour_after_the_due_day",
        ("services/deadlines/domain/clock.py", "GRACE: Final = timedelta(hours=1)", "GRACE: Final = timedelta(0)"),
    ),
    bug(
        "the latest due judged first", JUDGED, TICKER + "the_soonest_due_are_judged_first",
        ("services/deadlines/ticker.py", "    order by judged_from, subject, clock, instance limit $2\n", "    order by judged_from desc limit $2\n"),
    ),
    bug(
        "told twice by two tickers", JUDGED, REMINDING + "two_tickers_at_once_say_each_once",
        ("services/deadlines/domain/case_clocks.py", "            if reminder in clocks.reminded:\n                return []\n", ""),
    ),
    bug(
        "reminded of a day that had passed when it was brought in", JUDGED,
        REMINDING + "of_a_day_that_had_passed_when_it_was_brought_in_nothing_is_ever_said",
        ("services/deadlines/projections.py", "        if day >= began:\n", "        if day is not None:\n"),
    ),
    bug(
        "sent again though it was taken", JUDGED, REMINDING + "what_a_server_refuses_for_now_is_sent_again_later_and_only_to_it",
        ("services/deadlines/post.py", "where delivered is null and channel = any($1)", "where channel = any($1)"),
    ),
    bug(
        "counted by the calendar before, while another is put in force", JUDGED,
        "tests/integration/deadlines/test_putting_a_calendar_in_force.py::test_it_waits_for_those_who_count_and_they_for_it",
        ("services/deadlines/queries.py", "    await connection.execute(_HOLD_CALENDAR)\n", ""),
    ),
    bug(
        "an earlier day by a newer calendar", JUDGED,
        "tests/unit/deadlines/test_putting_a_calendar_in_force.py::test_a_holiday_that_was_given_up_takes_no_day_back_that_was_promised",
        ("services/deadlines/domain/case_clocks.py", "if terms.due_on > state.terms.due_on else []", "if terms.due_on != state.terms.due_on else []"),
    ),
    bug(
        "a register's case told to Government", TOLD, TELLING + "what_a_register_brings_in_is_not_told",
        ("services/notification/reactions.py", "if envelope.origin is not Origin.LIVE:", "if False:"),
    ),
    bug(
        "holes in the feed", TOLD, TELLING + "a_change_that_is_no_news_leaves_no_hole_in_the_feed",
        ("services/notification/listener.py", "            if all(rows):\n", "            if any(rows):\n"),
    ),
    bug(
        "the topic not read back", TOLD, CARRYING + "every_event_is_on_the_topic_once[1-feed.after_send]",
        ("services/notification/feed.py", "            async with asyncio.timeout(WATCHDOG_SECONDS):\n                await self._read_back(connection)\n", ""),
    ),
    bug(
        "marked before it is sent", TOLD, CARRYING + "every_event_is_on_the_topic_once[1-feed.before_send]",
        ("services/notification/feed.py", '        failpoint("feed.before_send")\n', """        await connection.execute(_SENT, [row[0] for row in rows], [0 for _ in rows], [datetime.now(UTC) for _ in rows])
        failpoint("feed.before_send")
"""),
    ),
    bug(
        "any council's case known", SECRET, INTAKE + "another_councils_case_is_like_none",
        ("services/intake/queries.py", """where subject = $1 and ($2::text is null or council = $2))
        or""", """where subject = $1 and ($2::text is null or true))
        or"""),
    ),
    bug(
        "no row-level security", SECRET, SYSTEM + "who_may_see_what.py::test_the_database_itself_holds_a_reader_to_one_council",
        ("services/intake/migrations/20260201000001_notified_cases_and_their_references.sql",
         "alter table read.notified enable row level security;\n", ""),
    ),
    bug(
        "a body in the log", SECRET, ONCE + "no_secret_leaves_in_clear",
        chassis("commands", "    raw = await request.body()\n", '    raw = await request.body()\n    structlog.get_logger().info("body", raw=raw.decode(errors="replace"))\n'),
        chassis("commands", "import orjson\n", "import orjson\nimport structlog\n"),
    ),
    bug(
        "encoded, not encrypted", SECRET, ONCE + "no_secret_leaves_in_clear",
        chassis("keys", "box = nonce + self._cipher.encrypt(nonce, clear, self._event + field.encode())", "box = nonce + clear"),
    ),
    bug(
        "sealed for any event", SECRET, LINKING + "a_sealed_value_opens_only_where_it_was_sealed",
        chassis("keys", "self._cipher.encrypt(nonce, clear, self._event + field.encode())", "self._cipher.encrypt(nonce, clear, field.encode())"),
        chassis("keys", "box[_NONCE:], self._event + sealed", "box[_NONCE:], sealed"),
    ),
    bug(
        "one nonce for all", SECRET, LINKING + "the_same_value_is_never_sealed_the_same",
        chassis("keys", "        nonce = os.urandom(_NONCE)\n        box =", "        nonce = bytes(_NONCE)\n        box ="),
    ),
    bug(
        "chained over the clear text", PROVEN, TAMPERED + "what_was_erased_breaks_no_chain_and_no_count",
        chassis("store", "envelope = replace(envelope, hash=link(envelope, data))", """clear = event.model_dump_json(context={"seal": lambda name, text: {"field": name, "box": text.decode()}})
        envelope = replace(envelope, hash=link(envelope, clear.encode()))"""),
    ),
    bug(
        "a column outside the hash", PROVEN, TAMPERED + "every_altered_column_is_found",
        chassis("chain", "        envelope.traceparent,\n", ""),
    ),
    bug(
        "the first event not verified", PROVEN, TAMPERED + "every_altered_column_is_found",
        chassis("verify", "            if link(envelope, data) != envelope.hash:", "            if version and link(envelope, data) != envelope.hash:"),
    ),
    bug(
        "the last event not verified", PROVEN, TAMPERED + "every_altered_column_is_found",
        chassis("verify", "        for row in rows:\n", "        for row, after in zip(rows, [*rows[1:], None], strict=True):\n            if after is None or after[0] != row[0]:\n                continue\n"),
    ),
    bug(
        "heads not compared", PROVEN, TAMPERED + "an_event_taken_away_is_found[3]",
        chassis("verify", "for row in await connection.fetch(_HEADS)", "for row in ()"),
    ),
    bug(
        "an erased case cannot be folded", PROVEN, SYSTEM + "an_erased_person_still_counts.py::test_half_the_keys_are_destroyed",
        chassis("keys", "        if self._cipher is None:\n            return None\n", '        if self._cipher is None:\n            raise KeysUnavailableError("gone")\n'),
    ),
)  # fmt: skip
