/** Routes of the current bodhi (bodhi-server services/*.py). */
import { createHash } from "node:crypto";
import type { Update } from "../world/bodhi-tables";
import type { World } from "../world/world";
import {
  latestBuilds,
  queryBuilds,
  queryComments,
  queryPackages,
  queryReleases,
  queryUpdates,
  queryUsers,
  UPDATE_PARAMETERS,
} from "./current-reads";
import { type Answer, type Call, VISIT_COOKIE } from "./dialect-09";
import { type Parameters, single } from "./forms";
import { booleanParameter, integerParameter, listParameter, paginate, RequestError, refuse } from "./query";
import { comment } from "./rules/comment";
import { createUpdates } from "./rules/create";
import { editUpdate } from "./rules/edit";
import { BodhiError } from "./rules/errors";
import { setRequest } from "./rules/request";
import { buildView, commentView, releaseView, updateView, userView, type ViewOptions } from "./views";

export const BODHI_VERSION = "8.1.1";
/** The cookie of pyramid's AuthTkt policy, which bodhi-client keeps. */
export const AUTH_COOKIE = "auth_tkt";

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

/** The caller, by bodhi's cookie or token, or by a name and password as 0.9 takes them. */
export function caller({ request, parameters, accounts }: Call): string | undefined {
  const name = single(parameters, "user_name");
  const password = single(parameters, "password");
  if (name !== undefined && password !== undefined) return accounts.check(name, password) ? name : undefined;
  const basic = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? "");
  if (basic !== null) {
    const [user = "", ...rest] = Buffer.from(basic[1] as string, "base64")
      .toString("utf8")
      .split(":");
    return accounts.check(user, rest.join(":")) ? user : undefined;
  }
  return accounts.visitor(request, AUTH_COOKIE) ?? accounts.visitor(request, VISIT_COOKIE);
}

function requireCaller(call: Call): string {
  const user = caller(call);
  if (user !== undefined) return user;
  throw new RequestError(403, [{ location: "body", name: "email", description: "You must provide an author" }]);
}

/** bodhi's token against cross-site requests: the same for a caller as long as the secret is. */
export function csrfToken(call: Call): string {
  return createHash("sha1")
    .update(`csrf ${caller(call) ?? "anonymous"}`)
    .digest("hex");
}

function requireCsrf(call: Call): void {
  const token = single(call.parameters, "csrf_token");
  if (token === undefined) refuse("csrf_token", "Required", "body");
  if (token !== csrfToken(call))
    refuse(
      "csrf_token",
      "CSRF tokens do not match.  This happens if you have the page open for a long time. Please reload the page and try to submit your data again. Make sure to save your input somewhere before reloading. ",
      "body",
    );
}

function findUpdate(world: World, id: string): Update {
  const update = world.bodhi.updatesByAlias.get(id);
  if (update !== undefined) return update;
  throw new RequestError(404, [{ location: "url", name: "id", description: "Invalid update id" }]);
}

function postComment(call: Call, options: ViewOptions): Answer {
  const { world, parameters } = call;
  requireCsrf(call);
  const alias = single(parameters, "update");
  if (alias === undefined) refuse("update", "Required", "body");
  const update = world.bodhi.updatesByAlias.get(alias as string);
  if (update === undefined) return refuse("update", `Invalid update specified: ${alias}`, "url", 404);
  const text = single(parameters, "text") ?? "";
  const karma = karmaParameter(parameters, "karma");
  const karmaCritpath = karmaParameter(parameters, "karma_critpath");
  const bugFeedback = feedback(parameters, update);
  const author = requireCaller(call);
  if (text === "" && karma === 0 && karmaCritpath === 0 && bugFeedback.every((each) => each.karma === 0)) {
    refuse("comment", "You must provide either some text or feedback", "body");
  }
  const posted = comment(world, update, {
    author,
    text,
    karma,
    karmaCritpath,
    bugFeedback,
    email: true,
    origin: "client",
  });
  return ok({ comment: commentView(world, posted.comment, options), caveats: posted.caveats }, true);
}

function karmaParameter(parameters: Parameters, name: string): number {
  const text = single(parameters, name) || "0";
  const value = Number(text);
  if (!/^\s*[+-]?\d+\s*$/.test(text)) return refuse(name, `"${text}" is not a number`, "body");
  if (value < -1) return refuse(name, `${value} is less than minimum value -1`, "body");
  if (value > 1) return refuse(name, `${value} is greater than maximum value 1`, "body");
  return value;
}

/** `bug_feedback.0.bug_id=1&bug_feedback.0.karma=1`, and the same as JSON. */
function feedback(parameters: Parameters, update: Update): { bug: number; karma: number }[] {
  const rows = new Map<string, { bug: number; karma: number }>();
  const row = (key: string): { bug: number; karma: number } => {
    const known = rows.get(key) ?? { bug: 0, karma: 0 };
    rows.set(key, known);
    return known;
  };
  for (const [name, values] of parameters) {
    const match = /^bug_feedback\.(\d+)\.(bug_id|karma)$/.exec(name);
    if (match !== null) {
      const value = Number(values.at(-1));
      if (match[2] === "karma") row(match[1] as string).karma = value;
      else row(match[1] as string).bug = value;
    }
    if (name === "bug_feedback") {
      values.forEach((text, index) => {
        const value = parseFeedback(text);
        Object.assign(row(`json${index}`), value);
      });
    }
  }
  for (const { bug } of rows.values()) {
    if (!update.bugs.some(({ id }) => id === bug))
      refuse("bug_feedback", `Invalid bug ids specified: ${bug}`, "querystring");
  }
  return [...rows.values()];
}

function parseFeedback(text: string): { bug: number; karma: number } {
  try {
    const value = JSON.parse(text) as { bug_id?: unknown; karma?: unknown };
    return { bug: Number(value.bug_id), karma: Number(value.karma ?? 0) };
  } catch {
    return refuse("bug_feedback", "Invalid JSON", "body");
  }
}

function postRequest(call: Call, path: Readonly<Record<string, string>>, options: ViewOptions): Answer {
  const { world, parameters } = call;
  const update = findUpdate(world, path.id ?? "");
  requireCsrf(call);
  const user = requireCaller(call);
  const wanted = single(parameters, "request");
  if (wanted === undefined) refuse("request", "Required", "body");
  if (!["testing", "stable", "unpush", "obsolete", "revoke"].includes(wanted as string)) {
    refuse("request", `"${wanted}" is not one of obsolete, revoke, stable, testing, unpush`, "body");
  }
  requireEditor(world, update, user);
  if (update.locked) refuse("request", "Can't change request on a locked update", "body");
  asBodhiError("request", () => setRequest(world, update, wanted as "testing", user));
  return ok({ update: updateView(world, update, options) }, true);
}

/** bodhi lets the submitter and the packager groups act on an update. */
function requireEditor(world: World, update: Update, user: string): void {
  const { groups } = world.user(user);
  if (user === update.submitter || groups.includes("provenpackager") || groups.includes("packager")) return;
  refuse("builds", `${user} is not a member of "packager", which is a mandatory packager group`, "body");
}

function asBodhiError(name: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof BodhiError) refuse(name, error.message, "body");
    throw error;
  }
}

const TYPES = ["bugfix", "enhancement", "newpackage", "security", "unspecified"] as const;
const SEVERITIES = ["high", "low", "medium", "unspecified", "urgent"] as const;

function oneOf<T extends string>(parameters: Parameters, name: string, allowed: readonly T[], fallback?: T): T {
  const value = single(parameters, name) ?? fallback;
  if (value === undefined) return refuse(name, "Required", "body");
  if (!(allowed as readonly string[]).includes(value))
    refuse(name, `"${value}" is not one of ${allowed.join(", ")}`, "body");
  return value as T;
}

/** Makes an update from candidate builds, or edits one. */
function postUpdate(call: Call, options: ViewOptions): Answer {
  const { world, parameters } = call;
  requireCsrf(call);
  const user = requireCaller(call);
  const builds = listParameter(parameters, "builds");
  const notes = single(parameters, "notes");
  const type = oneOf(parameters, "type", TYPES);
  const severity = oneOf(parameters, "severity", SEVERITIES, "unspecified");
  if (notes === undefined || notes.length < 2) refuse("notes", "A description is required for the update.", "body");
  const edited = single(parameters, "edited");
  if (edited) {
    const update = findUpdate(world, edited);
    requireEditor(world, update, user);
    asBodhiError("builds", () => editUpdate(world, update, { builds, notes }, user));
    return ok({ ...updateView(world, update, options), caveats: [] }, true);
  }
  if (single(parameters, "from_tag")) {
    const description = "updates from a side tag are not modelled";
    return { status: 400, value: errorBody([{ location: "body", name: "from_tag", description }]), unmodelled: true };
  }
  const bugs = listParameter(parameters, "bugs") ?? [];
  for (const bug of bugs) if (!/^\d+$/.test(bug)) refuse("bugs", `Invalid bug ID specified: ${bug}`, "body");
  let created: Update[] = [];
  asBodhiError("builds", () => {
    created = createUpdates(world, {
      builds: builds ?? [],
      submitter: user,
      notes: notes as string,
      type,
      severity,
      bugs: bugs.map(Number),
      autokarma: booleanParameter(parameters, "autokarma") ?? true,
      stableKarma: integerParameter(parameters, "stable_karma", 3, 1, 1000),
      unstableKarma: integerParameter(parameters, "unstable_karma", -3, -1000, -1),
      closeBugs: booleanParameter(parameters, "close_bugs") ?? true,
      request: "testing",
      displayName: (single(parameters, "display_name") ?? "").trim(),
    });
  });
  const [first] = created;
  if (created.length === 1 && first !== undefined)
    return ok({ ...updateView(world, first, options), caveats: [] }, true);
  const description = `Your update is being split into ${created.length}, one for each release.`;
  const updates = created.map((update) => updateView(world, update, options));
  return ok({ updates, caveats: [{ name: "releases", description }] }, true);
}

export function errorBody(problems: RequestError["problems"]): object {
  return { status: "error", errors: problems };
}

function findComment(world: World, id: string): ReturnType<World["bodhi"]["comments"]["at"]> {
  const row = /^\d+$/.test(id) ? world.bodhi.comments[Number(id) - 1] : undefined;
  if (row === undefined)
    throw new RequestError(404, [{ location: "url", name: "id", description: "Invalid comment id" }]);
  return row;
}

function emptyList(name: string): Route["handle"] {
  return ({ parameters }) => {
    const { rows, fields } = paginate([], parameters);
    return ok({ [name]: rows, ...fields });
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
      return ok({ update: updateView(call.world, update, options), can_edit: canEdit });
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
      throw new RequestError(404, [{ location: "body", name: "name", description: `No such release: ${name}` }]);
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
    handle: ({ world }, { name = "" }) => {
      if (!world.usersByName.has(name)) {
        throw new RequestError(404, [{ location: "body", name: "name", description: `No such user: ${name}` }]);
      }
      const base = `/updates/?user=${encodeURIComponent(name)}`;
      const urls = {
        comments_by: `/comments/?user=${name}`,
        comments_on: `/comments/?update_owner=${name}`,
        recent_updates: base,
        recent_overrides: `/overrides/?user=${name}`,
      };
      return ok({ user: userView(world, name), urls });
    },
  },
  {
    method: "GET",
    path: "/latest_builds",
    handle: ({ world, parameters }) => ok(latestBuilds(world, single(parameters, "package") ?? "")),
  },
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
