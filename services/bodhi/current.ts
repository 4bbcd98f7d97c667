/** Routes of the current bodhi (bodhi-server services/*.py). */
import type { Update } from "../world/bodhi-tables";
import type { World } from "../world/world";
import { caller, csrfToken } from "./current-auth";
import { postComment } from "./current-comments";
import {
  latestBuilds,
  latestCandidates,
  queryBuilds,
  queryComments,
  queryPackages,
  queryReleases,
  queryUpdates,
  queryUsers,
  UPDATE_PARAMETERS,
} from "./current-reads";
import { postRequest, postUpdate } from "./current-updates";
import type { Answer, Call } from "./dialect-09";
import { single } from "./forms";
import { paginate, RequestError, refuse } from "./query";
import { buildView, commentView, releaseView, updateView, userView, type ViewOptions } from "./views";

export const BODHI_VERSION = "26.4.0";

export interface Route {
  readonly method: "GET" | "POST";
  /** `:name` matches one segment. */
  readonly path: string;
  readonly write?: boolean;
  readonly handle: (call: Call, path: Readonly<Record<string, string>>, options: ViewOptions) => Answer;
}

function ok(value: unknown, write = false): Answer {
  return { status: 200, value, write };
}

function findUpdate(world: World, id: string): Update {
  const update = world.bodhi.updatesByAlias.get(id);
  if (update !== undefined) return update;
  throw new RequestError(404, [{ location: "url", name: "id", description: "Invalid update id" }]);
}

export function errorBody(problems: RequestError["problems"]): object {
  return { status: "error", errors: problems };
}

function findComment(world: World, id: string): ReturnType<World["bodhi"]["comments"]["at"]> {
  if (!/^\d+$/.test(id)) refuse("id", "Comment id must be an int", "url", 400);
  const row = world.bodhi.comments[Number(id) - 1];
  if (row === undefined)
    throw new RequestError(404, [{ location: "url", name: "id", description: "Invalid comment id" }]);
  return row;
}

function emptyList(name: string): Route["handle"] {
  return ({ parameters }) => {
    const { rows, fields } = paginate([], parameters);
    return ok({ [name]: rows, ...fields, display_user: true });
  };
}

export const ROUTES: readonly Route[] = [
  { method: "GET", path: "/api_version", handle: () => ok({ version: BODHI_VERSION }) },
  { method: "GET", path: "/csrf", handle: (call) => ok({ csrf_token: csrfToken(call) }) },
  {
    method: "GET",
    path: "/updates/",
    handle: ({ world, parameters }, _path, options) => ({
      ...ok(queryUpdates(world, parameters, options)),
      unmodelled: [...parameters.keys()].some((name) => !UPDATE_PARAMETERS.has(name)),
    }),
  },
  { method: "POST", path: "/updates/", handle: (call, _path, options) => postUpdate(call, options) },
  {
    method: "GET",
    path: "/updates/:id",
    handle: (call, { id = "" }, options) => {
      const update = findUpdate(call.world, id);
      const canEdit = caller(call) === update.submitter;
      return ok({ update: updateView(call.world, update, options), can_edit: canEdit, ci_allowed: false });
    },
  },
  { method: "POST", path: "/updates/:id/request", handle: postRequest },
  {
    method: "GET",
    path: "/comments/",
    handle: ({ world, parameters }, _path, options) => ok(queryComments(world, parameters, options)),
  },
  { method: "POST", path: "/comments/", handle: (call, _path, options) => postComment(call, options) },
  {
    method: "GET",
    path: "/comments/:id",
    handle: ({ world }, { id = "" }, options) => {
      const row = findComment(world, id);
      return ok({ comment: row === undefined ? null : commentView(world, row, options) });
    },
  },
  { method: "GET", path: "/releases/", handle: ({ world, parameters }) => ok(queryReleases(world, parameters)) },
  {
    method: "GET",
    path: "/releases/:name",
    handle: ({ world }, { name = "" }) => {
      const release = world.bodhi.releases.find((each) => [each.name, each.longName, each.distTag].includes(name));
      if (release !== undefined) return ok(releaseView(release));
      throw new RequestError(404, [{ location: "body", name: "name", description: "No such release" }]);
    },
  },
  { method: "GET", path: "/builds/", handle: ({ world, parameters }) => ok(queryBuilds(world, parameters)) },
  {
    method: "GET",
    path: "/builds/:nvr",
    handle: ({ world }, { nvr = "" }) => {
      const update = world.bodhi.updatesByBuild.get(nvr)?.at(-1);
      if (update !== undefined) return ok(buildView(world, nvr, update.release));
      throw new RequestError(404, [{ location: "body", name: "nvr", description: "No such build" }]);
    },
  },
  { method: "GET", path: "/packages/", handle: ({ world, parameters }) => ok(queryPackages(world, parameters)) },
  { method: "GET", path: "/users/", handle: ({ world, parameters }) => ok(queryUsers(world, parameters)) },
  {
    method: "GET",
    path: "/users/:name",
    handle: ({ world }, { name = "" }, { base }) => {
      if (!world.usersByName.has(name)) {
        throw new RequestError(404, [{ location: "body", name: "name", description: "No such user" }]);
      }
      const urls = {
        comments_by: `${base}/comments/?user=${name}`,
        comments_on: `${base}/comments/?update_owner=${name}`,
        recent_updates: `${base}/updates/?user=${name}`,
        recent_overrides: `${base}/overrides/?user=${name}`,
        comments_by_rss: `${base}/rss/comments/?user=${name}`,
        comments_on_rss: `${base}/rss/comments/?update_owner=${name}`,
        recent_updates_rss: `${base}/rss/updates/?user=${name}`,
        recent_overrides_rss: `${base}/rss/overrides/?user=${name}`,
      };
      return ok({ user: userView(world, name), urls });
    },
  },
  {
    method: "GET",
    path: "/latest_builds",
    handle: ({ world, parameters }) => ok(latestBuilds(world, single(parameters, "package") ?? "")),
  },
  {
    method: "GET",
    path: "/latest_candidates",
    handle: ({ world, parameters }) => ok(latestCandidates(world, parameters)),
  },
  { method: "GET", path: "/healthz/live", handle: () => ok("ok") },
  { method: "GET", path: "/healthz/ready", handle: () => ok({ db_session: true }) },
  { method: "GET", path: "/overrides/", handle: emptyList("overrides") },
  { method: "GET", path: "/composes/", handle: () => ok({ composes: [] }) },
  {
    method: "GET",
    path: "/composes/:release/:request",
    handle: () => {
      // A push here is over at once, so there is never a compose under way.
      throw new RequestError(404, [{ location: "path", name: "request", description: "Compose not found" }]);
    },
  },
];
