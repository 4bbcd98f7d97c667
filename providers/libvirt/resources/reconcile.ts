import { isDeepStrictEqual } from "node:util";
import { isMap } from "../wire/values";

/**
 * The inputs for the state after a look at the real thing: `known` as worded in the program wherever reality still
 * agrees with it, reality where it differs.
 *
 * @param known the inputs in the state
 * @param expected how the reader reports a resource made exactly of `known`
 * @param live how the reader reports the resource as it is; what libvirt added by itself is ignored
 */
export function reconcile<T extends object>(known: T, expected: T, live: T): T {
  const entries = Object.entries(known).map(([name, value]) => {
    const [wanted, found] = [member(expected, name), member(live, name)];
    return [name, wanted === undefined || agrees(wanted, found) ? value : found] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T;
}

function member(object: object, name: string): unknown {
  return (object as Record<string, unknown>)[name];
}

/** Whether everything that is wanted is there; additions by libvirt are none of our business. */
function agrees(wanted: unknown, found: unknown, name = ""): boolean {
  if (name === "machine") return sameMachine(wanted, found);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found)) return false;
    // libvirt adds controllers as it needs them.
    if (name === "controllers") return wanted.every((item) => found.some((other) => agrees(item, other)));
    return wanted.length === found.length && wanted.every((item, index) => agrees(item, found[index]));
  }
  if (isMap(wanted)) {
    return isMap(found) && Object.entries(wanted).every(([key, value]) => agrees(value, found[key], key));
  }
  return isDeepStrictEqual(wanted, found);
}

/** libvirt resolves the aliases pc and q35 when a domain is defined (pc-i440fx-7.2, pc-q35-7.2). */
function sameMachine(wanted: unknown, found: unknown): boolean {
  if (wanted === found) return true;
  const resolved = { pc: "pc-i440fx-", q35: "pc-q35-" }[String(wanted)];
  return resolved !== undefined && String(found).startsWith(resolved);
}
