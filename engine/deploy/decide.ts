/** The decisions of the planner that need no provider: pure. */
import type { DiffResult, PropertyDiff } from "../plugins/provider";
import { changedKeys, diffMaps, type MapDiff, type ValueDiff } from "../values/diff";
import { PathError, parsePath, pathContains, resetAt } from "../values/path";
import {
  deepEquals,
  mapWithoutSecrets,
  type PropertyMap,
  type PropertyValue,
  someDeep,
  UNKNOWN,
  Unknown,
  withoutSecrets,
} from "../values/property";

/** The key that stands for a resource's init errors in `replaceOnChanges`. */
const INIT_ERRORS = "#initerror";

/**
 * What `ignoreChanges` does to new inputs: the old values are put back. `invalid` lists paths whose elements were added
 * or removed, where there is nothing to put back.
 */
export function ignoreChanges(
  news: PropertyMap,
  olds: PropertyMap,
  paths: readonly string[],
): { inputs: PropertyMap; invalid: string[] } {
  let inputs = news;
  const invalid: string[] = [];
  for (const text of paths) {
    try {
      const reset = resetAt(olds, inputs, parsePath(text));
      if (reset) inputs = reset;
      else invalid.push(text);
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
    }
  }
  return { inputs, invalid };
}

/** Turns the changes that `replaceOnChanges` names into replacements. */
export function replaceOnChanges(diff: DiffResult, patterns: readonly string[], hasInitErrors: boolean): DiffResult {
  if ((diff.changes !== "some" && !hasInitErrors) || patterns.length === 0) return diff;
  const paths = patterns.map(parsePath);
  const matches = (text: string) => paths.some((pattern) => pathContains(pattern, parsePath(text)));
  const detailed = diff.detailed && { ...diff.detailed };
  for (const [path, property] of Object.entries(diff.detailed ?? {})) {
    if (detailed && matches(path)) detailed[path] = asReplacement(property);
  }
  const replaceKeys = new Set([...diff.replaceKeys, ...diff.changedKeys.filter(matches)]);
  const initErrorsReplace = hasInitErrors && matches(INIT_ERRORS);
  if (initErrorsReplace) replaceKeys.add(INIT_ERRORS);
  return {
    ...diff,
    changes: initErrorsReplace ? "some" : diff.changes,
    detailed,
    replaceKeys: [...replaceKeys],
  };
}

const asReplacement = (property: PropertyDiff): PropertyDiff => {
  const kinds = { add: "add-replace", delete: "delete-replace", update: "update-replace" } as const;
  return { ...property, kind: kinds[property.kind as keyof typeof kinds] ?? property.kind };
};

/** Whether a diff asks for a replacement. */
export function replaces(diff: DiffResult): boolean {
  return (
    diff.changes === "some" &&
    (diff.replaceKeys.length > 0 ||
      Object.values(diff.detailed ?? {}).some((property) => property.kind.endsWith("-replace")))
  );
}

/** The difference between inputs, where a provider leaves it to the engine to find it. Secretness does not count. */
export function diffInputs(olds: PropertyMap, news: PropertyMap): DiffResult {
  const difference = diffMaps(mapWithoutSecrets(olds), mapWithoutSecrets(news));
  return {
    changes: difference ? "some" : "none",
    replaceKeys: [],
    changedKeys: difference ? changedKeys(difference) : [],
    deleteBeforeReplace: false,
    detailed: difference ? detailsOf(difference) : undefined,
  };
}

function detailsOf(difference: MapDiff): Record<string, PropertyDiff> {
  const details: Record<string, PropertyDiff> = {};
  const note = (path: string, kind: PropertyDiff["kind"]) => {
    details[path] = { kind, inputDiff: true };
  };
  const inValue = (path: string, value: ValueDiff) => {
    if (value.map) inMap(`${path}.`, value.map);
    else if (value.list) {
      for (const index of Object.keys(value.list.adds)) note(`${path}[${index}]`, "add");
      for (const index of Object.keys(value.list.deletes)) note(`${path}[${index}]`, "delete");
      for (const [index, inner] of Object.entries(value.list.updates)) inValue(`${path}[${index}]`, inner);
    } else note(path, "update");
  };
  const inMap = (prefix: string, map: MapDiff) => {
    for (const key of Object.keys(map.adds)) note(prefix + key, "add");
    for (const key of Object.keys(map.deletes)) note(prefix + key, "delete");
    for (const [key, inner] of Object.entries(map.updates)) inValue(prefix + key, inner);
  };
  inMap("", difference);
  return details;
}

/** A diff as seen from the other side: what was added is deleted. For refreshes. */
export function invert(diff: DiffResult): DiffResult {
  const opposite = (kind: PropertyDiff["kind"]) =>
    kind.startsWith("add")
      ? (kind.replace("add", "delete") as PropertyDiff["kind"])
      : (kind.replace("delete", "add") as PropertyDiff["kind"]);
  return {
    ...diff,
    detailed:
      diff.detailed &&
      Object.fromEntries(
        Object.entries(diff.detailed).map(([path, property]) => [path, { ...property, kind: opposite(property.kind) }]),
      ),
  };
}

/** The inputs as they would be if what `affected` names were not known. */
export function withUnknowns(inputs: PropertyMap, affected: (key: string) => boolean): PropertyMap {
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, affected(key) ? UNKNOWN : value]));
}

/** Whether a changed `replacementTrigger` asks for a replacement; an unknown one counts as changed. */
export function triggered(old: PropertyValue | undefined, now: PropertyValue | undefined): boolean {
  if (now === undefined || now === null) return false;
  if (someDeep(now, (value) => value instanceof Unknown)) return true;
  if (old === undefined || old === null) return false;
  return !deepEquals(withoutSecrets(old), withoutSecrets(now));
}
