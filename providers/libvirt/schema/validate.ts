import { Asset, isMap, type Plain, type PlainMap, Unknown } from "../wire/values";
import { nearest } from "./nearest";
import { type Properties, requiredNames, type TypeNode } from "./types";

/** One thing that is wrong with the inputs of a resource. */
export interface Failure {
  /** Path of the property, for example devices.disks[0].source; empty for the whole resource. */
  property: string;
  reason: string;
}

/** Control characters, lone surrogates and non-characters: XML 1.0 has no way to write these, not even escaped. */
const NOT_IN_XML = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/u;

/** What is wrong with a map of properties, by their description. Unknown values pass. */
export function validate(values: PlainMap, properties: Properties, path = ""): Failure[] {
  const failures: Failure[] = [];
  for (const name of Object.keys(values)) {
    if (name in properties) continue;
    const meant = nearest(name, Object.keys(properties));
    const hint = meant === undefined ? `known here: ${Object.keys(properties).join(", ")}` : `did you mean "${meant}"?`;
    failures.push({ property: join(path, name), reason: `unknown property "${name}": ${hint}` });
  }
  for (const name of requiredNames(properties)) {
    if (isMissing(values[name]))
      failures.push({ property: join(path, name), reason: `missing required property "${name}"` });
  }
  for (const [name, property] of Object.entries(properties)) {
    const value = values[name];
    if (!isMissing(value)) failures.push(...validateValue(value, property.type, join(path, name)));
  }
  return failures;
}

function isMissing(value: Plain | undefined): value is undefined | null {
  return value === undefined || value === null;
}

function validateValue(value: Plain | undefined, type: TypeNode, property: string): Failure[] {
  if (value === undefined || value instanceof Unknown) return [];
  const wrong = (expected: string): Failure[] => [{ property, reason: `${expected} expected, not ${describe(value)}` }];
  switch (type.kind) {
    case "string":
      if (typeof value !== "string") return wrong("a string");
      return NOT_IN_XML.test(value) ? [{ property, reason: "control characters are not allowed" }] : [];
    case "number":
      return typeof value === "number" && value >= 0 ? [] : wrong("a number, not negative,");
    case "integer":
      return Number.isSafeInteger(value) && Number(value) >= 0 ? [] : wrong("a whole number, not negative,");
    case "boolean":
      return typeof value === "boolean" ? [] : wrong("true or false");
    case "asset":
      if (value instanceof Asset) {
        return value.uri === undefined
          ? []
          : [{ property, reason: "remote assets are not supported: give a local file" }];
      }
      return typeof value === "string" ? [] : wrong("a path or an asset");
    case "enum":
      if (typeof value === "string" && type.values.includes(value)) return [];
      return [{ property, reason: `one of ${type.values.join(", ")} expected, not ${quote(value)}` }];
    case "list":
      if (!Array.isArray(value)) return wrong("a list");
      return value.flatMap((item, index) => validateValue(item, type.element, `${property}[${index}]`));
    case "object":
      return isMap(value) ? validate(value as PlainMap, type.properties, property) : wrong("an object");
  }
}

function quote(value: Plain): string {
  return typeof value === "string" ? `"${value}"` : describe(value);
}

function describe(value: Plain): string {
  if (Array.isArray(value)) return "a list";
  if (value instanceof Asset) return "an asset";
  if (value === null) return "null";
  return typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : `a ${typeof value}`.replace("a object", "an object");
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
