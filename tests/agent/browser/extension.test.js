import { describe, expect, it } from "vitest";
import { Link } from "../../../extension/link.js";
import { told, understood } from "../../../extension/tab.js";
import { reachedWords, toldLines, wantedWords } from "../../../extension/words.js";

const tab = { url: "https://me:secret@Shop.Example.org:8443/cart?key=secret#secret", title: "Cart", incognito: false };

describe("what is told of a tab", () => {
  it("is nothing while nothing is wanted", () => {
    expect(told(tab, "none")).toBeNull();
  });
  it("is the website's name alone unless more is wanted", () => {
    expect(told(tab, "domain")).toEqual({ domain: "shop.example.org" });
  });
  it("is never a password, a search or a key", () => {
    const words = told(tab, "detail");
    expect(words).toEqual({ domain: "shop.example.org", url: "https://shop.example.org:8443/cart", title: "Cart" });
  });
  it.each(["chrome://settings/", "file:///etc/passwd", "chrome-extension://abc/x.html", "about:blank", "", undefined, "%%"])(
    "is nothing for %s",
    (url) => expect(told({ url }, "detail")).toBeNull(),
  );
  it("is nothing for a private window, even if the browser showed us one", () => {
    expect(told({ ...tab, incognito: true }, "detail")).toBeNull();
  });
  it("is cut to a length that fits, without half characters", () => {
    const { url, title } = told({ url: `https://a.test/${"x".repeat(9000)}`, title: "a" + "😀".repeat(300) }, "detail");
    expect(url.length).toBe(2000);
    expect(title.length).toBe(500);
    expect(title.isWellFormed()).toBe(true);
  });
});

describe("the agent's word", () => {
  it.each([null, 7, {}, { want: "everything" }, "detail"])("%j is taken for none", (message) => {
    expect(understood(message)).toBe("none");
  });
});

/** A browser whose ports the test holds in its hand. */
function browser() {
  const ports = [];
  const waits = [];
  let changes = 0;
  const link = new Link({
    open: () => {
      const port = { sent: [] };
      port.postMessage = (message) => port.sent.push(message);
      port.onMessage = { addListener: (call) => (port.say = call) };
      port.onDisconnect = { addListener: (call) => (port.end = (problem) => call(port, problem)) };
      ports.push(port);
      return port;
    },
    later: (call, wait) => waits.push({ call, wait }),
    changed: () => (changes += 1),
  });
  return { link, ports, waits, changes: () => changes };
}

describe("the line to the agent", () => {
  it("says nothing until it is asked, and the same thing once", () => {
    const { link, ports } = browser();
    link.connect();
    expect(link.send({ domain: "a.test" })).toBe(false);
    ports[0].say({ want: "domain" });
    expect(link.send({ domain: "a.test" })).toBe(true);
    expect(link.send({ domain: "a.test" })).toBe(false);
    expect(link.send(null)).toBe(true);
    expect(ports[0].sent).toEqual([{ tab: { domain: "a.test" } }, { tab: null }]);
  });
  it("is opened again, later and later, and soon after it was well", () => {
    const { link, ports, waits } = browser();
    link.connect();
    for (let n = 0; n < 7; n += 1) {
      ports[n].end("Native host has exited.");
      waits[n].call();
    }
    expect(waits.map(({ wait }) => wait)).toEqual([1000, 2000, 4000, 8000, 16000, 20000, 20000]);
    ports[7].say({ want: "none" });
    ports[7].end("");
    expect(waits[7].wait).toBe(1000);
    expect(link.reached).toBe(false);
  });
  it("is one line, however often it is asked for", () => {
    const { link, ports } = browser();
    link.connect();
    link.connect();
    expect(ports.length).toBe(1);
  });
  it("no longer hears a line that ended", () => {
    const { link, ports, waits } = browser();
    link.connect();
    ports[0].end("");
    waits[0].call();
    ports[0].say({ want: "detail" });
    expect(link.want).toBe("none");
  });
});

describe("the popup", () => {
  it("says what is sent in each state", () => {
    expect(reachedWords({ reached: true, problem: "" })).toMatch(/Connected/);
    expect(reachedWords({ reached: false, problem: "Specified native messaging host not found." })).toMatch(/Not set up/);
    expect(reachedWords({ reached: false, problem: "Native host has exited." })).toMatch(/not running/);
    expect(wantedWords({ reached: false, want: "detail" })).toBe("Nothing.");
    expect(wantedWords({ reached: true, want: "domain" })).toMatch(/name of the website/);
    expect(toldLines({ told: { domain: "a.test" } })).toEqual(["a.test"]);
    expect(toldLines({ told: null })).toEqual([]);
  });
});
