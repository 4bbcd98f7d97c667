/** bodhi 0.9's methods (fedora-infra/bodhi 0.8.3, bodhi/controllers.py; client: python-fedora fedora/client/bodhi.py). */
import type { ServiceRequest } from "../http/types";
import type { Release, Update } from "../world/bodhi-tables";
import { taggedBuilds } from "../world/tagged";
import type { Micros } from "../world/time";
import type { World } from "../world/world";
import type { Accounts } from "./accounts";
import { flag, isPlainName, type Parameters, single } from "./forms";
import { comment } from "./rules/comment";
import { createUpdates } from "./rules/create";
import { editUpdate } from "./rules/edit";
import { BodhiError } from "./rules/errors";
import { titleOf } from "./rules/mail";
import { obsolete, setRequest } from "./rules/request";
import { fill } from "./textwrap";
import { releaseView, updateView } from "./views-09";

export interface Call {
  readonly world: World;
  readonly request: ServiceRequest;
  readonly parameters: Parameters;
  readonly accounts: Accounts;
}

export interface Answer {
  readonly status: number;
  readonly value: unknown;
  readonly write?: boolean;
  readonly unmodelled?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** A page for a person, in place of the value. */
  readonly html?: string;
}

type Method = (call: Call) => Answer;

/** TurboGears' cookie of a visit. */
export const VISIT_COOKIE = "tg-visit";
const COMMENT_WIDTH = 80;

function ok(value: unknown, write = false): Answer {
  return { status: 200, value, write };
}

function identify({ request, parameters, accounts }: Call): string | undefined {
  const name = single(parameters, "user_name");
  const password = single(parameters, "password");
  if (name !== undefined && password !== undefined) return accounts.check(name, password) ? name : undefined;
  return accounts.visitor(request, VISIT_COOKIE);
}

/** What TurboGears answers where a login is needed: the parameters come back, but never a password. */
function loginNeeded({ request, parameters }: Call): Answer {
  const attempted = parameters.has("password");
  const shown = [...parameters]
    .filter(([name]) => name !== "password" && isPlainName(name))
    .map(([name, values]) => [name, values.at(-1)]);
  return {
    status: 403,
    value: {
      message: attempted
        ? "The credentials you supplied were not correct or did not grant access to this resource."
        : "You must provide your credentials before accessing this resource.",
      previous_url: request.path,
      logging_in: true,
      original_parameters: Object.fromEntries(shown),
      forward_url: null,
    },
  };
}

function authenticated(act: (call: Call, user: string) => Answer): Method {
  return (call) => {
    const user = identify(call);
    return user === undefined ? loginNeeded(call) : act(call, user);
  };
}

export function findUpdate(world: World, titleOrId: string): Update | undefined {
  const byAlias = world.bodhi.updatesByAlias.get(titleOrId);
  if (byAlias !== undefined) return byAlias;
  const [first = ""] = titleOrId.split(",");
  return world.bodhi.updatesByBuild.get(first)?.find((update) => titleOf(update) === titleOrId);
}

function findRelease(world: World, text: string): Release | undefined {
  const plain = (name: string): string => name.toUpperCase().replaceAll("-", "");
  return (
    world.bodhi.releases.find(({ name }) => name === text.toUpperCase()) ??
    world.bodhi.releases.find(({ name }) => plain(name) === plain(text)) ??
    world.bodhi.releases.find(({ distTag }) => distTag === text)
  );
}

function updatesFound(count: number): string {
  return `${count} ${count === 1 ? "update" : "updates"} found`;
}

/** Python 2's strptime of '%Y-%m-%d %H:%M:%S'. */
function parseDate(text: string): Micros {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? []).slice(1).map(Number);
  if (match === null || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 61) {
    throw new BodhiError(`time data '${text}' does not match format '%Y-%m-%d %H:%M:%S'`);
  }
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000;
}

const FILTERS = [
  "release",
  "bugs",
  "cves",
  "status",
  "type_",
  "package",
  "username",
  "created_since",
  "pushed_since",
  "request",
  "start_date",
  "end_date",
] as const;
/** What `list` takes besides: TurboGears' own, and credentials. */
const OTHER_PARAMETERS = new Set<string>([
  ...FILTERS,
  "mine",
  "get_auth",
  "count_only",
  "tg_format",
  "tg_paginate_limit",
  "tg_paginate_no",
  "tg_paginate_order",
  "user_name",
  "password",
  "login",
  "tg_random",
  "_csrf_token",
]);

type Test = (update: Update) => boolean;

function dateTests(parameters: Parameters): Test[] {
  const tests: Test[] = [];
  const date = (name: string): Micros | undefined => {
    const text = single(parameters, name);
    return text ? parseDate(text) : undefined;
  };
  const created = date("created_since");
  if (created !== undefined) tests.push(({ submittedAt }) => submittedAt >= created);
  for (const name of ["pushed_since", "start_date"]) {
    const from = date(name);
    if (from !== undefined) tests.push(({ pushedAt }) => pushedAt !== null && pushedAt >= from);
  }
  const end = date("end_date");
  if (end !== undefined) tests.push(({ pushedAt }) => pushedAt !== null && pushedAt <= end);
  return tests;
}

/** The package argument may be an update's title or id, a package, or a build. */
function packageTest(world: World, text: string): Test {
  const update = findUpdate(world, text);
  if (update !== undefined) return (each) => each === update;
  if (world.packagesByName.has(text)) {
    return ({ builds }) => builds.some((nvr) => world.buildsByNvr.get(nvr)?.package.name === text);
  }
  return ({ builds }) => builds.includes(text);
}

function select(call: Call, release: Release | undefined, user: string | undefined): Update[] {
  const { world, parameters } = call;
  const value = (name: (typeof FILTERS)[number]): string | undefined => single(parameters, name) || undefined;
  const tests: Test[] = dateTests(parameters);
  if (release !== undefined) tests.push((update) => update.release === release);
  const [status, type, request, username, pkg, bugs] = [
    value("status"),
    value("type_"),
    value("request"),
    value("username"),
    value("package"),
    value("bugs"),
  ];
  if (status !== undefined) tests.push((update) => update.status === status);
  if (type !== undefined) tests.push((update) => update.type === type);
  if (request !== undefined) tests.push((update) => update.request === request);
  if (username !== undefined) tests.push((update) => update.submitter === username);
  if (user !== undefined) tests.push((update) => update.submitter === user);
  if (pkg !== undefined) tests.push(packageTest(world, pkg));
  if (bugs !== undefined) {
    const ids = bugs.replaceAll("#", "").split(",").map(Number);
    tests.push((update) => update.bugs.some(({ id }) => ids.includes(id)));
  }
  if (value("cves") !== undefined) return [];
  const found = world.bodhi.updates.filter((update) => tests.every((test) => test(update)));
  const date = ({ pushedAt, submittedAt }: Update): Micros => (status === "stable" ? (pushedAt ?? 0) : submittedAt);
  return found.sort((a, b) => date(b) - date(a) || b.id - a.id);
}

/** TurboGears' paginate: a limit of 0 is none. */
function paginate<T>(rows: T[], parameters: Parameters): T[] {
  const number = (name: string, fallback: number): number => {
    const value = Number(single(parameters, name) ?? fallback);
    return Number.isInteger(value) && value >= 0 ? value : fallback;
  };
  const limit = number("tg_paginate_limit", 25);
  if (limit === 0) return rows;
  const page = Math.max(1, number("tg_paginate_no", 1));
  return rows.slice((page - 1) * limit, page * limit);
}

const list: Method = (call) => {
  const { world, parameters } = call;
  const unknown = [...parameters.keys()].filter((name) => !OTHER_PARAMETERS.has(name));
  const mine = flag(parameters, "mine", false);
  const user = mine ? identify(call) : undefined;
  if (mine && user === undefined)
    return { status: 401, value: { updates: [], num_items: 0, title: "0 updates found" } };
  const wanted = single(parameters, "release") || undefined;
  const release = wanted === undefined ? undefined : findRelease(world, wanted);
  if (wanted !== undefined && release === undefined) {
    const error = `Unknown release u'${wanted}'`;
    return ok({ error, num_items: 0, title: error, updates: [] });
  }
  const found = select(call, release, user);
  if (flag(parameters, "count_only", false)) return ok({ num_items: found.length, updates: [] });
  const canModify = flag(parameters, "get_auth", false);
  const updates = paginate(found, parameters).map((update) =>
    canModify
      ? { ...updateView(world, update), can_modify: identify(call) === update.submitter }
      : updateView(world, update),
  );
  return {
    ...ok({ updates, num_items: found.length, title: updatesFound(found.length) }),
    unmodelled: unknown.length > 0,
  };
};

const addComment = authenticated(({ world, parameters }, user) => {
  const text = single(parameters, "text") ?? "";
  const karma = Number(single(parameters, "karma") ?? 0);
  if (![-1, 0, 1].includes(karma)) return ok({});
  const update = findUpdate(world, single(parameters, "title") ?? "");
  if (update === undefined) return ok({});
  comment(world, update, {
    author: user,
    text: fill(text, COMMENT_WIDTH),
    karma,
    email: flag(parameters, "email", true),
    origin: "client",
  });
  return ok({ update: updateView(world, update) }, true);
});

const requestPush = authenticated(({ world, parameters }, user) => {
  const update = findUpdate(world, single(parameters, "update") ?? "");
  if (update === undefined) return ok({});
  const action = single(parameters, "action") ?? "";
  if (!["testing", "stable", "unpush", "obsolete", "revoke"].includes(action)) {
    return ok({ update: updateView(world, update), tg_flash: `Unknown request: ${action}` });
  }
  try {
    setRequest(world, update, action as "testing", user);
  } catch (error) {
    if (!(error instanceof BodhiError)) throw error;
    return ok({ update: updateView(world, update), tg_flash: error.message });
  }
  return ok({ update: updateView(world, update) }, true);
});

const deleteUpdate = authenticated(({ world, parameters }, user) => {
  const update = findUpdate(world, single(parameters, "update") ?? "");
  if (update === undefined) return ok({ tg_flash: `Update ${single(parameters, "update")} does not exist` });
  if (update.submitter !== user) return ok({ tg_flash: "Cannot delete an update you did not submit" });
  if (update.pushed) return ok({ tg_flash: "Cannot delete a pushed update" });
  obsolete(world, update, null);
  const { bodhi } = world;
  bodhi.updates.splice(bodhi.updates.indexOf(update), 1);
  bodhi.updatesByAlias.delete(update.alias);
  for (const nvr of update.builds) {
    const rest = (bodhi.updatesByBuild.get(nvr) ?? []).filter((each) => each !== update);
    bodhi.updatesByBuild.set(nvr, rest);
  }
  return ok({ tg_flash: `Deleted ${titleOf(update)}` }, true);
});

/** TurboGears tells what went wrong in its flash message, with status 200. */
const save = authenticated(({ world, parameters }, user) => {
  const builds = (parameters.get("builds") ?? []).flatMap((value) => value.split(/[\s,]+/)).filter((nvr) => nvr !== "");
  const notes = single(parameters, "notes") ?? "";
  const type = single(parameters, "type_") ?? "";
  const request = (single(parameters, "request") ?? "testing").toLowerCase();
  const edited = single(parameters, "edited");
  if (builds.length === 0) return ok({ tg_flash: "Error: Didn't receive any builds" });
  if (!["bugfix", "enhancement", "newpackage", "security"].includes(type)) {
    return ok({ tg_flash: `Unknown update type: ${type}.  Valid types are: bugfix enhancement security newpackage` });
  }
  if (notes === "") return ok({ tg_flash: "Error: You must supply details for this update" });
  try {
    if (edited && !["False", "false"].includes(edited)) {
      const update = findUpdate(world, edited);
      if (update === undefined) return ok({ tg_flash: `Cannot find update '${edited}' to edit` });
      editUpdate(world, update, { builds, notes }, user);
      return ok({ updates: [updateView(world, update)], tg_flash: "Update successfully edited" }, true);
    }
    const bugs = (single(parameters, "bugs") ?? "").split(/[\s,#]+/).filter((bug) => /^\d+$/.test(bug));
    const created = createUpdates(world, {
      builds,
      submitter: user,
      notes,
      type: type as "bugfix",
      severity: "unspecified",
      bugs: bugs.map(Number),
      autokarma: flag(parameters, "autokarma", false),
      stableKarma: Number(single(parameters, "stable_karma") ?? 3),
      unstableKarma: Number(single(parameters, "unstable_karma") ?? -3),
      closeBugs: flag(parameters, "close_bugs", false),
      request: request === "testing" || request === "stable" ? request : null,
      displayName: "",
    });
    return ok(
      { updates: created.map((update) => updateView(world, update)), tg_flash: "Update successfully created" },
      true,
    );
  } catch (error) {
    if (error instanceof BodhiError) return ok({ tg_flash: error.message });
    throw error;
  }
});

const login: Method = (call) => {
  const user = identify(call);
  if (user === undefined) return loginNeeded(call);
  const visit = call.accounts.visit(user);
  const value = { user: { user_name: user, display_name: user, groups: call.world.user(user).groups } };
  return { status: 200, value, headers: { "set-cookie": `${VISIT_COOKIE}=${visit}; Path=/; HttpOnly` } };
};

const logout: Method = ({ request, accounts }) => {
  accounts.end(request, VISIT_COOKIE);
  return ok({});
};

const updatesFromBuilds: Method = ({ world, parameters }) => {
  const found: Record<string, object> = {};
  for (const nvr of (single(parameters, "builds") ?? "").split(/\s+/)) {
    const update = world.bodhi.updatesByBuild.get(nvr)?.at(-1);
    if (update !== undefined) found[nvr] = updateView(world, update);
  }
  return ok(found);
};

const latestBuilds: Method = ({ world, parameters }) => {
  const pkg = single(parameters, "package") ?? "";
  const builds: Record<string, string> = {};
  for (const release of world.bodhi.releases) {
    for (const name of [release.candidateTag, release.testingTag, release.stableTag]) {
      const tag = world.tagsByName.get(name);
      if (tag === undefined) continue;
      const [latest] = taggedBuilds(world, tag, { inherit: true, latest: true, package: pkg });
      if (latest !== undefined) builds[name] = latest.build.nvr;
    }
  }
  return ok(builds);
};

export const METHODS_09: Readonly<Record<string, Method>> = {
  list,
  comment: addComment,
  get_updates_from_builds: updatesFromBuilds,
  request: requestPush,
  delete: deleteUpdate,
  save,
  login,
  logout,
  latest_builds: latestBuilds,
  candidate_tags: ({ world }) => ok({ tags: world.bodhi.releases.map(({ candidateTag }) => candidateTag) }),
  dist_tags: ({ world }) => ok({ tags: world.bodhi.releases.map(({ distTag }) => distTag) }),
  releases: ({ world }) => ok({ releases: world.bodhi.releases.map(releaseView) }),
  mine: authenticated(({ world, parameters }, user) => {
    const updates = world.bodhi.updates
      .filter(({ submitter }) => submitter === user)
      .sort((a, b) => b.submittedAt - a.submittedAt || b.id - a.id);
    const page = paginate(updates, parameters).map((update) => updateView(world, update));
    return ok({ updates: page, title: `${user}'s updates`, num_items: updates.length });
  }),
};
