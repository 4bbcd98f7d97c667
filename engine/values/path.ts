/** Paths into property values: `spec.tags[1]["dotted.key"]`, `list[*].size`, `*`. */
import { isMap, type PropertyMap, type PropertyValue, Secret } from "./property";

/** `*` as an element stands for every key or index. */
export type Path = readonly (string | number)[];

/** A path that cannot be read; `message` says why, for the user. */
export class PathError extends Error {}

export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  let rest = text;
  if (rest.startsWith(".")) throw new PathError(`property path "${text}" must not begin with a dot`);
  while (rest !== "") {
    if (rest.startsWith("[")) {
      const quoted = /^\["((?:\\.|[^"\\])*)"\]/.exec(rest);
      const index = /^\[(\d+|\*)\]/.exec(rest);
      const match = quoted ?? index;
      if (!match) throw new PathError(`property path "${text}" has a bracket that is not closed or holds no key`);
      path.push(quoted ? (quoted[1] ?? "").replaceAll(/\\(.)/g, "$1") : match[1] === "*" ? "*" : Number(match[1]));
      rest = rest.slice(match[0].length);
    } else {
      const match = /^\.?([^.[\]]+)/.exec(rest);
      if (!match?.[1]) throw new PathError(`property path "${text}" has an empty or unreadable element`);
      path.push(match[1]);
      rest = rest.slice(match[0].length);
    }
  }
  if (path.length === 0) throw new PathError("a property path must not be empty");
  return path;
}

/** Whether `pattern` names `path` or something above it. */
export function pathContains(pattern: Path, path: Path): boolean {
  return (
    pattern.length <= path.length &&
    pattern.every((element, index) => element === "*" || String(element) === String(path[index]))
  );
}

/**
 * What `ignoreChanges` does: a copy of `news` with the old values at `path`, or undefined when elements of the path
 * were added or removed so that there is nothing to put back.
 */
export function resetAt(olds: PropertyMap, news: PropertyMap, path: Path): PropertyMap | undefined {
  const reset = resetValue(olds, news, path);
  return isMap(reset) ? reset : undefined;
}

function resetValue(old: PropertyValue | undefined, current: PropertyValue | undefined, path: Path) {
  const [key, ...rest] = path;
  if (key === undefined) return old;
  if (current instanceof Secret || old instanceof Secret) {
    const inner = resetIn(unwrap(old), unwrap(current), key, rest);
    return inner === undefined || !(current instanceof Secret) ? inner : new Secret(inner);
  }
  return resetIn(old, current, key, rest);
}

const unwrap = (value: PropertyValue | undefined) => (value instanceof Secret ? value.element : value);

function resetIn(
  old: PropertyValue | undefined,
  current: PropertyValue | undefined,
  key: string | number,
  rest: Path,
): PropertyValue | undefined {
  if (Array.isArray(current)) {
    if (!Array.isArray(old)) return undefined;
    const indices = key === "*" ? current.map((_, index) => index) : [Number(key)];
    if (key === "*" && old.length !== current.length) return undefined;
    const copy = [...current];
    for (const index of indices) {
      const value = index < old.length && index < copy.length ? resetValue(old[index], copy[index], rest) : undefined;
      if (value === undefined) return undefined;
      copy[index] = value;
    }
    return copy;
  }
  if (!isMap(current)) return undefined;
  const oldMap = isMap(old) ? old : {};
  const keys = key === "*" ? [...new Set([...Object.keys(oldMap), ...Object.keys(current)])] : [String(key)];
  const copy: PropertyMap = { ...current };
  for (const name of keys) {
    const before = oldMap[name];
    const now = copy[name];
    if (rest.length === 0) {
      if (before === undefined) delete copy[name];
      else copy[name] = before;
    } else if (before !== undefined || now !== undefined) {
      const value = resetValue(before, now, rest);
      if (value === undefined) return undefined;
      copy[name] = value;
    }
  }
  return copy;
}
