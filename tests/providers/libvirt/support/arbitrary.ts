import fc from "fast-check";
import type { Properties, TypeNode } from "../../../../providers/libvirt/schema/types";

/** Text that a program may hand to libvirt: anything but control characters and lone surrogates, white space included. */
const text = fc
  .string({
    unit: fc.oneof(fc.constantFrom(..."<>&\"' \n\t,=äß€😀"), fc.string({ minLength: 1, maxLength: 1, unit: "binary" })),
    maxLength: 12,
  })
  .filter((value) => !/[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/u.test(value) && value.trim() !== "");

/** Inputs that a description allows, all of its types and optional parts included. */
export function arbitraryOf(properties: Properties): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.entries(properties).map(([name, { type, required }]) => {
    const value = arbitraryValue(type);
    return [
      name,
      required ? value.map((given) => [given]) : fc.option(value).map((given) => (given === null ? [] : [given])),
    ] as const;
  });
  return fc
    .record(Object.fromEntries(members))
    .map((record) =>
      Object.fromEntries(
        Object.entries(record).flatMap(([name, given]) => (given as unknown[]).map((value) => [name, value])),
      ),
    );
}

function arbitraryValue(type: TypeNode): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "string":
    case "asset":
      return text;
    case "number":
    case "integer":
      return fc.nat(65535);
    case "boolean":
      return fc.boolean();
    case "enum":
      return fc.constantFrom(...type.values);
    case "list":
      return fc.array(arbitraryValue(type.element), { minLength: 1, maxLength: 3 });
    case "object":
      return arbitraryOf(type.properties);
  }
}
