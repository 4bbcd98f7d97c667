/** Configuration keys: `namespace:name`; without a namespace they belong to the project. */
import { EXIT, UserError } from "../errors";

/** The fully qualified key. Throws a UserError, as the official CLI does, when the key has more than one colon part. */
export function qualifyKey(key: string, project: string): string {
  const parts = key.split(":");
  if (parts.length === 1 && key !== "") return `${project}:${key}`;
  // `ns:config:name` is the old spelling of `ns:name`.
  if (parts.length === 3 && parts[1] === "config" && parts[0] && parts[2]) return `${parts[0]}:${parts[2]}`;
  if (parts.length === 2 && parts[0] && parts[1]) return key;
  throw new UserError(`invalid configuration key: could not parse ${key} as a configuration key`, EXIT.usage);
}

/** The key as users write it: without the project's own namespace. */
export function shortKey(key: string, project: string): string {
  return key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key;
}
