import { expect, it } from "vitest";
import { breath } from "./breath";

it("goes on in a task of its own, after all that was due in this one", async () => {
  let left = 100;
  const step = (): void => {
    left -= 1;
    if (left > 0) queueMicrotask(step);
  };
  step();
  await breath();
  expect(left).toBe(0);
});
