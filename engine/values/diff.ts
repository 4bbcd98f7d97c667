/** Structural differences between property values: what the display shows, and how components are compared. */
import { deepEquals, isMap, type PropertyMap, type PropertyValue, Secret } from "./property";

/** How one value became another. Only one of `map` and `list` is set, where both sides are such. */
export interface ValueDiff {
  readonly old: PropertyValue;
  readonly new: PropertyValue;
  readonly map?: MapDiff;
  readonly list?: ListDiff;
}

export interface MapDiff {
  readonly adds: PropertyMap;
  readonly deletes: PropertyMap;
  readonly sames: PropertyMap;
  readonly updates: Readonly<Record<string, ValueDiff>>;
}

export interface ListDiff {
  readonly adds: Readonly<Record<number, PropertyValue>>;
  readonly deletes: Readonly<Record<number, PropertyValue>>;
  readonly sames: Readonly<Record<number, PropertyValue>>;
  readonly updates: Readonly<Record<number, ValueDiff>>;
}

/** The difference between two maps, or undefined when there is none. */
export function diffMaps(olds: PropertyMap, news: PropertyMap): MapDiff | undefined {
  const adds: PropertyMap = {};
  const deletes: PropertyMap = {};
  const sames: PropertyMap = {};
  const updates: Record<string, ValueDiff> = {};
  for (const key of [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort()) {
    const [old, now] = [olds[key], news[key]];
    // Null is as good as absent.
    if (old === undefined && now !== undefined) {
      if (now !== null) adds[key] = now;
    } else if (old !== undefined && now === undefined) {
      if (old === null) sames[key] = old;
      else deletes[key] = old;
    } else if (old !== undefined && now !== undefined) {
      const difference = diffValues(old, now);
      if (difference) updates[key] = difference;
      else sames[key] = old;
    }
  }
  const changed = [adds, deletes, updates].some((part) => Object.keys(part).length > 0);
  return changed ? { adds, deletes, sames, updates } : undefined;
}

/** The difference between two values, or undefined when there is none. */
export function diffValues(old: PropertyValue, now: PropertyValue): ValueDiff | undefined {
  if (deepEquals(old, now)) return undefined;
  if (old instanceof Secret || now instanceof Secret) return { old, new: now };
  if (Array.isArray(old) && Array.isArray(now)) {
    const list = diffLists(old, now);
    return list && { old, new: now, list };
  }
  if (isMap(old) && isMap(now)) {
    const map = diffMaps(old, now);
    return map && { old, new: now, map };
  }
  return { old, new: now };
}

function diffLists(olds: PropertyValue[], news: PropertyValue[]): ListDiff | undefined {
  const adds: Record<number, PropertyValue> = {};
  const deletes: Record<number, PropertyValue> = {};
  const sames: Record<number, PropertyValue> = {};
  const updates: Record<number, ValueDiff> = {};
  for (let index = 0; index < Math.max(olds.length, news.length); index++) {
    const [old, now] = [olds[index], news[index]];
    if (old === undefined && now !== undefined) adds[index] = now;
    else if (old !== undefined && now === undefined) deletes[index] = old;
    else if (old !== undefined && now !== undefined) {
      const difference = diffValues(old, now);
      if (difference) updates[index] = difference;
      else sames[index] = now;
    }
  }
  const changed = [adds, deletes, updates].some((part) => Object.keys(part).length > 0);
  return changed ? { adds, deletes, sames, updates } : undefined;
}

/** The top-level keys that differ. */
export function changedKeys(difference: MapDiff): string[] {
  return [
    ...Object.keys(difference.adds),
    ...Object.keys(difference.deletes),
    ...Object.keys(difference.updates),
  ].sort();
}
