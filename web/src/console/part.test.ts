import { beforeEach, describe, expect, it, vi } from "vitest";
import { moment } from "./part";

beforeEach(() => {
  document.documentElement.lang = "en";
  document.documentElement.dataset.timeZone = "Asia/Dhaka";
  vi.useFakeTimers({ now: new Date("2026-11-21T20:00:00Z") }); // the 22nd in Dhaka
  return () => vi.useRealTimers();
});

describe("a moment", () => {
  it("is said as all other pages say it, in the company's zone", () => {
    const moments = ["2026-11-21T18:05:09Z", "2026-11-21T17:59:00Z", "2026-11-17T03:04:05Z", "2025-12-31T17:59:00Z"];
    expect(moments.map((one) => moment(one).textContent)).toEqual(["00:05:09", "21 Nov 23:59", "17 Nov 09:04", "31 Dec 2025"]);
  });

  it("is exact on hover, with its zone", () => {
    const shown = moment("2026-11-17T03:04:05Z");
    expect(shown.getAttribute("datetime")).toBe("2026-11-17T03:04:05.000Z");
    expect(shown.title).toMatch(/^Tuesday,? 17 November 2026 at 09:04:05 GMT\+6$/);
  });

  it("may not have been", () => {
    expect(moment(null).textContent).toBe("never");
  });
});
