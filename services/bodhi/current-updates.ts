/** Making, editing and requesting updates through the current bodhi (bodhi-server services/updates.py, validators.py). */
import type { Update } from "../world/bodhi-tables";
import type { World } from "../world/world";
import { pythonRepr } from "../xmlrpc/values";
import { requireCommitter, requireCsrf, requirePackager } from "./current-auth";
import type { Answer, Call } from "./dialect-09";
import { type Parameters, single } from "./forms";
import { booleanParameter, integerParameter, listParameter, type Problem, RequestError, refuse } from "./query";
import { createUpdates } from "./rules/create";
import { type Edit, editUpdate } from "./rules/edit";
import { BodhiError } from "./rules/errors";
import { MIN_KARMA, mandatoryDays, setRequest } from "./rules/request";
import { activeTags } from "./rules/tags";
import { updateView, type ViewOptions } from "./views";

const REQUESTS = ["testing", "obsolete", "unpush", "revoke", "stable"];
const TYPES = ["bugfix", "security", "newpackage", "enhancement", "unspecified"] as const;
const SEVERITIES = ["unspecified", "urgent", "high", "medium", "low"] as const;
const SUGGESTIONS = ["unspecified", "reboot", "logout"] as const;

const NO_ACLS: Problem = {
  location: "body",
  name: "builds",
  description: "ACL validation mechanism was unable to determine ACLs.",
};

function invalidUpdate(): Problem {
  return { location: "url", name: "id", description: "Invalid update id" };
}

function asBodhiError(name: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof BodhiError) refuse(name, error.message, "body");
    throw error;
  }
}

export function postRequest(call: Call, { id = "" }: Readonly<Record<string, string>>, options: ViewOptions): Answer {
  const { world, parameters } = call;
  const user = requirePackager(call, "set_request");
  requireCsrf(call);
  const wanted = single(parameters, "request");
  if (wanted === undefined) return refuse("request", "Required", "body");
  if (!REQUESTS.includes(wanted)) refuse("request", `"${wanted}" is not one of ${REQUESTS.join(", ")}`, "body");
  const update = world.bodhi.updatesByAlias.get(id);
  if (update === undefined) throw new RequestError(404, [invalidUpdate(), NO_ACLS]);
  requireCommitter(world, user, update.release, update.builds, update.submitter);
  if (update.locked) refuse("request", "Can't change request on a locked update", "body");
  if (update.status === "stable" && wanted === "testing") {
    refuse("request", "Pushing back to testing a stable update is not allowed", "body");
  }
  asBodhiError("request", () => setRequest(world, update, wanted as "testing", user));
  return { status: 200, value: { update: updateView(world, update, options) }, write: true };
}

function oneOf<T extends string>(parameters: Parameters, name: string, allowed: readonly T[], fallback?: T): T {
  const value = single(parameters, name) ?? fallback;
  if (value === undefined) return refuse(name, "Required", "body");
  if (!(allowed as readonly string[]).includes(value)) {
    refuse(name, `"${value}" is not one of ${allowed.join(", ")}`, "body");
  }
  return value as T;
}

/** The fields of the form; what a client leaves out has bodhi's default, in an edit too. */
function readFields(parameters: Parameters) {
  const flag = (name: string): boolean => booleanParameter(parameters, name, "body") ?? true;
  const integer = (name: string, fallback: number, min: number, max: number): number =>
    integerParameter(parameters, name, fallback, min, max, "body");
  const notes = single(parameters, "notes");
  if (notes === undefined || notes === "") return refuse("notes", "A description is required for the update.", "body");
  if (notes.length < 2) refuse("notes", "Shorter than minimum length 2", "body");
  const bugs = listParameter(parameters, "bugs");
  if (bugs?.some((bug) => !/^\d+$/.test(bug))) refuse("bugs", `Invalid bug ID specified: ${pythonRepr(bugs)}`, "body");
  return {
    notes,
    bugs: bugs?.map(Number),
    type: oneOf(parameters, "type", TYPES),
    severity: oneOf(parameters, "severity", SEVERITIES, "unspecified"),
    suggest: oneOf(parameters, "suggest", SUGGESTIONS, "unspecified"),
    autokarma: flag("autokarma"),
    autotime: flag("autotime"),
    requireBugs: flag("require_bugs"),
    requireTestcases: flag("require_testcases"),
    closeBugs: flag("close_bugs"),
    stableKarma: integer("stable_karma", 3, 1, Number.MAX_SAFE_INTEGER),
    unstableKarma: integer("unstable_karma", -3, Number.MIN_SAFE_INTEGER, -1),
    stableDays: integer("stable_days", 0, 0, Number.MAX_SAFE_INTEGER),
    displayName: (single(parameters, "display_name") ?? "").trim(),
  };
}

type Fields = ReturnType<typeof readFields>;

/** bodhi looks each build up in koji, and at its tags. */
function requireBuilds(world: World, builds: readonly string[], edited: Update | undefined): void {
  const missing = builds.filter((nvr) => !world.buildsByNvr.has(nvr));
  if (builds.length === 0 || missing.length > 0) {
    const problem = (description: string): Problem => ({ location: "body", name: "builds", description });
    const described = missing.map((nvr) =>
      problem(/^.+-[^-]+-[^-]+$/.test(nvr) ? `Build does not exist: ${nvr}` : `Koji error getting build: ${nvr}`),
    );
    throw new RequestError(400, [...described, problem("You may not specify an empty list of builds."), NO_ACLS]);
  }
  const active = world.bodhi.releases.filter(({ state }) => state !== "archived" && state !== "disabled");
  const valid = active.map(({ candidateTag }) => candidateTag);
  if (edited !== undefined) valid.push(...active.map(({ testingTag }) => testingTag));
  for (const nvr of builds) {
    const tags = activeTags(world, nvr);
    const release = active.find((each) => {
      const pending = [each.pendingTestingTag, each.pendingStableTag];
      return [each.candidateTag, each.testingTag, each.stableTag, each.overrideTag, ...pending].some((tag) =>
        tags.includes(tag),
      );
    });
    if (release === undefined) {
      refuse("builds", `Cannot find release associated with build: ${nvr}, tags: ${pythonRepr(tags)}`, "body");
    }
    if (edited !== undefined && release !== edited.release) {
      refuse("builds", `Cannot add a ${release?.name} build to an ${edited.release.name} update`, "body");
    }
    if (!tags.some((tag) => valid.includes(tag))) {
      const list = pythonRepr(valid);
      refuse("builds", `Invalid tag: ${nvr} not tagged with any of the following tags ${list}`, "body");
    }
  }
}

interface Caveat {
  name: string;
  description: string;
}

/** Thresholds below the release's policy are raised to it. @param how as bodhi says it: `set` for a new update */
function raiseToPolicy(fields: Fields, critpath: boolean, how: "raised" | "set"): Caveat[] {
  const caveats: Caveat[] = [];
  const days = mandatoryDays(critpath);
  const value = `was ${how} to the mandatory release value of`;
  if (fields.stableDays < days) {
    fields.stableDays = days;
    const description = `The number of stable days required ${value} ${days} days`;
    caveats.push({ name: "stable days", description });
  }
  if (fields.stableKarma < MIN_KARMA) {
    fields.stableKarma = MIN_KARMA;
    caveats.push({ name: "stable karma", description: `The stable karma required ${value} ${MIN_KARMA}` });
  }
  return caveats;
}

function edit(world: World, update: Update, builds: readonly string[], fields: Fields, user: string): Caveat[] {
  const caveats = raiseToPolicy(fields, update.critpath, "raised");
  const { bugs, ...rest } = fields;
  const before = update.status;
  const change: Edit = { builds, ...rest, ...(bugs === undefined ? {} : { bugs }) };
  let description = "";
  asBodhiError("builds", () => {
    description = editUpdate(world, update, change, user);
  });
  caveats.push({ name: "builds", description });
  if (before !== "pending" && update.status === "pending") {
    const sentBack = "Builds changed.  Your update is being sent back to testing.";
    caveats.push({ name: "status", description: sentBack });
  }
  return caveats;
}

/** Makes an update from candidate builds, or edits one. */
export function postUpdate(call: Call, options: ViewOptions): Answer {
  const { world, parameters } = call;
  const user = requirePackager(call, "new_update");
  requireCsrf(call);
  const fields = readFields(parameters);
  const builds = listParameter(parameters, "builds") ?? [];
  const alias = single(parameters, "edited");
  const edited = alias ? world.bodhi.updatesByAlias.get(alias) : undefined;
  if (single(parameters, "from_tag")) {
    const description = "updates from a side tag are not modelled";
    const value = { status: "error", errors: [{ location: "body", name: "from_tag", description }] };
    return { status: 400, value, unmodelled: true };
  }
  if (alias && edited === undefined) refuse("builds", `No such update: ${alias}`, "body");
  requireBuilds(world, builds, edited);
  requireCommitter(world, user, edited?.release, builds, edited?.submitter);
  if (edited !== undefined) {
    const caveats = edit(world, edited, builds, fields, user);
    return { status: 200, value: { ...updateView(world, edited, options), caveats }, write: true };
  }
  const caveats = raiseToPolicy(fields, false, "set");
  let created: Update[] = [];
  asBodhiError("builds", () => {
    created = createUpdates(world, { ...fields, bugs: fields.bugs ?? [], builds, submitter: user, request: "testing" });
  });
  const updates = created.map((update) => updateView(world, update, options));
  if (updates.length === 1) return { status: 200, value: { ...updates[0], caveats }, write: true };
  const description = `Your update is being split into ${created.length}, one for each release.`;
  return { status: 200, value: { updates, caveats: [{ name: "releases", description }, ...caveats] }, write: true };
}
