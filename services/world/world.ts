/**
 * The world that all front ends show: koji's tables with their history and bodhi's, as plain rows in Maps, and the event
 * log. No I/O and no clock of its own: `clock` is the scenario's, and every id, event and time follows from the situation
 * and the calls since.
 */
import type { BodhiTables } from "./bodhi-tables";
import { emptyBodhiTables } from "./bodhi-tables";
import { genericError } from "./errors";
import {
  type Build,
  type Inheritance,
  type Listing,
  type Package,
  type PackageEntry,
  PERMISSIONS,
  type Rpm,
  type Tag,
  type Target,
  type Task,
  type User,
  type Versioned,
} from "./tables";
import type { Micros } from "./time";

/** koji's user of the hub itself, who made the configuration. */
export const CONFIGURATOR = "kojiadmin";

export class World {
  /** The scenario's clock. */
  clock: Micros;
  /** Times of the events; the id of an event is its index plus one. Strictly increasing. */
  readonly eventTimes: Micros[] = [];
  readonly users: User[] = [];
  /** Those of koji, and those of this world's tags. */
  readonly permissions: string[] = [...PERMISSIONS];
  readonly usersByName = new Map<string, User>();
  readonly packages: Package[] = [];
  readonly packagesByName = new Map<string, Package>();
  readonly tags: Tag[] = [];
  readonly tagsByName = new Map<string, Tag>();
  readonly targets: Target[] = [];
  readonly builds: Build[] = [];
  readonly buildsByNvr = new Map<string, Build>();
  readonly buildsByPackage = new Map<number, Build[]>();
  /** Completed builds by the time of their completion; made when first asked for. */
  #byCompletion: Build[] | undefined;
  readonly rpms: Rpm[] = [];
  readonly rpmsByNvra = new Map<string, Rpm>();
  readonly tasks: Task[] = [];
  readonly bodhi: BodhiTables = emptyBodhiTables();
  /** Count changes of inheritance and of package lists, for what is memoised over them. */
  inheritanceRevision = 0;
  packageRevision = 0;

  constructor(clock: Micros) {
    this.clock = clock;
  }

  /**
   * Records an event at the given time, or one microsecond after the last event where that is later: koji's events never
   * share a time, and clients order by it. @returns the event's id
   */
  newEvent(at: Micros = this.clock): number {
    const previous = this.eventTimes.at(-1);
    this.eventTimes.push(previous === undefined || at > previous ? at : previous + 1);
    return this.eventTimes.length;
  }

  eventTime(event: number): Micros {
    const time = this.eventTimes[event - 1];
    if (time === undefined) throw genericError(`no such event: ${event}`);
    return time;
  }

  /** The user of that name, made when it is new. */
  user(name: string): User {
    const existing = this.usersByName.get(name);
    if (existing !== undefined) return existing;
    const user: User = { id: this.users.length + 1, name, email: null, groups: [] };
    this.users.push(user);
    this.usersByName.set(name, user);
    return user;
  }

  userById(id: number): User | undefined {
    return this.users[id - 1];
  }

  /** The package of that name, made when it is new. */
  package(name: string): Package {
    const existing = this.packagesByName.get(name);
    if (existing !== undefined) return existing;
    const row: Package = { id: this.packages.length + 1, name };
    this.packages.push(row);
    this.packagesByName.set(name, row);
    return row;
  }

  addTag(
    given: Pick<Tag, "name" | "arches" | "locked" | "permission" | "extra">,
    event: number,
    creatorId: number,
  ): Tag {
    const { name, permission } = given;
    if (permission !== null && !this.permissions.includes(permission)) this.permissions.push(permission);
    const tag: Tag = {
      id: this.tags.length + 1,
      ...given,
      listings: [],
      listingsByPackage: new Map(),
      packages: new Map(),
      parents: [],
      children: [],
      createEvent: event,
      revokeEvent: null,
      creatorId,
      revokerId: null,
    };
    this.tags.push(tag);
    this.tagsByName.set(name, tag);
    return tag;
  }

  /** A user's permissions: the groups that koji knows as permissions. */
  permissionsOf({ groups }: User): string[] {
    return this.permissions.filter((permission) => groups.includes(permission));
  }

  addInheritance(edge: Inheritance): void {
    this.tagById(edge.tagId).parents.push(edge);
    this.tagById(edge.parentId).children.push(edge);
    this.inheritanceRevision += 1;
  }

  addPackageEntry(entry: PackageEntry): void {
    const { packages } = this.tagById(entry.tagId);
    const entries = packages.get(entry.packageId);
    if (entries === undefined) packages.set(entry.packageId, [entry]);
    else entries.push(entry);
    this.packageRevision += 1;
  }

  /** @throws Error for an id that no row has: a defect, never a client's mistake. */
  tagById(id: number): Tag {
    const tag = this.tags[id - 1];
    if (tag === undefined) throw new Error(`no tag has id ${id}`);
    return tag;
  }

  /** Builds completed after that time, in the order of their ids: what a watcher asks for at every look. */
  completedAfter(at: Micros): Build[] {
    this.#byCompletion ??= this.builds
      .filter(({ completionTime }) => completionTime !== null)
      .sort((a, b) => (a.completionTime as Micros) - (b.completionTime as Micros));
    const sorted = this.#byCompletion;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle]?.completionTime as Micros) > at) high = middle;
      else low = middle + 1;
    }
    return sorted.slice(low).sort((a, b) => a.id - b.id);
  }

  addBuild(build: Build): void {
    this.#byCompletion = undefined;
    this.builds.push(build);
    this.buildsByNvr.set(build.nvr, build);
    const siblings = this.buildsByPackage.get(build.package.id);
    if (siblings === undefined) this.buildsByPackage.set(build.package.id, [build]);
    else siblings.push(build);
  }

  addRpm(rpm: Rpm): void {
    this.rpms.push(rpm);
    rpm.build.rpms.push(rpm);
    this.rpmsByNvra.set(`${rpm.name}-${rpm.version}-${rpm.release}.${rpm.arch}`, rpm);
  }

  addListing(tag: Tag, build: Build, event: number, creatorId: number): Listing {
    const listing: Listing = {
      build,
      tagId: tag.id,
      createEvent: event,
      revokeEvent: null,
      creatorId,
      revokerId: null,
    };
    tag.listings.push(listing);
    const ofPackage = tag.listingsByPackage.get(build.package.id);
    if (ofPackage === undefined) tag.listingsByPackage.set(build.package.id, [listing]);
    else ofPackage.push(listing);
    build.listings.push(listing);
    return listing;
  }
}

/** Whether the row exists now (`event` undefined) or existed as of an event. */
export function existsAt(row: Versioned, event?: number): boolean {
  if (event === undefined) return row.revokeEvent === null;
  return row.createEvent <= event && (row.revokeEvent === null || event < row.revokeEvent);
}

/** The build's active listing in that tag. */
export function activeListing(build: Build, tagId: number): Listing | undefined {
  return build.listings.find((listing) => listing.tagId === tagId && listing.revokeEvent === null);
}
