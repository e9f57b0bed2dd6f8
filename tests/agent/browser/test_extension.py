"""A real Chromium with the extension on a real screen: what the probe hears of it, and what it never hears."""

from playwright.async_api import expect

from sundial.agent.core.sensing import Browsed
from sundial.agent.probes.browser import BrowserProbe
from tests.agent.browser.stage import Desk, Sites, kill, popup, relays

HOSTILE = "<script>alert(1)</script> \u202eevil\u202c & " + "x" * 10_000


async def test_of_the_tab_in_front_only_the_website_is_told_and_nothing_of_other_windows(desk: Desk) -> None:
    desk.install()
    probe = BrowserProbe(desk.profile)
    async with desk.watching(probe) as ears, desk.browser() as context:
        first = context.pages[0]
        await first.goto("http://user:secret@news.test/path?q=secret#secret")
        told = await ears.domain("news.test")
        assert (told.url, told.title) == ("", "")
        assert "chrom" in told.browser
        assert told.pid == relays(desk.profile)[0].parent().pid
        assert probe.available == ""

        second = await context.new_page()
        await second.goto("http://mail.test/")
        await ears.domain("mail.test")
        before = len(ears.told)
        await first.bring_to_front()
        await ears.domain("news.test", before)

        before = len(ears.told)
        desk.screen.xterm("Another program")
        await ears.domain("", before)
        assert "secret" not in str(ears.told)


async def test_address_and_title_are_told_only_while_they_are_wanted(desk: Desk, sites: Sites) -> None:
    desk.install()
    sites.titles["/hostile"] = HOSTILE
    probe = BrowserProbe(desk.profile)
    async with desk.browser() as context:
        page = context.pages[0]
        await page.goto("http://shop.test/hostile?q=secret#secret")
        async with desk.watching(probe, detail=True) as ears:
            told = await ears.until(lambda sense: sense.title.startswith("<script>"))
            assert told.url == "http://shop.test/hostile"
            assert told.title == HOSTILE[:500]
        async with desk.watching(probe) as ears:
            told = await ears.domain("shop.test")
            assert (told.url, told.title) == ("", "")


async def test_a_private_window_is_never_told_of(desk: Desk, sites: Sites) -> None:
    desk.install()
    async with desk.watching(BrowserProbe(desk.profile), detail=True) as ears, desk.browser() as context:
        page = context.pages[0]
        await page.goto("http://open.test/")
        await ears.domain("open.test")
        window = int(desk.screen.run("xdotool", "getactivewindow"))
        before = len(ears.told)
        flags = [*desk.flags, f"--user-data-dir={desk.browser_folder}", "--incognito", "http://private.test/"]
        desk.screen.start("chromium", *flags)
        sites.wait_for("private.test")
        await ears.domain("", before)
        await page.goto("http://later.test/")
        desk.screen.activate(window)
        await ears.domain("later.test", before)
        assert not [told for told in ears.told if "private" in str(told)]


async def test_a_killed_relay_is_started_again_and_goes_on_where_it_was(desk: Desk) -> None:
    desk.install()
    async with desk.watching(BrowserProbe(desk.profile)) as ears, desk.browser() as context:
        page = context.pages[0]
        await page.goto("http://news.test/")
        told = await ears.domain("news.test")
        (relay,) = relays(desk.profile)
        before = len(ears.told)
        kill(relay)
        assert await ears.domain("", before) == Browsed(told.browser, pid=told.pid)
        await ears.domain("news.test", before)


async def test_the_popup_says_whether_the_agent_is_reached_and_shows_hostile_titles_as_text(
    desk: Desk, sites: Sites
) -> None:
    desk.install()
    sites.titles["/hostile"] = HOSTILE
    async with desk.browser() as context:
        shown = await popup(context)
        await expect(shown.locator("#reached")).to_contain_text("not running", timeout=60_000)
        await expect(shown.locator("#wanted")).to_have_text("Nothing.")
        async with desk.watching(BrowserProbe(desk.profile), detail=True) as ears:
            await expect(shown.locator("#reached")).to_contain_text("Connected", timeout=60_000)
            await expect(shown.locator("#wanted")).to_contain_text("title of the website")
            page = await context.new_page()
            await page.goto("http://shop.test/hostile")
            await ears.until(lambda sense: sense.title.startswith("<script>"))
            await shown.bring_to_front()
            assert await shown.locator("#told script").count() == 0
        await expect(shown.locator("#reached")).to_contain_text("not running", timeout=60_000)


async def test_where_the_agent_is_not_installed_the_popup_says_what_to_do(desk: Desk) -> None:
    async with desk.browser() as context:
        shown = await popup(context)
        await expect(shown.locator("#reached")).to_contain_text("sundial-agent browser install", timeout=60_000)
    assert BrowserProbe(desk.profile).available == "The browser extension is not installed."
