/** What is in a tag: koji's readTaggedBuilds and its kin (koji-project/koji kojihub/kojihub.py). */
import { lineage, packageEntry, packageList } from "./inheritance";
import type { Listing, PackageEntry, Tag } from "./tables";
import type { World } from "./world";
import { existsAt } from "./world";

export interface TaggedQuery {
  event?: number | undefined;
  inherit?: boolean;
  /** true or N: only the N most recently tagged builds of a package, whatever their versions. */
  latest?: boolean | number;
  package?: string | undefined;
  owner?: string | undefined;
}

/**
 * COMPLETE builds of packages that the tag's package list has and does not block: the tag's own first, then those
 * inherited in inheritance order; within a tag the newest tagging first. "Latest" counts across the whole lineage, so
 * what is nearer wins, whenever it was tagged.
 */
export function taggedBuilds(world: World, tag: Tag, query: TaggedQuery): Listing[] {
  const { event } = query;
  const keep = query.latest === true ? 1 : Number(query.latest ?? 0);
  const seen = new Map<number, number>();
  const found: Listing[] = [];
  const tags = query.inherit === true ? lineage(world, tag, event) : [tag];
  const wanted = query.package === undefined ? undefined : world.packagesByName.get(query.package);
  if (query.package !== undefined && wanted === undefined) return [];
  const entryOf = entryLookup(world, tag, event, wanted?.id);
  for (const each of tags) {
    const listings = wanted === undefined ? each.listings : (each.listingsByPackage.get(wanted.id) ?? []);
    for (let index = listings.length - 1; index >= 0; index -= 1) {
      const listing = listings[index] as Listing;
      const { build } = listing;
      if (!existsAt(listing, event) || build.state !== "COMPLETE") continue;
      if (query.owner !== undefined && build.owner.name !== query.owner) continue;
      const entry = entryOf(build.package.id);
      if (entry === undefined || entry.blocked) continue;
      if (keep > 0) {
        const count = seen.get(build.package.id) ?? 0;
        if (count >= keep) continue;
        seen.set(build.package.id, count + 1);
      }
      found.push(listing);
    }
  }
  return found;
}

function entryLookup(
  world: World,
  tag: Tag,
  event: number | undefined,
  packageId: number | undefined,
): (id: number) => PackageEntry | undefined {
  if (packageId !== undefined) {
    const entry = packageEntry(world, tag, packageId, event);
    return () => entry;
  }
  const list = packageList(world, tag, event);
  return (id) => list.get(id);
}
