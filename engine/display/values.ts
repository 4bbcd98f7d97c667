/** Property values and their differences, as text: the way the official CLI lays them out. */
import type { ListDiff, MapDiff, ValueDiff } from "../values/diff";
import {
  Archive,
  Asset,
  isMap,
  type PropertyMap,
  type PropertyValue,
  ResourceReference,
  Secret,
  Unknown,
} from "../values/property";

const STEP = 4;
type Sign = " " | "+" | "-" | "~";

const padded = (indent: number, sign: Sign) => `${" ".repeat(indent - 2)}${sign} `;

/** One map, key by key; `sign` stands before every line that names a key or an item. */
export function renderMap(map: PropertyMap, indent: number, sign: Sign = " "): string[] {
  const keys = Object.keys(map).sort();
  const width = Math.max(0, ...keys.map((key) => key.length));
  return keys.flatMap((key) => renderEntry(key.padEnd(width), map[key] ?? null, indent, sign));
}

function renderEntry(label: string, value: PropertyValue, indent: number, sign: Sign): string[] {
  const [first = "", ...rest] = renderValue(value, indent, sign);
  return [`${padded(indent, sign)}${label}: ${first}`, ...rest];
}

/** The lines of a value; the first belongs behind its label. */
function renderValue(value: PropertyValue, indent: number, sign: Sign): string[] {
  const inner = indent + STEP;
  if (Array.isArray(value)) {
    if (value.length === 0) return ["[]"];
    const items = value.flatMap((item, index) => renderEntry(`[${index}]`, item, inner, sign));
    return ["[", ...items, `${" ".repeat(indent)}]`];
  }
  if (isMap(value)) {
    if (Object.keys(value).length === 0) return ["{}"];
    return ["{", ...renderMap(value, inner, sign), `${" ".repeat(indent)}}`];
  }
  return [renderScalar(value)];
}

export function renderScalar(value: PropertyValue): string {
  if (value === null) return "<null>";
  if (value instanceof Secret) return "[secret]";
  if (value instanceof Unknown) return "[unknown]";
  if (value instanceof Asset) return `asset(${blobLabel(value)})`;
  if (value instanceof Archive) return `archive(${blobLabel(value)})`;
  if (value instanceof ResourceReference) return `"${value.urn}"`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return renderNumber(value);
  return String(value);
}

function blobLabel({ source }: Asset | Archive): string {
  const kind =
    source.path !== undefined
      ? "file"
      : source.text !== undefined
        ? "text"
        : source.uri !== undefined
          ? "uri"
          : "assets";
  return `${kind}:${(source.hash ?? "").slice(0, 7)}`;
}

/** As Go's %v would, but without exponents where the number is whole. */
function renderNumber(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  return String(value).replace(/e([+-])(\d)$/, "e$10$2");
}

/** What changed in a map; entries that did not are shown as they are, unless `onlyChanges`. */
export function renderMapDiff(diff: MapDiff, indent: number, onlyChanges = false): string[] {
  const sames = onlyChanges ? {} : diff.sames;
  const keys = [diff.adds, diff.deletes, diff.updates, sames].flatMap((part) => Object.keys(part)).sort();
  const width = Math.max(0, ...keys.map((key) => key.length));
  return keys.flatMap((key) => {
    const label = key.padEnd(width);
    const { adds, deletes, updates } = diff;
    if (adds[key] !== undefined) return renderEntry(label, adds[key], indent, "+");
    if (deletes[key] !== undefined) return renderEntry(label, deletes[key], indent, "-");
    if (updates[key] !== undefined) return renderUpdate(label, updates[key], indent, onlyChanges);
    return renderEntry(label, sames[key] ?? null, indent, " ");
  });
}

function renderUpdate(label: string, diff: ValueDiff, indent: number, onlyChanges: boolean): string[] {
  // Both sides would read the same.
  if (diff.old instanceof Secret && diff.new instanceof Secret && !onlyChanges)
    return renderEntry(label, diff.new, indent, " ");
  const head = `${padded(indent, "~")}${label}: `;
  const inner = indent + STEP;
  if (diff.map) return [`${head}{`, ...renderMapDiff(diff.map, inner, onlyChanges), `${" ".repeat(indent)}}`];
  if (diff.list) return [`${head}[`, ...renderListDiff(diff.list, inner, onlyChanges), `${" ".repeat(indent)}]`];
  if (isComposite(diff.old) || isComposite(diff.new)) {
    return [...renderEntry(label, diff.old, indent, "-"), ...renderEntry(label, diff.new, indent, "+")];
  }
  return [`${head}${renderScalar(diff.old)} => ${renderScalar(diff.new)}`];
}

const isComposite = (value: PropertyValue): boolean => isMap(value) || Array.isArray(value);

function renderListDiff(diff: ListDiff, indent: number, onlyChanges: boolean): string[] {
  const sames = onlyChanges ? {} : diff.sames;
  const indices = [diff.adds, diff.deletes, diff.updates, sames].flatMap((part) => Object.keys(part).map(Number));
  return indices
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const label = `[${index}]`;
      const { adds, deletes, updates } = diff;
      if (adds[index] !== undefined) return renderEntry(label, adds[index], indent, "+");
      if (deletes[index] !== undefined) return renderEntry(label, deletes[index], indent, "-");
      if (updates[index] !== undefined) return renderUpdate(label, updates[index], indent, onlyChanges);
      return renderEntry(label, sames[index] ?? null, indent, " ");
    });
}
