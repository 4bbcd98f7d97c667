/** Compares what the local engine did with what the official CLI did, leaving aside what is not significant. */
import type { Json, JsonObject } from "./corpus";

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
/** Part of the wire format, and nothing random. */
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Features of the plugin protocol that the local engine does not claim to have (docs/engine.md). */
const UNCLAIMED = ["supportsViews", "supportsRefreshBeforeUpdate", "acceptsByteString"];
/** What the official plugins of random and command keep for themselves. */
const PLUGIN_INTERNALS = ["__meta", "__pulumi_raw_state_delta", "__pulumi-go-provider-version"];

/**
 * Gives drawn values (ids of providers, random values, ids of commands) the same names on both sides. Values are learnt
 * from the states, in the order of the steps.
 */
export class Names {
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  learn(state: readonly JsonObject[]): void {
    for (const resource of state) {
      const { urn, type, id } = resource as { urn?: string; type?: string; id?: string };
      if (!urn || !type) continue;
      if (type.startsWith("pulumi:providers:") && id) this.name(id, `provider ${urn}`);
      if (type.startsWith("command:") && id) this.name(id, `command ${urn}`);
      if (type.startsWith("random:")) {
        const { inputs, outputs } = resource as { inputs?: JsonObject; outputs?: JsonObject };
        for (const [key, value] of Object.entries(outputs ?? {})) {
          const drawn = plaintextOf(value);
          const counts = drawn !== undefined && !(key in (inputs ?? {})) && drawn.length >= 5;
          // The recordings do not tell what was drawn first from what replaced it.
          if (counts && !this.names.has(drawn)) this.names.set(drawn, `<${urn} ${key}>`);
        }
      }
    }
  }

  /** The text with every learnt value replaced by its name. */
  apply(text: string): string {
    let named = text;
    const longestFirst = [...this.names].sort(([a], [b]) => b.length - a.length);
    for (const [value, name] of longestFirst) named = named.replaceAll(value, name);
    return named.replace(UUID, (uuid) => (uuid === UNKNOWN_STRING ? uuid : "<uuid>"));
  }

  private name(value: string, label: string): void {
    if (this.names.has(value)) return;
    const number = (this.counts.get(label) ?? 0) + 1;
    this.counts.set(label, number);
    this.names.set(value, `<${label} ${number}>`);
  }
}

function plaintextOf(value: Json): string | undefined {
  if (typeof value === "string") return value;
  const wrapped = value as { plaintext?: string } | null;
  if (typeof wrapped?.plaintext !== "string") return undefined;
  const inner: unknown = JSON.parse(wrapped.plaintext);
  return typeof inner === "string" ? inner : undefined;
}

/** JSON with sorted keys and sorted dependency lists. */
function canonical(value: Json): string {
  const tidy = (inner: Json, key: string | undefined): Json => {
    if (Array.isArray(inner)) {
      const items = inner.map((item) => tidy(item, undefined));
      return key === "dependencies" ? items.sort() : items;
    }
    if (typeof inner !== "object" || inner === null) return inner;
    const entries = Object.keys(inner)
      .sort()
      .map((name): [string, Json] => [
        name,
        tidy(inner[name] ?? null, key === "propertyDependencies" ? "dependencies" : name),
      ]);
    return Object.fromEntries(entries);
  };
  return JSON.stringify(tidy(value, undefined));
}

/** A journal entry without its number, and without what the local engine does not claim in its handshake. */
export function journalEntry(entry: JsonObject): string {
  const { call: _call, ...rest } = entry;
  // The official engine does not wait for Configure: whether it was over is chance.
  if (entry.method === "cancel") return canonical({ ...rest, provider: "" });
  if (entry.method !== "handshake" || entry.at !== "begin") return canonical(rest);
  const request = Object.entries(rest.request as JsonObject).filter(([key]) => !UNCLAIMED.includes(key));
  return canonical({ ...rest, request: Object.fromEntries(request) });
}

/** A resource or pending operation without times, call stacks, and what official plugins keep for themselves. */
export function stateEntry(entry: JsonObject): string {
  if ("resource" in entry) return canonical({ ...entry, resource: significant(entry.resource as JsonObject) });
  return canonical(significant(entry));
}

function significant(resource: JsonObject): JsonObject {
  const { created: _created, modified: _modified, stackTrace: _stackTrace, ...rest } = resource;
  // Where the SDK itself is installed differs.
  if (rest.type === "pulumi:pulumi:Stack") delete rest.sourcePosition;
  for (const part of ["inputs", "outputs"]) {
    const map = rest[part] as JsonObject | undefined;
    if (map) rest[part] = Object.fromEntries(Object.entries(map).filter(([key]) => !PLUGIN_INTERNALS.includes(key)));
  }
  return rest;
}

/** What is in one bag and not in the other, as `- expected` and `+ observed` lines; empty when they are equal. */
export function differences(expected: readonly string[], observed: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const item of expected) counts.set(item, (counts.get(item) ?? 0) + 1);
  for (const item of observed) counts.set(item, (counts.get(item) ?? 0) - 1);
  return [...counts].flatMap(([item, count]) =>
    Array.from({ length: Math.abs(count) }, () => `${count > 0 ? "-" : "+"} ${item}`),
  );
}
