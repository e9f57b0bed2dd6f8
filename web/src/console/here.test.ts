import { beforeEach, describe, expect, it } from "vitest";
import { callBy, hereWords } from "./here";

const ME = "me@example.test";
const NAMES: Record<string, string> = { "ada-8292@example.test": "Ada Reyes" };

beforeEach(() => {
  document.body.innerHTML =
    '<div id="console-words" data-word-here-one="# is here, too." data-word-here-two="# and another person are here, too."' +
    ' data-word-and="and" data-word-here-others="others are here, too."></div>';
  callBy((email) => NAMES[email]);
});

describe("who else is here", () => {
  it("is said by name, and never of oneself", () => {
    expect(hereWords([ME], ME)).toBe("");
    expect(hereWords([ME, "ada-8292@example.test"], ME)).toBe("Ada Reyes is here, too.");
    expect(hereWords(["ada-8292@example.test", "bo@example.test"], ME)).toBe("Ada Reyes and another person are here, too.");
    expect(hereWords(["ada-8292@example.test", "bo@example.test", "cy@example.test"], ME)).toBe("Ada Reyes and 2 others are here, too.");
  });

  it("is said by the address while the name is not known", () => {
    expect(hereWords(["bo@example.test"], ME)).toBe("bo is here, too.");
  });
});
