/** Reading through the current bodhi's REST API (bodhi-server services/{updates,comments,releases,builds,packages,user}.py). */
import type { Comment, Release, Update } from "../world/bodhi-tables";
import { Glob } from "../world/glob";
import { taggedBuilds } from "../world/tagged";
import { CONFIGURATOR, type World } from "../world/world";
import { pythonRepr } from "../xmlrpc/values";
import { type Parameters, single } from "./forms";
import { booleanParameter, counts, dateParameter, enumParameter, listParameter, paginate, refuse } from "./query";
import { buildView, commentView, releaseView, updateView, userView, type ViewOptions } from "./views";

type Test<T> = (row: T) => boolean;

const STATUSES = ["pending", "testing", "stable", "unpushed", "obsolete"] as const;
const REQUESTS = ["testing", "obsolete", "unpush", "revoke", "stable"] as const;
const TYPES = ["bugfix", "security", "newpackage", "enhancement", "unspecified"] as const;
const SEVERITIES = ["unspecified", "urgent", "high", "medium", "low"] as const;
const SUGGESTIONS = ["unspecified", "reboot", "logout"] as const;
const GATING = ["waiting", "ignored", "queued", "running", "passed", "failed", "greenwave_failed"] as const;
const CONTENT_TYPES = ["base", "rpm", "module", "container", "flatpak"] as const;
const RELEASE_STATES = ["disabled", "pending", "frozen", "current", "archived"] as const;

/** SQL's LIKE '%text%'. */
function like(text: string): (value: string) => boolean {
  const lower = text.toLowerCase();
  return (value) => value.toLowerCase().includes(lower);
}

export function findReleases(world: World, parameters: Parameters, ...names: string[]): Release[] | undefined {
  const wanted = listParameter(parameters, ...names);
  if (wanted === undefined) return undefined;
  const missing: string[] = [];
  const found = wanted.flatMap((text) => {
    const release = world.bodhi.releases.find(({ name, longName, version, branch, distTag }) =>
      [name, name.toLowerCase(), name.toUpperCase(), longName, distTag, branch, version].includes(text),
    );
    if (release === undefined) missing.push(text);
    return release === undefined ? [] : [release];
  });
  if (missing.length > 0) refuse("releases", `Invalid releases specified: ${missing.join(", ")}`);
  return found;
}

function packageOf(world: World, nvr: string): string | undefined {
  return world.buildsByNvr.get(nvr)?.package.name;
}

function requirePackages(world: World, parameters: Parameters): string[] | undefined {
  const wanted = listParameter(parameters, "packages");
  const missing = (wanted ?? []).filter((name) => !world.packagesByName.has(name));
  if (missing.length > 0) refuse("packages", `Invalid packages specified: ${missing.join(", ")}`);
  return wanted;
}

function requireUpdates(world: World, parameters: Parameters): string[] | undefined {
  const wanted = listParameter(parameters, "updates");
  const missing = (wanted ?? []).filter((alias) => !world.bodhi.updatesByAlias.has(alias));
  if (missing.length > 0) refuse("updates", `Invalid updates specified: ${missing.join(", ")}`);
  return wanted;
}

function requireUsers(world: World, parameters: Parameters, name: string): string[] | undefined {
  const wanted = listParameter(parameters, name);
  const missing = (wanted ?? []).filter((each) => !world.usersByName.has(each));
  if (missing.length > 0) refuse(name, `Invalid users specified: ${missing.join(", ")}`);
  return wanted;
}

function member<T>(values: readonly T[] | undefined): Test<T | null> | undefined {
  return values === undefined ? undefined : (value) => value !== null && values.includes(value);
}

const DATES = [
  ["submitted", ({ submittedAt }: Update) => submittedAt],
  ["modified", ({ modifiedAt }: Update) => modifiedAt],
  ["approved", ({ approvedAt }: Update) => approvedAt],
  // A quirk of bodhi's: what was pushed to testing alone is not found.
  ["pushed", ({ stableAt }: Update) => stableAt],
] as const;

function updateTests(world: World, parameters: Parameters): Test<Update>[] {
  const tests: Test<Update>[] = [];
  const aliases = listParameter(parameters, "alias", "updateid");
  if (aliases !== undefined) tests.push(({ alias }) => aliases.includes(alias));
  const packages = listParameter(parameters, "packages");
  if (packages !== undefined) {
    tests.push(({ builds }) => builds.some((nvr) => packages.includes(packageOf(world, nvr) ?? "")));
  }
  const builds = listParameter(parameters, "builds");
  if (builds !== undefined) tests.push((update) => update.builds.some((nvr) => builds.includes(nvr)));
  const releases = findReleases(world, parameters, "releases", "release");
  if (releases !== undefined) tests.push(({ release }) => releases.includes(release));
  const status = member(enumParameter(parameters, "status", STATUSES, true));
  if (status !== undefined) tests.push((update) => status(update.status));
  const request = member(enumParameter(parameters, "request", REQUESTS));
  if (request !== undefined) tests.push((update) => request(update.request));
  const type = member(enumParameter(parameters, "type", TYPES));
  if (type !== undefined) tests.push((update) => type(update.type));
  const severity = member(enumParameter(parameters, "severity", SEVERITIES));
  if (severity !== undefined) tests.push((update) => severity(update.severity));
  const suggest = member(enumParameter(parameters, "suggest", SUGGESTIONS));
  if (suggest !== undefined) tests.push((update) => suggest(update.suggest));
  const gating = enumParameter(parameters, "gating", GATING, true);
  if (gating !== undefined) tests.push(() => false);
  const contentTypes = enumParameter(parameters, "content_type", CONTENT_TYPES);
  if (contentTypes !== undefined) tests.push(() => contentTypes.includes("rpm"));
  const bugs = listParameter(parameters, "bugs");
  if (bugs?.some((bug) => !/^\d+$/.test(bug))) refuse("bugs", `Invalid bug ID specified: ${pythonRepr(bugs)}`);
  if (bugs !== undefined) tests.push((update) => update.bugs.some(({ id }) => bugs.includes(String(id))));
  const critpath = booleanParameter(parameters, "critpath");
  if (critpath !== undefined) tests.push((update) => update.critpath === critpath);
  const locked = booleanParameter(parameters, "locked");
  if (locked !== undefined) tests.push((update) => update.locked === locked);
  const pushed = booleanParameter(parameters, "pushed");
  if (pushed !== undefined) tests.push((update) => update.pushed === pushed);
  if (single(parameters, "from_side_tag") !== undefined) tests.push(() => false);
  const users = requireUsers(world, parameters, "user");
  if (users !== undefined) tests.push(({ submitter }) => users.includes(submitter));
  for (const name of ["like", "search"]) {
    const text = single(parameters, name);
    if (!text) continue;
    const matches = like(text.trim());
    tests.push((update) => matches(update.alias) || update.builds.some(matches) || matches(update.displayName));
  }
  for (const [name, dateOf] of DATES) {
    const since = dateParameter(parameters, `${name}_since`);
    const before = dateParameter(parameters, `${name}_before`);
    if (since !== undefined) tests.push((update) => (dateOf(update) ?? Number.NEGATIVE_INFINITY) >= since);
    if (before !== undefined) tests.push((update) => (dateOf(update) ?? Number.POSITIVE_INFINITY) < before);
  }
  return tests;
}

export function queryUpdates(world: World, parameters: Parameters, options: ViewOptions): object {
  const tests = updateTests(world, parameters);
  const found = world.bodhi.updates
    .filter((update) => tests.every((test) => test(update)))
    .sort((a, b) => b.submittedAt - a.submittedAt || b.id - a.id);
  const { rows, fields } = paginate(found, parameters);
  return {
    updates: rows.map((update) => updateView(world, update, options)),
    ...fields,
    display_user: booleanParameter(parameters, "display_user") ?? true,
    display_request: booleanParameter(parameters, "display_request") ?? true,
    package: listParameter(parameters, "packages")?.[0] ?? null,
  };
}

/** Parameters of the lists, for telling which a client sent that bodhi does not have. */
export const UPDATE_PARAMETERS = new Set([
  "alias",
  "updateid",
  "packages",
  "builds",
  "releases",
  "release",
  "status",
  "request",
  "type",
  "severity",
  "suggest",
  "gating",
  "content_type",
  "bugs",
  "critpath",
  "locked",
  "pushed",
  "from_side_tag",
  "user",
  "like",
  "search",
  "submitted_since",
  "submitted_before",
  "modified_since",
  "modified_before",
  "approved_since",
  "approved_before",
  "pushed_since",
  "pushed_before",
  "page",
  "rows_per_page",
  "chrome",
  "display_user",
  "display_request",
  "active_releases",
]);

export function queryComments(world: World, parameters: Parameters, options: ViewOptions): object {
  const tests: Test<Comment>[] = [];
  const text = single(parameters, "like");
  if (text) {
    const matches = like(text);
    tests.push((comment) => matches(comment.text));
  }
  const packages = requirePackages(world, parameters);
  if (packages !== undefined) {
    tests.push(({ update }) => update.builds.some((nvr) => packages.includes(packageOf(world, nvr) ?? "")));
  }
  const since = dateParameter(parameters, "since");
  if (since !== undefined) tests.push(({ at }) => at >= since);
  const updates = requireUpdates(world, parameters);
  if (updates !== undefined) tests.push(({ update }) => updates.includes(update.alias));
  const owners = requireUsers(world, parameters, "update_owner");
  if (owners !== undefined) tests.push(({ update }) => owners.includes(update.submitter));
  const ignored = requireUsers(world, parameters, "ignore_user");
  if (ignored !== undefined) tests.push(({ author }) => !ignored.includes(author));
  const authors = requireUsers(world, parameters, "user");
  if (authors !== undefined) tests.push(({ author }) => authors.includes(author));
  if (booleanParameter(parameters, "chrome") ?? true) tests.push(({ author }) => author !== "bodhi");
  const found = world.bodhi.comments
    .filter((comment) => tests.every((test) => test(comment)))
    .sort((a, b) => b.at - a.at || b.id - a.id);
  const { rows, fields } = paginate(found, parameters);
  return { comments: rows.map((comment) => commentView(world, comment, options)), ...fields };
}

export function queryReleases(world: World, parameters: Parameters): object {
  const tests: Test<Release>[] = [];
  const ids = listParameter(parameters, "ids");
  if (ids !== undefined) tests.push(({ id }) => ids.includes(String(id)));
  const names = single(parameters, "name");
  if (names) {
    const pattern = new Glob(names, { any: "%" });
    tests.push(({ name }) => pattern.test(name));
  }
  const states = enumParameter(parameters, "state", RELEASE_STATES, true);
  if (states !== undefined) tests.push(({ state }) => states.includes(state));
  if (booleanParameter(parameters, "exclude_archived") === true) tests.push(({ state }) => state !== "archived");
  const updates = listParameter(parameters, "updates");
  if (updates !== undefined) {
    const found = new Set(updates.map((alias) => world.bodhi.updatesByAlias.get(alias)?.release));
    tests.push((release) => found.has(release));
  }
  const packages = requirePackages(world, parameters);
  if (packages !== undefined) {
    const found = new Set(
      world.bodhi.updates
        .filter(({ builds }) => builds.some((nvr) => packages.includes(packageOf(world, nvr) ?? "")))
        .map(({ release }) => release),
    );
    tests.push((release) => found.has(release));
  }
  const found = world.bodhi.releases.filter((release) => tests.every((test) => test(release)));
  const { rows, fields } = paginate(found, parameters);
  return { releases: rows.map(releaseView), ...counts(fields) };
}

/** Builds that bodhi knows: those of updates. */
export function queryBuilds(world: World, parameters: Parameters): object {
  const nvr = single(parameters, "nvr");
  const wanted = listParameter(parameters, "updates");
  const releases = findReleases(world, parameters, "releases");
  const packages = requirePackages(world, parameters);
  const rows: { nvr: string; update: Update }[] = [];
  for (const update of world.bodhi.updates) {
    if (wanted !== undefined && !wanted.includes(update.alias)) continue;
    if (releases !== undefined && !releases.includes(update.release)) continue;
    for (const each of update.builds) {
      if (nvr !== undefined && each !== nvr) continue;
      if (packages !== undefined && !packages.includes(packageOf(world, each) ?? "")) continue;
      rows.push({ nvr: each, update });
    }
  }
  rows.sort((a, b) => (a.nvr < b.nvr ? -1 : 1));
  const page = paginate(rows, parameters);
  return {
    builds: page.rows.map(({ nvr: each, update }) => buildView(world, each, update.release)),
    ...counts(page.fields),
  };
}

export function queryPackages(world: World, parameters: Parameters): object {
  const name = single(parameters, "name");
  const text = single(parameters, "like") ?? single(parameters, "search");
  const matches = text === undefined ? () => true : like(text);
  const known = new Set(world.bodhi.updates.flatMap(({ builds }) => builds.map((nvr) => packageOf(world, nvr))));
  const found = world.packages.filter(
    (pkg) => known.has(pkg.name) && (name === undefined || pkg.name === name) && matches(pkg.name),
  );
  const { rows, fields } = paginate(found, parameters);
  return { packages: rows.map((pkg) => ({ name: pkg.name, type: "rpm" })), ...counts(fields) };
}

export function queryUsers(world: World, parameters: Parameters): object {
  const name = single(parameters, "name");
  const text = single(parameters, "like") ?? single(parameters, "search");
  const matches = text === undefined ? () => true : like(text);
  const groups = listParameter(parameters, "groups");
  const updates = requireUpdates(world, parameters);
  const submitters = updates?.map((alias) => world.bodhi.updatesByAlias.get(alias)?.submitter);
  const found = world.users.filter(
    (user) =>
      user.name !== CONFIGURATOR &&
      (submitters === undefined || submitters.includes(user.name)) &&
      (name === undefined || user.name === name) &&
      matches(user.name) &&
      (groups === undefined || groups.some((group) => user.groups.includes(group))),
  );
  const { rows, fields } = paginate(found, parameters);
  return { users: rows.map((user) => userView(world, user.name)), ...counts(fields) };
}

/** Builds that could become updates: the latest in each release's candidate tag, on request in its testing tags too. */
export function latestCandidates(world: World, parameters: Parameters): object[] {
  const pkg = single(parameters, "package");
  const prefix = single(parameters, "prefix");
  const alsoTesting = booleanParameter(parameters, "testing") ?? false;
  const hideExisting = booleanParameter(parameters, "hide_existing") ?? false;
  const found = new Map<string, object>();
  for (const release of world.bodhi.releases) {
    if (release.state === "archived" || release.state === "disabled") continue;
    const testing = alsoTesting ? [release.testingTag, release.pendingTestingTag, release.pendingSigningTag] : [];
    for (const name of [release.candidateTag, ...testing]) {
      const tag = world.tagsByName.get(name);
      for (const { build } of tag === undefined ? [] : taggedBuilds(world, tag, { latest: true })) {
        if (pkg !== undefined && build.package.name !== pkg) continue;
        if (prefix !== undefined && !build.package.name.startsWith(prefix)) continue;
        const pending = world.bodhi.updatesByBuild.get(build.nvr)?.some(({ status }) => status === "pending") ?? false;
        if (hideExisting && pending) continue;
        found.set(`${build.id} ${release.id}`, {
          nvr: build.nvr,
          id: build.id,
          package_name: build.package.name,
          owner_name: build.owner.name,
          release_name: release.longName,
        });
      }
    }
  }
  return [...found.values()];
}

export function latestBuilds(world: World, pkg: string): object {
  const builds: Record<string, string> = {};
  for (const release of world.bodhi.releases) {
    if (release.state === "archived" || release.state === "disabled") continue;
    const tags = [release.candidateTag, release.testingTag, release.stableTag, release.overrideTag];
    for (const name of new Set([...tags, release.pendingTestingTag, release.pendingStableTag])) {
      const tag = world.tagsByName.get(name);
      const [latest] = tag === undefined ? [] : taggedBuilds(world, tag, { inherit: true, latest: true, package: pkg });
      if (latest !== undefined) builds[name] = latest.build.nvr;
    }
  }
  return builds;
}
