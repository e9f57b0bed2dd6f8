import { expect, test } from "vitest";
import { isWorthAnother, percent, refusalOf } from "./uploads";

test("a hundred per cent is said only once every byte came", () => {
  expect(percent(0, 3)).toBe(0);
  expect(percent(999_999, 1_000_000)).toBe(99);
  expect(percent(3, 3)).toBe(100);
  expect(percent(0, 0)).toBe(100);
});

test("what the server refuses is told in its words, and nothing else is taken for a refusal", () => {
  expect(refusalOf('{"error": {"code": "policy", "message": "There is no attribute x."}}')).toEqual({
    code: "policy",
    message: "There is no attribute x.",
  });
  expect(refusalOf("<!doctype html>")).toEqual({ code: "", message: "" });
  expect(refusalOf(undefined)).toEqual({ code: "", message: "" });
});

test("a lost connection and a busy server are tried again, a refusal is not", () => {
  expect([0, 409, 429, 500, 503].every(isWorthAnother)).toBe(true);
  expect([200, 403, 404, 412, 413, 415, 422].some(isWorthAnother)).toBe(false);
});
