/** The scenario format as a JSON schema: what editors complete and check by, and what error messages draw names from. */
import { z } from "zod";
import type { Path } from "./problem";
import { Scenario } from "./scenario";

/** As much of a JSON schema as zod generates for the format. */
export interface JsonSchema {
  type?: string;
  const?: unknown;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  [keyword: string]: unknown;
}

/** The schema that `scenarios/scenario.schema.json` holds. */
export function scenarioJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(Scenario, { io: "input" });
  return { title: "AutoQA staging scenario", ...schema } as JsonSchema;
}

/** The fields that the schema allows at a path of a document; of alternatives those that the document's value fits. */
export function knownFields(schema: JsonSchema, path: Path, document: unknown): string[] {
  let schemas = alternatives(schema, document);
  let value = document;
  for (const part of path) {
    value = (value as Record<string | number, unknown> | undefined)?.[part];
    schemas = schemas.flatMap((each) => child(each, part)).flatMap((each) => alternatives(each, value));
  }
  return [...new Set(schemas.flatMap((each) => Object.keys(each.properties ?? {})))];
}

function child(schema: JsonSchema, part: string | number): JsonSchema[] {
  if (typeof part === "number") return schema.items === undefined ? [] : [schema.items];
  const property = schema.properties?.[part];
  if (property !== undefined) return [property];
  return typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [];
}

function alternatives(schema: JsonSchema, value: unknown): JsonSchema[] {
  const options = schema.anyOf ?? schema.oneOf;
  if (options === undefined) return [schema];
  return options.flatMap((option) => alternatives(option, value)).filter((option) => constantsFit(option, value));
}

/** Whether the constants of an object schema, such as an action's name, are those of the value. */
function constantsFit(schema: JsonSchema, value: unknown): boolean {
  return Object.entries(schema.properties ?? {}).every(
    ([name, property]) =>
      property.const === undefined || (value as Record<string, unknown> | null)?.[name] === property.const,
  );
}
