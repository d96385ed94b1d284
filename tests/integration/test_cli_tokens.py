"""Tokens as they are typed."""

import json

from tests.integration.test_cli import Invoke, config, run

__all__ = ["config", "run"]
KIM, LEE = "kim@nexioprojects.com", "lee@nexioprojects.com"


def test_a_token_is_made_listed_and_ended_by_its_owner_alone(run: Invoke) -> None:
    run("staff", "add", KIM, "--role", "approver")
    run("staff", "add", LEE, "--role", "approver")
    assert run("tokens", "make", "front end", "--role", "approver", "--as", KIM).startswith("nexio_")
    (row,) = json.loads(run("tokens", "list", "--as", KIM, "--json"))
    assert (row["name"], row["owner"], row["roles"], row["used_at"]) == ("front end", KIM, ["approver"], None)
    assert "No program has a token" in run("tokens", "list", "--as", LEE)
    assert "there is no token" in run("tokens", "end", row["id"], "--as", LEE, code=1)
    assert "your own roles only" in run("tokens", "make", "x", "--role", "dpo", "--as", KIM, code=1)
    assert "holds no more" in run("tokens", "end", row["id"], "--as", KIM)
