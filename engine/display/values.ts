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
    const items = value.flatMap((item, index) => {
      const [first = "", ...rest] = renderValue(item, inner, sign);
      // The sign of a list stands in one column before all of its items.
      return [`${padded(indent, sign)}${" ".repeat(STEP)}[${index}]: ${first}`, ...rest];
    });
    return ["[", ...items, `${" ".repeat(indent)}]`];
  }
  if (isMap(value)) {
    if (Object.keys(value).length === 0) return ["{}"];
    return ["{", ...renderMap(value, inner, sign), `${" ".repeat(indent)}}`];
  }
  return [renderScalar(value)];
}

function renderScalar(value: PropertyValue): string {
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

/** What is shown of what did not change: everything, what is inside of something that did, or nothing. */
export type Unchanged = "shown" | "inside" | "hidden";

/** What changed in a map, and what did not as far as that is `unchanged`. */
export function renderMapDiff(diff: MapDiff, indent: number, unchanged: Unchanged): string[] {
  const sames = unchanged === "shown" ? diff.sames : {};
  const inside = unchanged === "inside" ? "shown" : unchanged;
  const keys = [diff.adds, diff.deletes, diff.updates, sames].flatMap((part) => Object.keys(part)).sort();
  const width = Math.max(0, ...keys.map((key) => key.length));
  return keys.flatMap((key) => {
    const label = key.padEnd(width);
    const { adds, deletes, updates } = diff;
    if (adds[key] !== undefined) return renderEntry(label, adds[key], indent, "+");
    if (deletes[key] !== undefined) return renderEntry(label, deletes[key], indent, "-");
    if (updates[key] !== undefined) return renderUpdate(label, updates[key], indent, inside);
    return renderEntry(label, sames[key] ?? null, indent, " ");
  });
}

/** `base` is the indentation that what is inside starts from. */
function renderUpdate(label: string, diff: ValueDiff, indent: number, unchanged: Unchanged, base = indent): string[] {
  const head = `${padded(indent, "~")}${label}: `;
  const inner = base + STEP;
  const end = " ".repeat(base);
  if (diff.map) return [`${head}{`, ...renderMapDiff(diff.map, inner, unchanged), `${end}}`];
  if (diff.list) return [`${head}[`, ...renderListDiff(diff.list, inner, unchanged), `${end}]`];
  if (isComposite(diff.old) || isComposite(diff.new)) {
    return [...renderEntry(label, diff.old, indent, "-"), ...renderEntry(label, diff.new, indent, "+")];
  }
  // An empty text is shown like one that is not there.
  if (diff.new === "") return renderEntry(label, diff.old, indent, "-");
  if (diff.old === "") return renderEntry(label, diff.new, indent, "+");
  if (typeof diff.old === "string" && typeof diff.new === "string" && /\n/.test(diff.old + diff.new)) {
    return [
      head,
      ...diffLines(diff.old.split("\n"), diff.new.split("\n")).map((line) => `${" ".repeat(inner - 2)}${line}`),
    ];
  }
  return [`${head}${renderScalar(diff.old)} => ${renderScalar(diff.new)}`];
}

/** What became of the lines of a text: the longest common ones stay, the others go and come. */
function diffLines(olds: readonly string[], news: readonly string[]): string[] {
  const common: number[][] = Array.from({ length: olds.length + 1 }, () => Array<number>(news.length + 1).fill(0));
  const at = (row: number, column: number) => common[row]?.[column] ?? 0;
  for (let row = olds.length - 1; row >= 0; row--) {
    for (let column = news.length - 1; column >= 0; column--) {
      const longest =
        olds[row] === news[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
      (common[row] as number[])[column] = longest;
    }
  }
  const lines: string[] = [];
  let [row, column] = [0, 0];
  while (row < olds.length || column < news.length) {
    if (row < olds.length && column < news.length && olds[row] === news[column]) {
      lines.push(`  ${olds[row++]}`);
      column++;
    } else if (row < olds.length && (column >= news.length || at(row + 1, column) >= at(row, column + 1))) {
      lines.push(`- ${olds[row++]}`);
    } else {
      lines.push(`+ ${news[column++]}`);
    }
  }
  return lines;
}

const isComposite = (value: PropertyValue): boolean => isMap(value) || Array.isArray(value);

function renderListDiff(diff: ListDiff, indent: number, unchanged: Unchanged): string[] {
  const sames = unchanged === "shown" ? diff.sames : {};
  const indices = [diff.adds, diff.deletes, diff.updates, sames].flatMap((part) => Object.keys(part).map(Number));
  return indices
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const label = `[${index}]`;
      const { adds, deletes, updates } = diff;
      if (adds[index] !== undefined) return renderEntry(label, adds[index], indent, "+");
      if (deletes[index] !== undefined) return renderEntry(label, deletes[index], indent, "-");
      if (updates[index] !== undefined) return renderUpdate(label, updates[index], indent, unchanged, indent + STEP);
      return renderEntry(label, sames[index] ?? null, indent, " ");
    });
}
