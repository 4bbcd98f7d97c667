import { domain } from "./domain";
import { functions } from "./functions";
import { network } from "./network";
import { pool, volume } from "./storage";
import {
  optional,
  type Properties,
  type Property,
  type ResourceDescription,
  requiredNames,
  string,
  type TypeNode,
} from "./types";

export const NAME = "libvirt";
export const VERSION = "0.1.0";
export const DEFAULT_URI = "qemu:///system";

/** Configuration of a provider instance. */
export const configuration = {
  uri: optional(string, `Connection URI of the hypervisor. Default ${DEFAULT_URI}.`),
};

export const descriptions: readonly ResourceDescription[] = [network, pool, volume, domain];

interface SchemaProperty {
  type?: string;
  $ref?: string;
  items?: SchemaProperty;
  oneOf?: SchemaProperty[];
  description?: string;
}
interface SchemaObject {
  type: "object" | "string";
  description: string;
  properties?: { [name: string]: SchemaProperty };
  required?: string[];
  enum?: { value: string }[];
}
interface SchemaResource {
  description: string;
  properties: { [name: string]: SchemaProperty };
  required: string[];
  inputProperties: { [name: string]: SchemaProperty };
  requiredInputs: string[];
}
interface SchemaFunction {
  description: string;
  outputs: { type: "object"; properties: { [name: string]: SchemaProperty }; required: string[] };
}
export interface PackageSchema {
  name: string;
  displayName: string;
  version: string;
  description: string;
  license: string;
  config: { variables: { [name: string]: SchemaProperty } };
  provider: { description: string; inputProperties: { [name: string]: SchemaProperty } };
  types: { [token: string]: SchemaObject };
  resources: { [token: string]: SchemaResource };
  functions: { [token: string]: SchemaFunction };
}

/** The package schema (https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/). */
export function packageSchema(): PackageSchema {
  const types: PackageSchema["types"] = {};
  const properties = (from: Properties) => schemaProperties(from, types);
  const resources = Object.fromEntries(
    descriptions.map(({ token, description, inputs, outputs }) => [
      token,
      {
        description,
        properties: properties({ ...inputs, ...outputs }),
        required: requiredNames({ ...inputs, ...outputs }),
        inputProperties: properties(inputs),
        requiredInputs: requiredNames(inputs),
      },
    ]),
  );
  return {
    name: NAME,
    displayName: "libvirt",
    version: VERSION,
    description: "Virtual machines, networks and storage by libvirt.",
    license: "GPL-2.0-or-later",
    config: { variables: properties(configuration) },
    provider: { description: "A connection to a hypervisor.", inputProperties: properties(configuration) },
    types,
    resources,
    functions: Object.fromEntries(
      functions.map(({ token, description, outputs }) => [
        token,
        { description, outputs: { type: "object", properties: properties(outputs), required: requiredNames(outputs) } },
      ]),
    ),
  };
}

function schemaProperties(properties: Properties, types: PackageSchema["types"]): { [name: string]: SchemaProperty } {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]: [string, Property]) => [
      name,
      { ...schemaType(property.type, types), description: property.description },
    ]),
  );
}

function schemaType(type: TypeNode, types: PackageSchema["types"]): SchemaProperty {
  switch (type.kind) {
    case "asset":
      return { oneOf: [{ type: "string" }, { $ref: "pulumi.json#/Asset" }] };
    case "list":
      return { type: "array", items: schemaType(type.element, types) };
    case "enum":
    case "object": {
      const token = `${NAME}:index/${type.name.charAt(0).toLowerCase()}${type.name.slice(1)}:${type.name}`;
      types[token] ??= schemaObject(type, types);
      return { $ref: `#/types/${token}` };
    }
    default:
      return { type: type.kind };
  }
}

function schemaObject(
  type: Extract<TypeNode, { kind: "enum" | "object" }>,
  types: PackageSchema["types"],
): SchemaObject {
  const { description } = type;
  if (type.kind === "enum") return { type: "string", description, enum: type.values.map((value) => ({ value })) };
  return {
    type: "object",
    description,
    properties: schemaProperties(type.properties, types),
    required: requiredNames(type.properties),
  };
}
