from parcel.carrier.client import Session


class Source:
    def __init__(self, lifetime=60.0, fail=None):
        self.lifetime = lifetime
        self.fail = fail
        self.calls = 0

    def renew(self, refresh_token):
        self.calls += 1
        if self.fail:
            raise self.fail
        return f"token-{self.calls}", 1000.0 + self.lifetime


def test_a_fresh_token_is_kept():
    session = Session(Source(), "r", "token-0", expires_at=1100.0)
    assert session.refresh(now=1000.0) is False
    assert session.access_token == "token-0"


def test_an_expired_token_is_renewed_once():
    source = Source()
    session = Session(source, "r", "token-0", expires_at=999.0)
    assert session.refresh(now=1000.0) is True
    assert session.access_token == "token-1"
    assert source.calls == 1


def test_an_unreachable_endpoint_is_an_error():
    session = Session(Source(fail=ConnectionError("down")), "r")
    assert session.refresh(now=1000.0) is not None


def test_a_token_within_the_skew_is_renewed():
    source = Source()
    session = Session(source, "r", "token-0", expires_at=1020.0)
    assert session.refresh(now=1000.0) is True
    assert source.calls == 1


def test_the_header_carries_the_token():
    session = Session(Source(), "r", "token-0", expires_at=1100.0)
    assert session.header(now=1000.0) == {"Authorization": "Bearer token-0"}
