import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import fc from "fast-check";
import { drawString } from "../../../engine/stand-ins/random/characters";
import { drawFrom, shuffled } from "../../../engine/stand-ins/random/draw";
import { randomPackage } from "../../../engine/stand-ins/random/package";
import { UNKNOWN } from "../../../engine/values/property";
import { provider } from "./calls";

const ID = "random:index/randomId:RandomId";
const PASSWORD = "random:index/randomPassword:RandomPassword";

describe("the stand-in for random", () => {
  const random = provider(randomPackage);

  it("makes ids in every notation of the same bytes", async () => {
    const { id, outputs } = await random.create(ID, { byteLength: 8, prefix: "x-" });
    const bytes = Buffer.from(id, "base64url");
    assert.equal(bytes.length, 8);
    assert.deepEqual(outputs, {
      byteLength: 8,
      prefix: "x-",
      id,
      hex: `x-${bytes.toString("hex")}`,
      b64Url: `x-${id}`,
      b64Std: `x-${bytes.toString("base64")}`,
      dec: `x-${BigInt(`0x${bytes.toString("hex")}`)}`,
    });
  });

  it("makes passwords with a hash that belongs to them, and with the defaults of the official plugin", async () => {
    const { id, outputs } = await random.create(PASSWORD, { length: 20, special: false });
    assert.equal(id, "none");
    assert.match(String(outputs.result), /^[A-Za-z0-9]{20}$/);
    assert.ok(compareSync(String(outputs.result), String(outputs.bcryptHash)));
    const { result: _result, bcryptHash: _hash, ...rest } = outputs;
    assert.deepEqual(rest, {
      ...{ id: "none", length: 20, special: false, lower: true, upper: true, number: true, numeric: true },
      ...{ minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 },
    });
  });

  it("keeps to the rules for strings", () => {
    const inputs = fc.record({
      length: fc.integer({ min: 8, max: 40 }),
      lower: fc.boolean(),
      upper: fc.boolean(),
      numeric: fc.constant(true),
      special: fc.boolean(),
      minLower: fc.nat({ max: 2 }),
      minSpecial: fc.nat({ max: 2 }),
      overrideSpecial: fc.constantFrom(undefined, "_"),
    });
    fc.assert(
      fc.property(inputs, ({ overrideSpecial, ...given }) => {
        const text = drawString({ ...given, ...(overrideSpecial && { overrideSpecial }) }, drawFrom(undefined));
        const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
        assert.equal(text.length, given.length);
        assert.ok(count(/[a-z]/g) >= given.minLower && (given.lower || count(/[a-z]/g) === given.minLower));
        assert.ok(given.upper || count(/[A-Z]/g) === 0);
        const special = count(overrideSpecial ? /_/g : /[^A-Za-z0-9]/g);
        assert.ok(special >= given.minSpecial && (given.special || special === given.minSpecial));
      }),
    );
  });

  it("makes pets, numbers, uuids, bytes and shuffled lists", async () => {
    const pet = await random.create("random:index/randomPet:RandomPet", { length: 3, separator: "_", prefix: "p" });
    assert.match(pet.id, /^p_[a-z]+_[a-z]+_[a-z]+$/);
    const number = await random.create("random:index/randomInteger:RandomInteger", { min: 5, max: 7 });
    assert.ok([5, 6, 7].includes(Number(number.outputs.result)));
    const seven = await random.create("random:index/randomUuid7:RandomUuid7", {});
    assert.match(seven.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const bytes = await random.create("random:index/randomBytes:RandomBytes", { length: 4 });
    assert.equal(Buffer.from(bytes.id, "base64").toString("hex"), bytes.outputs.hex);
    const shuffle = await random.create("random:index/randomShuffle:RandomShuffle", {
      inputs: ["a", "b"],
      resultCount: 5,
    });
    assert.equal((shuffle.outputs.results as string[]).length, 5);
  });

  it("repeats itself with a seed", () => {
    const items = ["a", "b", "c", "d", "e", "f"];
    assert.deepEqual(shuffled(items, drawFrom("s")), shuffled(items, drawFrom("s")));
    assert.deepEqual([...shuffled(items, drawFrom(undefined))].sort(), items);
  });

  it("knows nothing of it in a preview", async () => {
    const { id, outputs } = await random.create(ID, { byteLength: 8 }, true);
    assert.equal(id, "");
    assert.equal(outputs.hex, UNKNOWN);
  });

  it("draws anew for every change that matters, and only then", async () => {
    const changed = await random.diff(
      ID,
      { byteLength: 8, keepers: { a: "1" } },
      { byteLength: 8, keepers: { a: "2" } },
    );
    assert.deepEqual(changed.replaceKeys, ["keepers"]);
    assert.deepEqual(changed.detailed, { "keepers.a": { kind: "update-replace", inputDiff: true } });
    const spelledOut = await random.diff(PASSWORD, { length: 8 }, { length: 8, lower: true, minUpper: 0 });
    assert.equal(spelledOut.changes, "none");
  });

  it("refuses what cannot be", async () => {
    assert.deepEqual(await random.check(ID, {}), [{ property: "byteLength", reason: "is required" }]);
    assert.equal((await random.check(ID, { byteLength: 0 })).length, 1);
    assert.equal((await random.check(PASSWORD, { length: 3, minLower: 4 })).length, 1);
    const none = { length: 3, lower: false, upper: false, numeric: false, special: false };
    assert.match((await random.check(PASSWORD, none))[0]?.reason ?? "", /at least one of/);
    assert.deepEqual(await random.check(PASSWORD, { length: UNKNOWN }), []);
    await assert.rejects(
      random.create("random:index/other:Other", {}),
      /has no resource .*install the official plugin/,
    );
  });
});
