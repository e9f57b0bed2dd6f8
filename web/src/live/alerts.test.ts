import { beforeEach, describe, expect, it } from "vitest";
import { showUnread } from "./alerts";

const bell = () => document.querySelector<HTMLElement>("[data-alerts]") as HTMLElement;

describe("the bell", () => {
  beforeEach(() => {
    document.body.innerHTML = '<a data-alerts aria-label="0 alerts"></a>';
  });

  it("shows how many are unread, and says it to those who listen", () => {
    showUnread(bell(), 3, "3 alerts");
    expect(bell().textContent).toBe("3");
    expect(bell().getAttribute("aria-label")).toBe("3 alerts");
    showUnread(bell(), 4, "4 alerts");
    expect(bell().querySelectorAll(".top-count")).toHaveLength(1);
    expect(bell().textContent).toBe("4");
  });

  it("shows no number when everything is read", () => {
    showUnread(bell(), 1, "1 alert");
    showUnread(bell(), 0, "0 alerts");
    expect(bell().querySelector(".top-count")).toBeNull();
  });
});
