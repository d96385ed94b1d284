"""Deny by default: every route is in the table, and every role meets every route as the table says."""

from dataclasses import replace

import httpx
import pytest
from fastapi.routing import APIRoute

from bot.console.access import ROUTES
from bot.console.app import PAGES, build_app
from bot.core.accounts import Stage
from bot.core.drafts import Role
from tests.integration.console.conftest import PASSWORD, Console

WORDS = {
    "token": "none",
    "name": "style.css",
    "case": "none",
    "draft": "none",
    "message": "none",
    "outgoing": "none",
    "part": "1",
    "webhook": "none",
}
REFUSED = "Your role does not include this"


def routes() -> set[str]:
    mounted = [route for page in PAGES for route in page.router.routes if isinstance(route, APIRoute)]
    return {f"{method} {route.path}" for route in mounted for method in route.methods or ()}


def address(route: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    for name, word in WORDS.items():
        path = path.replace("{" + name + "}", word)
    assert "{" not in path, f"say in WORDS what stands for the last part of {path}"
    return method, path


def test_the_table_and_the_routes_are_the_same() -> None:
    assert routes() == set(ROUTES)


@pytest.mark.rule(46, refused=True)
@pytest.mark.parametrize("role", [None, *Role])
async def test_every_role_meets_every_route_as_declared(console: Console, role: Role | None) -> None:
    browser = await console.colleague("rita@nexioprojects.com", *([role] if role else []))
    for route in sorted(ROUTES, key=lambda route: "sign-out" in route):
        rule = ROUTES[route]
        if rule.stage is not Stage.INSIDE:
            continue
        method, path = address(route)
        response = await (browser.http.get(path) if method == "GET" else _post(browser.page, browser.http, path))
        told = REFUSED in response.text
        admitted = rule.roles is None or role in rule.roles
        assert told is not admitted, f"{role}: {route} said {response.status_code}"
        assert response.status_code < 500, f"{role}: {route} said {response.status_code}"


async def _post(page: str, http: httpx.AsyncClient, path: str) -> httpx.Response:
    seal = page.partition('name="csrf" value="')[2].partition('"')[0]
    return await http.post(path, data={"csrf": seal})


@pytest.mark.parametrize("come_in", [False, True], ids=["a stranger", "half in"])
async def test_who_has_not_come_in_sees_nothing(console: Console, come_in: bool) -> None:
    await console.hire("kim@nexioprojects.com", *Role)
    browser = await console.browser()
    if come_in:
        await browser.open("/sign-in")
        await browser.send("/sign-in", email="kim@nexioprojects.com", password=PASSWORD)
    for route, rule in ROUTES.items():
        if rule.stage is not Stage.INSIDE:
            continue
        method, path = address(route)
        response = await browser.http.request(method, path, data={"csrf": ""} if method == "POST" else None)
        assert response.status_code in {303, 401}, f"{route} said {response.status_code}"
        assert "/sign-in" in response.headers.get("location", response.text)


async def test_a_form_without_the_session_s_seal_does_nothing(console: Console) -> None:
    everything = await console.colleague("kim@nexioprojects.com", *Role)
    other = await console.colleague("lee@nexioprojects.com", *Role)
    stolen = other.page.partition('name="csrf" value="')[2].partition('"')[0]
    mine = everything.page.partition('name="csrf" value="')[2].partition('"')[0]
    for route in ROUTES:
        method, path = address(route)
        if method != "POST":
            continue
        for seal in ("", "wrong", stolen):
            response = await everything.http.post(path, data={"csrf": seal})
            if ROUTES[route].stage is Stage.PASSWORD:
                continue
            assert response.status_code == 403, f"{route} took {seal!r}: {response.status_code}"
        foreign = await everything.http.post(path, data={"csrf": mine}, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code in {303, 403}
        assert "csrf" not in foreign.headers.get("location", "")
    await everything.open("/")  # still inside: nothing above signed anybody out


async def test_a_form_is_read_within_limits(console: Console) -> None:
    browser = await console.colleague("kim@nexioprojects.com", *Role)
    url = "/account/language"
    assert (await browser.http.post(url, json={"language": "fr"})).status_code == 415
    assert (await browser.http.post(url, data={"body": "x" * (2 << 20)})).status_code == 413
    assert (await browser.http.post(url, data={f"f{number}": "" for number in range(300)})).status_code == 400
    assert (await browser.http.get("/no/such/page")).status_code == 404
    assert (await browser.http.delete("/people")).status_code == 405


async def test_every_page_forbids_what_it_does_not_need(console: Console) -> None:
    browser = await console.colleague("kim@nexioprojects.com", *Role)
    for path in ("/", "/people", "/sign-in", "/no/such/page", "/static/style.css", "/health"):
        headers = (await browser.http.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store" or path.startswith("/static")
    (cookie,) = [c for c in browser.http.cookies.jar if c.name == "desk-session"]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"


async def test_every_answer_of_every_route_is_hardened(console: Console) -> None:
    """Pages, files, streams, redirects and refusals alike."""
    browser = await console.colleague("kim@nexioprojects.com", *Role)
    for route in sorted(ROUTES, key=lambda route: "sign-out" in route):
        method, path = address(route)
        async with browser.http.stream(method, path, data={"csrf": ""} if method == "POST" else None) as response:
            headers = response.headers
        assert "default-src 'none'" in headers["content-security-policy"], route
        assert "unsafe" not in headers["content-security-policy"], route
        assert "frame-ancestors" in headers["content-security-policy"], route
        assert headers["x-content-type-options"] == "nosniff", route
        assert headers["referrer-policy"] == "no-referrer", route
        assert headers["cross-origin-opener-policy"] == "same-origin", route
        assert headers["cross-origin-resource-policy"] == "same-origin", route
        assert "no-store" in headers["cache-control"] or path.startswith("/static"), route


async def test_over_tls_cookies_belong_to_this_very_host(console: Console) -> None:
    """RFC 6265bis 4.1.3: secure, for every path, for no other host, and out of any script's reach."""
    app = build_app(_healthy, {}, replace(console.office, public_url="https://desk.example"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://desk.example") as browser:
        page = await browser.get("/sign-in")
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("__Host-desk-form=")
    told = {word.strip().lower() for word in cookie.split(";")}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= told
    assert not any(word.startswith("domain") for word in told)
    assert page.headers["strict-transport-security"] == "max-age=31536000"


async def _healthy() -> dict[str, object]:
    return {"ok": True}
