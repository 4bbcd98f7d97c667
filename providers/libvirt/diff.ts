import type { ResourceDescription } from "./schema/types";
import { Asset, isMap, type Plain, type PlainMap, Unknown } from "./wire/values";

export type ChangeKind = "add" | "delete" | "update";

export interface Change {
  /** For example devices.disks[0].source.volume. */
  path: string;
  kind: ChangeKind;
  /** Whether it takes a new resource. */
  replaces: boolean;
}

export interface Difference {
  changes: Change[];
  /** Top-level properties that change, and those that take a new resource. */
  changed: string[];
  replaces: string[];
  /** Top-level properties, outputs included, that keep their values. */
  stables: string[];
}

/** What differs between the inputs in the state and new ones. A value that is not known yet counts as different. */
export function diffInputs(description: ResourceDescription, olds: PlainMap, news: PlainMap): Difference {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => name in description.inputs);
  const changes = names
    .filter((name) => !isSameContent(name, olds, news))
    .flatMap((name) => {
      const replaces = description.inputs[name]?.updatable !== true;
      return diffValues(name, olds[name], news[name]).map((change) => ({ ...change, replaces }));
    });
  const topLevel = (some: Change[]) => [...new Set(some.map(({ path }) => path.replace(/[.[].*$/s, "")))];
  const [changed, replaces] = [topLevel(changes), topLevel(changes.filter((change) => change.replaces))];
  const all = [...Object.keys(description.inputs), ...Object.keys(description.outputs)];
  const stables = replaces.length > 0 ? [] : all.filter((name) => !changed.includes(name));
  return { changes, changed, replaces, stables };
}

/** The same sha256 is the same content, wherever the file is on this machine or another. */
function isSameContent(name: string, olds: PlainMap, news: PlainMap): boolean {
  const [was, is] = [olds.sourceSha256, news.sourceSha256];
  return (
    name === "source" &&
    olds.source !== undefined &&
    news.source !== undefined &&
    typeof was === "string" &&
    typeof is === "string" &&
    was.toLowerCase() === is.toLowerCase()
  );
}

function diffValues(path: string, was: Plain | undefined, is: Plain | undefined): Omit<Change, "replaces">[] {
  if (isNothing(was)) return isNothing(is) ? [] : [{ path, kind: "add" }];
  if (isNothing(is)) return [{ path, kind: "delete" }];
  if (Array.isArray(was) && Array.isArray(is)) {
    const length = Math.max(was.length, is.length);
    return Array.from({ length }, (_, index) => diffValues(`${path}[${index}]`, was[index], is[index])).flat();
  }
  if (isMap(was) && isMap(is)) {
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return names.flatMap((name) => diffValues(`${path}.${name}`, (was as PlainMap)[name], (is as PlainMap)[name]));
  }
  return isSame(was, is) ? [] : [{ path, kind: "update" }];
}

function isNothing(value: Plain | undefined): value is undefined | null {
  return value === undefined || value === null;
}

function isSame(was: Plain, is: Plain): boolean {
  if (was instanceof Unknown || is instanceof Unknown) return false;
  if (was instanceof Asset && is instanceof Asset) {
    if (was.hash !== undefined && is.hash !== undefined) return was.hash === is.hash;
    return was.path === is.path && was.text === is.text;
  }
  return was === is;
}
