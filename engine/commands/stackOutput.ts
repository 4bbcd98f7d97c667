/** `stack output`: what a stack exports, for people, for programs and for shells. */
import { UserError } from "../errors";
import { stackUrn } from "../urn";
import { mapDeep, type PropertyMap, type PropertyValue, Secret } from "../values/property";
import { revealing, serializeValue } from "../values/serial";
import type { StackContext } from "./context";

export interface OutputOptions {
  readonly json: boolean;
  readonly shell: boolean;
  readonly showSecrets: boolean;
}

/** The text to print. Throws a UserError for an unknown output. */
export async function stackOutput(
  stack: StackContext,
  name: string | undefined,
  options: OutputOptions,
): Promise<string> {
  const outputs = shown(await outputsOf(stack), options.showSecrets);
  if (name !== undefined) {
    const value = outputs[name];
    if (value === undefined) throw new UserError(`current stack does not have output property '${name}'`);
    if (options.json) return JSON.stringify(plain(value), null, 2);
    return options.shell ? shellAssignment(name, value) : asText(value);
  }
  if (options.json) return JSON.stringify(plain(outputs), null, 2);
  const names = Object.keys(outputs).sort();
  if (options.shell) return names.map((key) => shellAssignment(key, outputs[key] ?? null)).join("\n");
  return outputTable(outputs);
}

export async function outputsOf(stack: StackContext): Promise<PropertyMap> {
  const urn = stackUrn(stack.id.stack, stack.id.project);
  const snapshot = await stack.snapshot();
  return snapshot.resources.find((state) => state.urn === urn && !state.delete)?.outputs ?? {};
}

/** The outputs with secrets masked, or revealed. */
export function shown(outputs: PropertyMap, showSecrets: boolean): PropertyMap {
  return mapDeep(outputs, (value) =>
    value instanceof Secret ? (showSecrets ? value.element : "[secret]") : value,
  ) as PropertyMap;
}

const plain = (value: PropertyValue) => serializeValue(value, revealing, "");

const asText = (value: PropertyValue): string => (typeof value === "string" ? value : JSON.stringify(plain(value)));

export function outputTable(outputs: PropertyMap): string {
  const names = Object.keys(outputs).sort();
  const heading = `Current stack outputs (${names.length}):`;
  if (names.length === 0) return `${heading}\n    No output values currently in this stack`;
  const width = Math.max("OUTPUT".length, ...names.map((name) => name.length));
  const rows = names.map((name) => {
    const lines = asText(outputs[name] ?? null).split("\n");
    return lines.map((line, index) => `    ${(index === 0 ? name : "").padEnd(width)}  ${line}`).join("\n");
  });
  return [heading, `    ${"OUTPUT".padEnd(width)}  VALUE`, ...rows].join("\n");
}

/** `name=value` that a POSIX shell reads back as it was. */
function shellAssignment(name: string, value: PropertyValue): string {
  return `${name}=${quote(asText(value))}`;
}

function quote(text: string): string {
  if (text === "") return "''";
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (/[\n\s']/.test(text)) {
    return text
      .split("'")
      .map((part) => (part === "" ? "" : `'${part}'`))
      .join("\\'");
  }
  return text.replace(/(["\\$`[{(<>|&;*?~#!])/g, "\\$1");
}
