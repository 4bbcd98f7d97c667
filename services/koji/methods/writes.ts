/** Tagging by clients. koji does it in a task; here the task is finished when the call returns. */
import { KojiError } from "../../world/errors";
import type { Build, Tag, User } from "../../world/tables";
import { taggedBuilds } from "../../world/tagged";
import { checkAccess, checkTaggable, tagBuild, untagBuild } from "../../world/tagging";
import type { World } from "../../world/world";
import type { Value } from "../../xmlrpc/values";
import { truth } from "../arguments";
import { requireBuild, requirePackage, requireTag, requireTagId } from "../lookups";
import type { CallContext, Methods } from "../method";
import { requireLogin } from "./users";

/** koji lets only admins force. */
function mayForce(world: World, user: User, force: Value | undefined): boolean {
  return truth(force) && world.permissionsOf(user).includes("admin");
}

function addTask(world: World, user: User, request: Value[], result: Value | KojiError): number {
  const failed = result instanceof KojiError;
  world.tasks.push({
    id: world.tasks.length + 1,
    method: "tagBuild",
    state: failed ? "FAILED" : "CLOSED",
    owner: user,
    createTime: world.clock,
    startTime: world.clock,
    completionTime: world.clock,
    arch: "noarch",
    label: null,
    request,
    result: failed ? { faultCode: result.code, faultString: result.message } : result,
    parent: null,
  });
  return world.tasks.length;
}

/** Tags in a task, after untagging where it is a move. @returns the task's id, whether it failed or not */
function tagInTask(world: World, user: User, build: Build, to: Tag, from: Tag | undefined, force: boolean): number {
  const request: Value[] = [to.id, build.id, force, from?.id ?? null];
  try {
    if (from !== undefined) untagBuild(world, from, build, user, true, force);
    tagBuild(world, to, build, user, force);
    return addTask(world, user, request, null);
  } catch (error) {
    if (!(error instanceof KojiError)) throw error;
    return addTask(world, user, request, error);
  }
}

function requestTagging(context: CallContext, args: { tag: Value; build: Value; from: Value; force: Value }): number {
  const user = requireLogin(context);
  const { world } = context;
  const build = requireBuild(world, args.build);
  const tag = requireTag(world, args.tag);
  const from = truth(args.from) ? requireTagId(world, args.from) : undefined;
  const force = mayForce(world, user, args.force);
  checkTaggable(world, tag, build, user, force);
  if (from !== undefined) checkAccess(world, from, user, force);
  return tagInTask(world, user, build, tag, from, force);
}

function requireTagPermission(context: CallContext): User {
  const { session, world } = context;
  const user = session === null ? undefined : world.user(session.userName);
  const permissions = user === undefined ? [] : world.permissionsOf(user);
  if (user !== undefined && (permissions.includes("tag") || permissions.includes("admin"))) return user;
  const who = user === undefined ? "(user not logged in)" : `(logged in as ${user.name})`;
  throw new KojiError("ActionNotAllowed", `tag permission required ${who}`);
}

/** Methods that change the world; the journal marks them as writes. */
export const writeMethods: Methods = {
  tagBuild: (context, { tag = null, build = null, force = null, fromtag = null }) =>
    requestTagging(context, { tag, build, from: fromtag, force }),

  moveBuild: (context, { tag1 = null, tag2 = null, build = null, force = null }) =>
    requestTagging(context, { tag: tag2, build, from: tag1, force }),

  moveAllBuilds(context, { tag1, tag2, package: info, force }) {
    const user = requireLogin(context);
    const { world } = context;
    const pkg = requirePackage(world, info);
    const from = requireTagId(world, tag1);
    const to = requireTagId(world, tag2);
    const forced = mayForce(world, user, force);
    const listings = taggedBuilds(world, from, { package: pkg.name }).reverse();
    for (const { build } of listings) checkTaggable(world, to, build, user, forced);
    return listings.map(({ build }) => tagInTask(world, user, build, to, from, forced));
  },

  untagBuild(context, { tag, build, strict, force }) {
    const user = requireLogin(context);
    const { world } = context;
    untagBuild(
      world,
      requireTag(world, tag),
      requireBuild(world, build),
      user,
      truth(strict),
      mayForce(world, user, force),
    );
    return null;
  },

  tagBuildBypass(context, { tag, build, force }) {
    const user = requireTagPermission(context);
    const { world } = context;
    tagBuild(world, requireTag(world, tag), requireBuild(world, build), user, truth(force));
    return null;
  },

  untagBuildBypass(context, { tag, build, strict, force }) {
    const user = requireTagPermission(context);
    const { world } = context;
    untagBuild(world, requireTag(world, tag), requireBuild(world, build), user, truth(strict), truth(force));
    return null;
  },
};
