/** Random values for property tests. */
import fc from "fast-check";
import {
  Asset,
  type PropertyMap,
  type PropertyValue,
  ResourceReference,
  Secret,
  UNKNOWN,
} from "../../engine/values/property";

const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== "__proto__");

const asSecret = (value: PropertyValue): PropertyValue => (value instanceof Secret ? value : new Secret(value));

/** Property values of every kind; secrets are never nested directly in each other, as everywhere in the engine. */
export const propertyValue: fc.Arbitrary<PropertyValue> = fc.letrec<{ value: PropertyValue; bare: PropertyValue }>(
  (tie) => ({
    bare: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.string(),
      fc.constant(UNKNOWN),
      fc.nat().map((number) => new Asset({ text: `text ${number}`, hash: `h${number}` })),
      fc.constant(new ResourceReference("urn:pulumi:s::p::a:b:C::c", "id", "1.0.0")),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
    value: fc.oneof({ weight: 4, arbitrary: tie("bare") }, { weight: 1, arbitrary: tie("bare").map(asSecret) }),
  }),
).value;

export const propertyMap: fc.Arbitrary<PropertyMap> = fc.dictionary(key, propertyValue, {
  maxKeys: 4,
  noNullPrototype: true,
});
