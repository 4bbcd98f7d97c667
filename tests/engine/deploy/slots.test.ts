import assert from "node:assert/strict";
import { Slots } from "../../../engine/deploy/slots";

describe("slots", () => {
  it("let only so many run at once, in the order in which they came", async () => {
    const slots = new Slots(2);
    const began: number[] = [];
    const ends: (() => void)[] = [];
    const work = (number: number) =>
      slots.run(async () => {
        began.push(number);
        await new Promise<void>((resolve) => ends.push(resolve));
      });
    const all = [work(1), work(2), work(3), work(4)];
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(began, [1, 2]);
    ends[1]?.();
    await all[1];
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(began, [1, 2, 3]);
    for (const end of ends) end();
    await new Promise((resolve) => setImmediate(resolve));
    ends.at(-1)?.();
    await Promise.all(all);
    assert.deepEqual(began, [1, 2, 3, 4]);
  });

  it("are given back by work that fails", async () => {
    const slots = new Slots(1);
    await assert.rejects(
      slots.run(() => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await slots.run(async () => "yes"), "yes");
  });
});
