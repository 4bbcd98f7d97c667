/** koji's build repositories. One exists of every tag, as of the last event that changed it. */
import { genericError } from "../../world/errors";
import { lineage } from "../../world/inheritance";
import type { Tag } from "../../world/tables";
import type { World } from "../../world/world";
import type { Struct, Value } from "../../xmlrpc/values";
import { integer, truth } from "../arguments";
import { requireTagId } from "../lookups";
import type { Methods } from "../method";
import { timestamp, timeText } from "../rows";

/** koji's REPO_READY. */
const READY = 1;

/** The event that a repository made now would be of: the last change of the tag or what it inherits. */
function repoEvent(world: World, tag: Tag): number {
  let last = tag.createEvent;
  for (const each of lineage(world, tag)) {
    for (const { createEvent, revokeEvent } of [
      ...each.listings,
      ...each.parents,
      ...[...each.packages.values()].flat(),
    ]) {
      last = Math.max(last, createEvent, revokeEvent ?? 0);
    }
  }
  return last;
}

/** The id of a tag's repository: the tag's own, as there is one. */
function repoRow(world: World, tag: Tag): Struct {
  const event = repoEvent(world, tag);
  const at = world.eventTime(event);
  return {
    id: tag.id,
    state: READY,
    create_event: event,
    creation_time: timeText(at),
    create_ts: timestamp(at),
    creation_ts: timestamp(at),
    state_time: timeText(at),
    state_ts: timestamp(at),
    begin_event: null,
    begin_ts: null,
    end_event: null,
    end_ts: null,
    tag_id: tag.id,
    tag_name: tag.name,
    task_id: null,
    task_state: null,
    dist: false,
    opts: {},
    custom_opts: {},
  };
}

/** Only tags that have architectures have repositories. */
function hasRepo(tag: Tag): boolean {
  return tag.arches !== null;
}

function repoOf(world: World, tag: Tag, minEvent: Value | undefined): Value {
  if (!hasRepo(tag)) return null;
  const row = repoRow(world, tag);
  return minEvent !== null && minEvent !== undefined && integer(minEvent) > Number(row.create_event) ? null : row;
}

export const repoMethods: Methods = {
  getRepo({ world }, { tag, state, dist, min_event, event }) {
    const row = requireTagId(world, tag);
    if (truth(dist)) return null;
    if (state !== null && integer(state) !== READY) return null;
    const repo = repoOf(world, row, min_event);
    if (event === null || repo === null) return repo;
    return integer(event) >= Number((repo as Struct).create_event) ? repo : null;
  },
  repoInfo({ world }, { repo_id, strict }) {
    const tag = repo_id === null ? undefined : world.tags[integer(repo_id) - 1];
    if (tag !== undefined && hasRepo(tag)) return repoRow(world, tag);
    if (truth(strict)) throw genericError("query returned no rows");
    return null;
  },
  getActiveRepos: ({ world }) => world.tags.filter(hasRepo).map((tag) => repoRow(world, tag)),
  "repo.get": ({ world }, { tag, min_event }) => repoOf(world, requireTagId(world, tag), min_event),
};
