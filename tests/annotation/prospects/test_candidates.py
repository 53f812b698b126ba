"""Candidates as bytes: what goes in comes out, the surest of them."""

from django.db import connection

from annotation.prospects import candidates

SAID = [(7, 0.5, 1.0), (3, 0.75, 0.25)]


def test_what_is_packed_is_unpacked_the_surest_first():
    start, found = candidates.unpack([candidates.pack(SAID), b"", candidates.pack([(9, 1.0, 0.5)])])

    assert start.tolist() == [0, 2, 2, 3]
    assert found.tolist() == [(3, 0.75, 0.25), (7, 0.5, 1.0), (9, 1.0, 0.5)]


def test_only_the_surest_are_kept():
    many = [(n, n / 100, 1.0) for n in range(50)]

    _start, found = candidates.unpack([candidates.pack(many)])

    assert found["tag"].tolist() == list(range(49, 49 - candidates.KEPT, -1))


def test_sql_can_make_the_same_bytes(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT int8send(7) || float4send(0.5) || float4send(1)")
        assert bytes(cursor.fetchone()[0]) == candidates.pack(SAID[:1])
