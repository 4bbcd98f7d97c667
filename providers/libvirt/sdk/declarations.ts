import type { PackageSchema } from "../schema/package";
import { BANNER, className } from "./implementation";

type Property = PackageSchema["provider"]["inputProperties"][string];
type Form = "input" | "output";

/** index.d.ts: the classes, their arguments, and the types within them as inputs and as outputs. */
export function declarations(schema: PackageSchema): string {
  const resources = Object.entries(schema.resources).map(([token, resource]) => {
    const name = className(token);
    return `${comment(resource.description, "")}export declare class ${name} extends pulumi.CustomResource {
  /** Looks up an existing resource by id, UUID or name. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state?: Partial<${name}Args>, opts?: pulumi.CustomResourceOptions): ${name};
  static isInstance(object: unknown): object is ${name};
${Object.entries(resource.properties)
  .map(([property, type]) => {
    const optional = resource.required.includes(property) ? "" : " | undefined";
    return `${comment(type.description, "  ")}  readonly ${property}: pulumi.Output<${outputType(type, schema)}${optional}>;\n`;
  })
  .join("")}
  constructor(name: string, args: ${name}Args, opts?: pulumi.CustomResourceOptions);
}

export interface ${name}Args {
${members(resource.inputProperties, resource.requiredInputs, "input", schema, "  ")}}
`;
  });
  const functions = Object.entries(schema.functions).map(([token, { description, outputs }]) => {
    const name = className(token);
    const result = `${name.charAt(0).toUpperCase()}${name.slice(1)}Result`;
    return `export interface ${result} {
${members(outputs.properties, outputs.required, "output", schema, "  ")}}
${comment(description, "")}export declare function ${name}(args?: object, opts?: pulumi.InvokeOptions): Promise<${result}>;
export declare function ${name}Output(args?: object, opts?: pulumi.InvokeOutputOptions): pulumi.Output<${result}>;
`;
  });
  return `${BANNER}
import type * as pulumi from "@pulumi/pulumi";

${resources.join("\n")}
${functions.join("\n")}
${comment(schema.provider.description, "")}export declare class Provider extends pulumi.ProviderResource {
  static isInstance(object: unknown): object is Provider;
  constructor(name: string, args?: ProviderArgs, opts?: pulumi.ResourceOptions);
}

export interface ProviderArgs {
${members(schema.provider.inputProperties, [], "input", schema, "  ")}}

export declare namespace types {
  namespace input {
${nested("input", schema)}  }
  namespace output {
${nested("output", schema)}  }
}
`;
}

function nested(form: Form, schema: PackageSchema): string {
  return Object.entries(schema.types)
    .filter(([, type]) => type.type === "object")
    .map(
      ([token, type]) => `${comment(type.description, "    ")}    interface ${className(token)} {
${members(type.properties ?? {}, type.required ?? [], form, schema, "      ")}    }
`,
    )
    .join("");
}

function members(
  properties: Record<string, Property>,
  required: readonly string[],
  form: Form,
  schema: PackageSchema,
  indent: string,
): string {
  return Object.entries(properties)
    .map(([name, type]) => {
      const mark = required.includes(name) ? "" : "?";
      const typeText = form === "input" ? `pulumi.Input<${inputType(type, schema)}>` : outputType(type, schema);
      const orUndefined = mark === "" ? "" : " | undefined";
      return `${comment(type.description, indent)}${indent}${name}${mark}: ${typeText}${orUndefined};\n`;
    })
    .join("");
}

function inputType(type: Property, schema: PackageSchema): string {
  if (type.items !== undefined) return `pulumi.Input<${inputType(type.items, schema)}>[]`;
  return scalarType(type, schema, "input");
}

function outputType(type: Property, schema: PackageSchema): string {
  if (type.items !== undefined) {
    const element = outputType(type.items, schema);
    return element.includes("|") ? `(${element})[]` : `${element}[]`;
  }
  return scalarType(type, schema, "output");
}

function scalarType(type: Property, schema: PackageSchema, form: Form): string {
  if (type.oneOf !== undefined) return type.oneOf.map((option) => scalarType(option, schema, form)).join(" | ");
  if (type.$ref === "pulumi.json#/Asset") return "pulumi.asset.Asset";
  if (type.$ref !== undefined) {
    const token = type.$ref.replace("#/types/", "");
    const values = schema.types[token]?.enum;
    return values === undefined
      ? `types.${form}.${className(token)}`
      : values.map(({ value }) => JSON.stringify(value)).join(" | ");
  }
  return type.type === "integer" ? "number" : (type.type ?? "unknown");
}

function comment(text: string | undefined, indent: string): string {
  return text === undefined ? "" : `${indent}/** ${text.replaceAll("*/", "*\\/")} */\n`;
}
