/**
 * Tag inheritance and package lists, as koji's hub walks them (semantics: koji-project/koji kojihub/kojihub.py,
 * readFullInheritance and readPackageList). Walks are memoised until the configuration changes.
 */
import type { Inheritance, PackageEntry, Tag } from "./tables";
import type { World } from "./world";
import { existsAt } from "./world";

/** An edge as met on the walk. */
export interface Link {
  edge: Inheritance;
  /** Depth that may still be followed below this edge; null is unlimited. */
  nextDepth: number | null;
  /** 1 for the direct parents. */
  currentDepth: number;
  noconfig: boolean;
  filter: string[];
}

/** Direct parents by priority. */
export function parentsOf(tag: Tag, event?: number): Inheritance[] {
  return tag.parents.filter((edge) => existsAt(edge, event)).sort((a, b) => a.priority - b.priority);
}

/** Direct children by priority. */
export function childrenOf(tag: Tag, event?: number): Inheritance[] {
  return tag.children.filter((edge) => existsAt(edge, event)).sort((a, b) => a.priority - b.priority);
}

interface Walk {
  world: World;
  event: number | undefined;
  reverse: boolean;
  order: Link[];
  visited: Map<number, Link[]>;
}

function depthAfter(edge: Inheritance, maxDepth: number | null): number | null {
  if (edge.maxDepth === null) return maxDepth === null ? null : maxDepth - 1;
  return maxDepth === null ? edge.maxDepth : Math.min(edge.maxDepth, maxDepth) - 1;
}

/** Whether an earlier visit already covers all that this one could add. */
function covers(previous: Link, next: Link): boolean {
  if (previous.filter.length > 0) return false;
  if (previous.noconfig && !next.noconfig) return false;
  if (next.nextDepth === null) return previous.nextDepth === null;
  return previous.nextDepth === null || previous.nextDepth >= next.nextDepth;
}

function descend(
  walk: Walk,
  tagId: number,
  above: ReadonlySet<number>,
  depth: number,
  maxDepth: number | null,
  inherited: { noconfig: boolean; filter: string[] },
): void {
  if (maxDepth !== null && maxDepth < 1) return;
  const path = new Set(above).add(tagId);
  const tag = walk.world.tagById(tagId);
  // koji keeps a `noconfig` seen on one edge for its later siblings too, and clients see the effect.
  let { noconfig } = inherited;
  for (const edge of walk.reverse ? childrenOf(tag, walk.event) : parentsOf(tag, walk.event)) {
    const id = walk.reverse ? edge.tagId : edge.parentId;
    if (path.has(id)) continue;
    if (edge.intransitive && path.size > 1 && !walk.reverse) continue;
    if (walk.reverse && edge.maxDepth !== null && edge.maxDepth < depth) continue;
    noconfig ||= edge.noconfig;
    const filter = edge.packageFilter === "" ? inherited.filter : [...inherited.filter, edge.packageFilter];
    const nextDepth = walk.reverse ? null : depthAfter(edge, maxDepth);
    const link: Link = { edge, nextDepth, currentDepth: depth + 1, noconfig, filter };
    const visits = walk.visited.get(id);
    if (visits?.some((previous) => covers(previous, link))) continue;
    if (visits === undefined) walk.visited.set(id, [link]);
    else visits.push(link);
    walk.order.push(link);
    if (edge.intransitive && walk.reverse) continue;
    descend(walk, id, path, depth + 1, nextDepth, { noconfig, filter });
  }
}

class Memo<T> {
  #revision = "";
  readonly #entries = new Map<string, T>();

  /** What `make` makes, made once for each key as long as the revision stays. */
  get(revision: string, key: string, make: () => T): T {
    if (revision !== this.#revision || this.#entries.size >= MEMO_ENTRIES) {
      this.#entries.clear();
      this.#revision = revision;
    }
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#entries.set(key, made);
    return made;
  }
}

/** Bounds a memo where a client asks for many events. */
const MEMO_ENTRIES = 500;

interface Memos {
  inheritance: Memo<Link[]>;
  packageLists: Memo<ReadonlyMap<number, PackageEntry>>;
}

const memos = new WeakMap<World, Memos>();

function memosOf(world: World): Memos {
  const known = memos.get(world);
  if (known !== undefined) return known;
  const fresh: Memos = { inheritance: new Memo(), packageLists: new Memo() };
  memos.set(world, fresh);
  return fresh;
}

/** The full inheritance of a tag in koji's order, pruned of loops and of what an earlier entry covers. */
export function fullInheritance(world: World, tag: Tag, event?: number, reverse = false): readonly Link[] {
  const key = `${tag.id}:${event ?? ""}:${reverse}`;
  return memosOf(world).inheritance.get(String(world.inheritanceRevision), key, () => {
    const walk: Walk = { world, event, reverse, order: [], visited: new Map() };
    descend(walk, tag.id, new Set(), 0, null, { noconfig: false, filter: [] });
    return walk.order;
  });
}

/** The tag itself and then its ancestors, in the order in which koji looks for builds. */
export function lineage(world: World, tag: Tag, event?: number): Tag[] {
  return [tag, ...fullInheritance(world, tag, event).map((link) => world.tagById(link.edge.parentId))];
}

function entryAt(entries: readonly PackageEntry[], event?: number): PackageEntry | undefined {
  return entries.find((entry) => existsAt(entry, event));
}

/** Package filters are Python regular expressions matched at the start of the name. */
function matches(filter: readonly string[], name: string): boolean {
  return filter.every((pattern) => new RegExp(`^(?:${pattern})`).test(name));
}

/** A tag's own package list entries. */
export function ownPackages(tag: Tag, event?: number): PackageEntry[] {
  const own: PackageEntry[] = [];
  for (const entries of tag.packages.values()) {
    const entry = entryAt(entries, event);
    if (entry !== undefined) own.push(entry);
  }
  return own;
}

/** A tag's package list with inheritance, by package id: the nearest tag decides, blocked entries included. */
export function packageList(world: World, tag: Tag, event?: number): ReadonlyMap<number, PackageEntry> {
  const revision = `${world.inheritanceRevision}:${world.packageRevision}`;
  return memosOf(world).packageLists.get(revision, `${tag.id}:${event ?? ""}`, () => {
    const list = new Map<number, PackageEntry>();
    for (const entry of ownPackages(tag, event)) list.set(entry.packageId, entry);
    for (const link of fullInheritance(world, tag, event)) {
      for (const entry of ownPackages(world.tagById(link.edge.parentId), event)) {
        if (list.has(entry.packageId)) continue;
        if (link.filter.length > 0 && !matches(link.filter, packageName(world, entry.packageId))) continue;
        list.set(entry.packageId, entry);
      }
    }
    return list;
  });
}

/** One package's entry in the list with inheritance, without building the whole list. */
export function packageEntry(world: World, tag: Tag, packageId: number, event?: number): PackageEntry | undefined {
  const own = entryAt(tag.packages.get(packageId) ?? [], event);
  if (own !== undefined) return own;
  const name = packageName(world, packageId);
  for (const link of fullInheritance(world, tag, event)) {
    const entry = entryAt(world.tagById(link.edge.parentId).packages.get(packageId) ?? [], event);
    if (entry !== undefined && matches(link.filter, name)) return entry;
  }
  return undefined;
}

export function packageName(world: World, id: number): string {
  return world.packages[id - 1]?.name ?? "";
}
