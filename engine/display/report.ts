/** What is printed at the end of a deployment: diagnostics, outputs, what was changed, how long it took. */
import type { Operation } from "../deploy/step";
import { diffMaps } from "../values/diff";
import { mapDeep, type PropertyMap, Secret } from "../values/property";
import { glyphOf, type Row, summaryVerb } from "./rows";
import { renderMap, renderMapDiff } from "./values";

/** Everything that was said for good, grouped by resource. */
export function renderDiagnostics(rows: readonly Row[]): string[] {
  const lines = rows.flatMap((row) => {
    const messages = row.messages.filter((message) => message.text.trim() !== "");
    if (messages.length === 0) return [];
    const texts = messages.flatMap(({ severity, text }) => {
      const [first = "", ...rest] = text.trimEnd().split("\n");
      return [`    ${severity === "info" ? "" : `${severity}: `}${first}`, ...rest.map((line) => `    ${line}`)];
    });
    return [`  ${row.type} (${row.name}):`, ...texts, ""];
  });
  return lines.length > 0 ? ["Diagnostics:", ...lines] : [];
}

/** The stack's outputs: as they are, or how they changed when there were some before. */
export function renderOutputs(old: PropertyMap | undefined, now: PropertyMap, preview: boolean): string[] {
  const diff = old && diffMaps(alike(old), alike(now));
  // A preview shows what is going to change, and of a new stack everything.
  const unchanged = old && preview ? {} : now;
  const lines = diff ? renderMapDiff(diff, 4, preview ? "inside" : "shown") : renderMap(unchanged, 4);
  return lines.length > 0 ? ["Outputs:", ...lines, ""] : [];
}

/** Secrets read the same, whatever they are. */
const alike = (outputs: PropertyMap): PropertyMap =>
  mapDeep(outputs, (value) => (value instanceof Secret ? MASKED : value)) as PropertyMap;
const MASKED = new Secret("");

/** The order in which operations are summed up. */
const SUMMARY_ORDER: readonly Operation[] = [
  "create",
  "update",
  "replace",
  "delete",
  "import",
  "remove-pending-replace",
];

export function renderSummary(
  changes: Readonly<Partial<Record<Operation, number>>>,
  errored: number,
  preview: boolean,
): string[] {
  const present = SUMMARY_ORDER.filter((op) => (changes[op] ?? 0) > 0);
  const lines = present.map((op) => `    ${glyphOf(op)}${changes[op]} ${summaryVerb(op, preview)}`);
  const total = present.reduce((sum, op) => sum + (changes[op] ?? 0), 0);
  const unchanged = changes.same ?? 0;
  const rest = [
    ...(present.length > 1 ? [`${total} changes`] : []),
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
  ];
  if (rest.length > 0) lines.push(`    ${rest.join(". ")}`);
  if (errored > 0) lines.push(`    ${errored} errored`);
  return ["Resources:", ...lines, ""];
}

/** Whole seconds, rounded up. */
export const renderDuration = (seconds: number): string[] => [`Duration: ${seconds}s`, ""];
