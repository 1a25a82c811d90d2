"""Places go round the clients: nobody waits behind all the queries of another."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from hyteverkko.errors import Busy
from hyteverkko.store.admission import Admission, Client, Place

SOON: Final = 5.0
Test = Callable[[], Awaitable[None]]


async def settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def long_place(admission: Admission, client: Client) -> Place:
    place = await admission.admit(client, SOON)
    assert place.outstay()
    return place


def waits(admission: Admission, client: Client, seconds: float = SOON) -> asyncio.Task[Place]:
    return asyncio.create_task(admission.admit(client, seconds))


def test_a_query_given_up_in_the_moment_in_which_it_is_refused() -> None:
    async def run() -> None:
        admission = Admission(quick=1, long=1, share=1, waiting=3)
        greedy, another = Client(), Client()
        await long_place(admission, greedy)
        await admission.admit(another, SOON)
        line = [waits(admission, greedy) for _ in range(3)]
        await settled()
        line[-1].cancel()
        newcomer = waits(admission, Client(), seconds=0.1)
        with pytest.raises(Busy):
            await newcomer
        for one in line:
            one.cancel()

    asyncio.run(run())


def test_a_query_that_becomes_long_makes_room_for_a_quick_one() -> None:
    async def run() -> None:
        admission = Admission(quick=1, long=1, share=1, waiting=9)
        place = await admission.admit(Client(), SOON)
        other = waits(admission, Client())
        await settled()
        assert not other.done()
        assert place.outstay()
        await settled()
        assert other.done()

    asyncio.run(run())


def test_no_client_has_more_than_its_share_of_long_places() -> None:
    async def run() -> None:
        admission, greedy = Admission(quick=4, long=6, share=2, waiting=99), Client()
        places = [await admission.admit(greedy, SOON) for _ in range(3)]
        assert [place.outstay() for place in places] == [True, True, False]
        others = [await long_place(admission, Client()) for _ in range(4)]
        assert len(others) == 4

    asyncio.run(run())


def test_a_client_with_a_long_query_gets_no_quick_place() -> None:
    async def run() -> None:
        admission, busy = Admission(quick=4, long=2, share=1, waiting=9), Client()
        first = await long_place(admission, busy)
        second = waits(admission, busy)
        quick = [await admission.admit(Client(), SOON) for _ in range(4)]
        await settled()
        assert not second.done()
        assert len(quick) == 4
        first.give_back()
        await settled()
        assert (await second).outstay()

    asyncio.run(run())


def test_who_waits_for_a_quick_place_waits_for_a_long_one_when_it_has_a_long_query() -> None:
    async def run() -> None:
        admission, busy = Admission(quick=2, long=1, share=1, waiting=9), Client()
        first = await admission.admit(busy, SOON)
        waiting = waits(admission, busy)
        await settled()
        assert first.outstay()
        await settled()
        assert not waiting.done()
        other = await admission.admit(Client(), SOON)
        other.give_back()
        first.give_back()
        place = await waiting
        assert not (await admission.admit(Client(), SOON)).outstay()
        place.give_back()

    asyncio.run(run())


def test_places_go_round_the_clients() -> None:
    async def run() -> None:
        admission, flood, reader = Admission(1, 1, 1, waiting=99), Client(), Client()
        place = await admission.admit(flood, SOON)
        many = [waits(admission, flood) for _ in range(20)]
        await settled()
        one = waits(admission, reader)
        await settled()
        place.give_back()
        await settled()
        assert [task.done() for task in many].count(True) == 1
        (await next(task for task in many if task.done())).give_back()
        await settled()
        assert one.done()
        for task in many:
            task.cancel()

    asyncio.run(run())


def test_a_query_stopped_for_want_of_a_long_place_gets_the_next() -> None:
    async def run() -> None:
        admission = Admission(quick=2, long=1, share=1, waiting=9)
        first = await long_place(admission, Client())
        place = await admission.admit(Client(), SOON)
        assert not place.outstay()
        again = asyncio.create_task(place.again(SOON))
        await settled()
        assert not again.done()
        first.give_back()
        await again
        assert place.outstay()
        place.give_back()
        place.give_back()
        assert (await admission.admit(Client(), SOON)).outstay()

    asyncio.run(run())


def test_who_has_most_waiting_is_refused_when_there_is_no_room_to_wait() -> None:
    async def run() -> None:
        admission, flood = Admission(quick=1, long=1, share=1, waiting=4), Client()
        await admission.admit(flood, SOON)
        many = [waits(admission, flood) for _ in range(5)]
        await settled()
        with pytest.raises(Busy):
            await many[4]
        reader = waits(admission, Client())
        await settled()
        assert not reader.done()
        with pytest.raises(Busy):
            await many[3]
        for task in (*many[:3], reader):
            task.cancel()

    asyncio.run(run())


def test_who_waits_too_long_is_refused_and_holds_nothing() -> None:
    async def run() -> None:
        admission = Admission(quick=1, long=1, share=1, waiting=9)
        place = await admission.admit(Client(), SOON)
        late = waits(admission, Client(), seconds=0.01)
        with pytest.raises(Busy) as refused:
            await late
        assert refused.value.retry_after > 0
        place.give_back()
        (await admission.admit(Client(), SOON)).give_back()

    asyncio.run(run())


def test_who_is_kept_to_its_share_is_told_so() -> None:
    async def run() -> None:
        admission, greedy = Admission(quick=4, long=6, share=2, waiting=99), Client()
        for _ in range(2):
            await long_place(admission, greedy)
        with pytest.raises(Busy, match="You have 2 long queries running"):
            await waits(admission, greedy, seconds=0.01)

    asyncio.run(run())


def test_who_waits_for_a_place_of_others_is_told_of_others() -> None:
    async def run() -> None:
        admission, greedy = Admission(quick=4, long=3, share=2, waiting=99), Client()
        for client in (greedy, greedy, Client()):
            await long_place(admission, client)
        with pytest.raises(Busy, match="at most 3 long ones at once"):
            await waits(admission, greedy, seconds=0.01)

    asyncio.run(run())


def test_a_client_that_goes_away_while_waiting_holds_nothing() -> None:
    async def run() -> None:
        admission = Admission(quick=1, long=1, share=1, waiting=9)
        place = await admission.admit(Client(), SOON)
        gone = waits(admission, Client())
        await settled()
        place.give_back()  # granted, and cancelled before it hears of it
        gone.cancel()
        await settled()
        assert gone.cancelled()
        (await admission.admit(Client(), SOON)).give_back()

    asyncio.run(run())
