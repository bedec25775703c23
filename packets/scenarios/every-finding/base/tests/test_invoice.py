import pytest

from billing.invoice import Invoice, Line


def test_total_adds_the_lines():
    invoice = Invoice("1", [Line("a", 100), Line("b", 250)])
    assert invoice.total == 350


def test_due_is_what_is_not_paid():
    invoice = Invoice("1", [Line("a", 100)], paid=40)
    assert invoice.due == 60


def test_an_overpaid_invoice_owes_nothing():
    invoice = Invoice("1", [Line("a", 100)], paid=140)
    assert invoice.due == 0


@pytest.mark.parametrize("cents", [0, 1, 99, 100])
def test_a_partial_payment_leaves_the_rest(cents):
    assert Invoice("1", [Line("a", 100)], paid=cents).due == 100 - cents
