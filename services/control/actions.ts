/** What happens in a scenario's steps: the same rules that clients' calls set off, done by the people of the scenario. */

import type { Action } from "../../scenarios/format/action";
import { comment } from "../bodhi/rules/comment";
import { editUpdate } from "../bodhi/rules/edit";
import { BodhiError } from "../bodhi/rules/errors";
import { push } from "../bodhi/rules/push";
import { setRequest } from "../bodhi/rules/request";
import type { Infrastructure } from "../infrastructure";
import { repositoriesOf } from "../repositories/content";
import type { Release, Update } from "../world/bodhi-tables";
import { KojiError } from "../world/errors";
import type { Build, Tag } from "../world/tables";
import { tagBuild, untagBuild } from "../world/tagging";
import { isRepresentable, type Micros, SECOND } from "../world/time";
import type { World } from "../world/world";

/** The action cannot be done; nothing was changed by it. */
export class ActionError extends Error {
  constructor(
    message: string,
    readonly path: string | null = null,
  ) {
    super(message);
    this.name = "ActionError";
  }
}

/** koji's administrator tags for the people of a scenario. */
const RELEASE_ENGINEER = "kojiadmin";

function requireBuild(world: World, nvr: string, path = "build"): Build {
  const build = world.buildsByNvr.get(nvr);
  if (build === undefined) throw new ActionError(`no build is called "${nvr}"`, path);
  return build;
}

function requireTag(world: World, name: string): Tag {
  const tag = world.tagsByName.get(name);
  if (tag === undefined) throw new ActionError(`no tag is called "${name}"`, "tag");
  return tag;
}

function requireUpdate(world: World, alias: string): Update {
  const update = world.bodhi.updatesByAlias.get(alias);
  if (update === undefined) throw new ActionError(`no update is called "${alias}"`, "update");
  return update;
}

function releasesOf(world: World, name: string | undefined): Release[] {
  if (name === undefined) return world.bodhi.releases;
  const release = world.bodhi.releases.find((each) => each.name === name);
  if (release === undefined) throw new ActionError(`no release is called "${name}"`, "release");
  return [release];
}

/** The build's files go, its tags go, its state is DELETED. */
function deleteBuild(world: World, build: Build): void {
  const by = world.user(RELEASE_ENGINEER);
  for (const listing of build.listings) {
    if (listing.revokeEvent === null) untagBuild(world, world.tagById(listing.tagId), build, by, false, true);
  }
  build.state = "DELETED";
}

/** @throws ActionError for a time that no service could write */
export function requireTime(clock: Micros): void {
  if (!isRepresentable(clock)) throw new ActionError("the clock would leave the years 1970 to 2255");
}

type Doers = {
  [Name in Action["action"]]: (infrastructure: Infrastructure, action: Extract<Action, { action: Name }>) => void;
};

const DOERS: Doers = {
  tagBuild({ world }, action) {
    const by = world.user(RELEASE_ENGINEER);
    tagBuild(world, requireTag(world, action.tag), requireBuild(world, action.build), by, true);
  },
  untagBuild({ world }, action) {
    const by = world.user(RELEASE_ENGINEER);
    untagBuild(world, requireTag(world, action.tag), requireBuild(world, action.build), by, true, true);
  },
  deleteBuild({ world }, action) {
    deleteBuild(world, requireBuild(world, action.build));
  },
  requestUpdate({ world }, action) {
    const update = requireUpdate(world, action.update);
    setRequest(world, update, action.request, update.submitter);
  },
  editUpdate({ world }, { update: alias, builds, notes }) {
    const update = requireUpdate(world, alias);
    for (const [index, nvr] of (builds ?? []).entries()) requireBuild(world, nvr, `builds[${index}]`);
    editUpdate(world, update, { builds, notes }, update.submitter);
  },
  commentUpdate({ world }, { update: alias, author, text, karma }) {
    comment(world, requireUpdate(world, alias), { author, text, karma, email: true, origin: "action" });
  },
  push({ world, repositories }, action) {
    const releases = releasesOf(world, action.release);
    push(world, action.request, releases);
    repositories.regenerate(releases.flatMap(repositoriesOf));
  },
  advanceClock({ world }, { seconds }) {
    const clock = world.clock + Math.round(seconds * SECOND);
    requireTime(clock);
    world.clock = clock;
  },
  fault({ faults }, { action: _action, ...spec }) {
    faults.inject(spec);
  },
  clearFaults({ faults }) {
    faults.clear();
  },
};

/** @throws ActionError */
export function doAction(infrastructure: Infrastructure, action: Action): void {
  try {
    (DOERS[action.action] as (on: Infrastructure, action: Action) => void)(infrastructure, action);
  } catch (error) {
    if (error instanceof KojiError || error instanceof BodhiError) throw new ActionError(error.message);
    throw error;
  }
}
