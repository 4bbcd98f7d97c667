/**
 * Stand-ins for the resources of `@pulumi/random` 4.21, with the same inputs and outputs. Values are drawn once, when a
 * resource is created; every change of an input that matters draws anew, in a replacement.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { diffInputs } from "../../deploy/decide";
import type { CheckFailure, DiffKind, DiffResult, PropertyDiff } from "../../plugins/provider";
import type { PropertyMap, PropertyValue } from "../../values/property";
import type { ResourceHandler, StandInPackage } from "../standIn";
import { characterProblem, drawString, withCharacterDefaults } from "./characters";
import { drawFrom, shuffled } from "./draw";
import { drawPet } from "./pets";

/** The work factor of the official plugin's password hashes (Go's bcrypt.DefaultCost). */
const BCRYPT_COST = 10;

interface Kind {
  readonly computed: readonly string[];
  readonly defaults?: (inputs: PropertyMap) => PropertyMap;
  readonly check?: (inputs: PropertyMap) => CheckFailure | undefined;
  /** Numbers that must be given. */
  readonly required?: readonly string[];
  readonly draw: (inputs: PropertyMap) => Promise<{ id: string; outputs: PropertyMap }>;
}

function handler(kind: Kind): ResourceHandler {
  const complete = kind.defaults ?? ((inputs: PropertyMap) => inputs);
  return {
    computed: ["id", ...kind.computed],
    check(inputs) {
      const missing = (kind.required ?? []).find((key) => inputs[key] === undefined);
      if (missing) return [{ property: missing, reason: "is required" }];
      const problem = kind.check?.(inputs);
      return problem ? [problem] : [];
    },
    diff: (olds, news) => replacing(diffInputs(complete(olds), complete(news))),
    async create(inputs) {
      const { id, outputs } = await kind.draw(inputs);
      return { id, outputs: { ...complete(inputs), id, ...outputs } };
    },
  };
}

/** Every difference makes a replacement necessary. */
function replacing(diff: DiffResult): DiffResult {
  const detailed = Object.entries(diff.detailed ?? {}).map(([path, property]): [string, PropertyDiff] => [
    path,
    { ...property, kind: `${property.kind}-replace` as DiffKind },
  ]);
  return { ...diff, replaceKeys: diff.changedKeys, detailed: diff.detailed && Object.fromEntries(detailed) };
}

const text = (value: PropertyValue | undefined): string => (typeof value === "string" ? value : "");

function atLeastOne(property: string): (inputs: PropertyMap) => CheckFailure | undefined {
  return (inputs) => {
    const value = inputs[property];
    const fine = typeof value !== "number" || (Number.isInteger(value) && value >= 1);
    return fine ? undefined : { property, reason: "must be a whole number of at least 1" };
  };
}

const uuid: Kind = {
  computed: ["result"],
  async draw() {
    const result = randomUUID();
    return { id: result, outputs: { result } };
  },
};

/** RFC 9562, version 7: 48 bits of milliseconds, then chance. */
function uuid7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export const randomPackage: StandInPackage = {
  functions: {},
  resources: {
    "random:index:RandomId": handler({
      computed: ["b64Std", "b64Url", "dec", "hex"],
      required: ["byteLength"],
      check: atLeastOne("byteLength"),
      async draw(inputs) {
        const bytes = randomBytes(Number(inputs.byteLength));
        const prefix = text(inputs.prefix);
        const hex = bytes.toString("hex");
        const id = bytes.toString("base64url");
        const outputs = {
          b64Std: prefix + bytes.toString("base64"),
          b64Url: prefix + id,
          dec: prefix + BigInt(`0x${hex}`).toString(),
          hex: prefix + hex,
        };
        return { id, outputs };
      },
    }),
    "random:index:RandomPassword": handler({
      computed: ["result", "bcryptHash"],
      required: ["length"],
      defaults: withCharacterDefaults,
      check: characterProblem,
      async draw(inputs) {
        const result = drawString(inputs, drawFrom(undefined));
        const { hash } = await import("bcryptjs");
        return { id: "none", outputs: { result, bcryptHash: await hash(result, BCRYPT_COST) } };
      },
    }),
    "random:index:RandomString": handler({
      computed: ["result"],
      required: ["length"],
      defaults: withCharacterDefaults,
      check: characterProblem,
      async draw(inputs) {
        const result = drawString(inputs, drawFrom(undefined));
        return { id: result, outputs: { result } };
      },
    }),
    "random:index:RandomPet": handler({
      computed: [],
      defaults: (inputs) => ({ length: 2, separator: "-", ...inputs }),
      check: atLeastOne("length"),
      async draw(inputs) {
        const { length, separator, prefix } = { length: 2, separator: "-", prefix: "", ...inputs };
        return { id: drawPet(Number(length), text(separator), text(prefix), drawFrom(undefined)), outputs: {} };
      },
    }),
    "random:index:RandomInteger": handler({
      computed: ["result"],
      required: ["min", "max"],
      check({ min, max }) {
        const wrong = typeof min === "number" && typeof max === "number" && min > max;
        return wrong ? { property: "max", reason: `must not be less than min (${min})` } : undefined;
      },
      async draw(inputs) {
        const [min, max] = [Number(inputs.min), Number(inputs.max)];
        const result = min + drawFrom(text(inputs.seed))(max - min + 1);
        return { id: String(result), outputs: { result } };
      },
    }),
    "random:index:RandomUuid": handler(uuid),
    "random:index:RandomUuid4": handler(uuid),
    "random:index:RandomUuid7": handler({
      computed: ["result"],
      async draw() {
        const result = uuid7();
        return { id: result, outputs: { result } };
      },
    }),
    "random:index:RandomBytes": handler({
      computed: ["base64", "hex"],
      required: ["length"],
      check: atLeastOne("length"),
      async draw(inputs) {
        const bytes = randomBytes(Number(inputs.length));
        const base64 = bytes.toString("base64");
        return { id: base64, outputs: { base64, hex: bytes.toString("hex") } };
      },
    }),
    "random:index:RandomShuffle": handler({
      computed: ["results"],
      required: ["inputs"],
      async draw(given) {
        const items = Array.isArray(given.inputs) ? given.inputs : [];
        const count = typeof given.resultCount === "number" ? given.resultCount : items.length;
        const draw = drawFrom(text(given.seed));
        const results: PropertyValue[] = [];
        // More than there are begins a new round, as in the official plugin.
        while (items.length > 0 && results.length < count) results.push(...shuffled(items, draw));
        return { id: "-", outputs: { results: results.slice(0, count) } };
      },
    }),
  },
};
