"""A program that is signed in."""

from __future__ import annotations

import uuid

import pytest
from rest_framework.test import APIClient


class Program:
    """Sends and reads JSON as one person."""

    def __init__(self, person):
        self.client, self.person = APIClient(), person
        self.client.force_authenticate(person)

    def get(self, address, **asked):
        answer = self.client.get(f"/api/{address}/", asked)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        return told["results"] if isinstance(told, dict) and "results" in told else told

    def post(self, address, **sent):
        answer = self.client.post(f"/api/{address}/", sent, format="json")
        return answer.status_code, answer.json() if answer.content else None

    def twice(self, address, **sent):
        """With one operation id; both answers are the same."""
        sent = {"operation": str(uuid.uuid4())} | sent
        first = self.post(address, **sent)
        assert self.post(address, **sent) == first
        return first


@pytest.fixture
def program():
    return Program
