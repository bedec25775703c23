import pytest

from billing.gateway import PaymentError, charge


def test_a_refused_payment_is_an_error(refusing_gateway):
    with pytest.raises(PaymentError, match="refused"):
        charge("tok", 100)


def test_an_amount_below_one_cent_is_refused():
    with pytest.raises(ValueError):
        charge("tok", 0)
