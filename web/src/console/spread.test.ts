import { afterEach, describe, expect, it, vi } from "vitest";
import { spread } from "./spread";

afterEach(() => vi.restoreAllMocks());

describe("a spread", () => {
  it("is of the span, each time by chance", () => {
    const chance = vi.spyOn(Math, "random");
    const pauses = [0, 0.5, 0.999].map((one) => (chance.mockReturnValueOnce(one), spread(60, 180)()));
    expect(pauses[0]).toBe(60);
    expect(pauses[1]).toBe(120);
    expect(pauses[2]).toBeLessThan(180);
  });
});
