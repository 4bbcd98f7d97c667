/** What was captured, as a scenario. Names and times are production's; ids are not: those of a scenario count from 1. */
import { stringify } from "yaml";
import { parseTimeText, toIso } from "../services/world/time";
import { type Captured, type CapturedBuild, RELEASE_TAGS, rpmPath } from "./capture";
import type { Json, Row } from "./koji-source";
import { rows } from "./koji-source";

const BUILD_STATES = ["BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"];

export interface ScenarioOptions {
  readonly name: string;
  readonly description: string;
  /** ISO 8601 */
  readonly clock: string;
  /** Address of koji's files, without a slash at its end. */
  readonly files: string;
}

/** koji's seconds since 1970. */
function instantOf(seconds: Json | undefined): string | undefined {
  return typeof seconds === "number" ? toIso(Math.round(seconds * 1e6)) : undefined;
}

/** bodhi's text. */
function instantOfText(text: Json | undefined): string | undefined {
  const at = typeof text === "string" ? parseTimeText(text) : undefined;
  return at === undefined ? undefined : toIso(at);
}

/** Leaves out what says nothing. */
function compact(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** koji's settings of a build or a tag, where it has any. */
function extra(row: Row): Json | undefined {
  const given = row.extra;
  return given !== null && typeof given === "object" && Object.keys(given).length > 0 ? given : undefined;
}

function tag({ row, parents, blocked }: Captured["tags"][number]): object {
  return compact({
    name: row.name,
    arches: typeof row.arches === "string" ? row.arches.split(/\s+/).filter((arch) => arch !== "") : [],
    blocked,
    locked: row.locked === true ? true : undefined,
    permission: row.perm,
    extra: extra(row),
    parents: parents.map((parent) =>
      compact({
        tag: parent.name,
        priority: parent.priority,
        maxDepth: parent.maxdepth,
        intransitive: parent.intransitive === true ? true : undefined,
        packageFilter: parent.pkg_filter === "" ? undefined : parent.pkg_filter,
      }),
    ),
  });
}

function rpm(row: Row, build: CapturedBuild, files: string): object {
  const own = (field: string): Json | undefined => (row[field] === build.row[field] ? undefined : row[field]);
  const hash =
    typeof row.payloadhash === "string" && /^[0-9a-f]{32}$/.test(row.payloadhash) ? row.payloadhash : undefined;
  return compact({
    name: own("name"),
    version: own("version"),
    release: own("release"),
    arch: row.arch,
    sizeBytes: row.size,
    buildTime: row.buildtime,
    payloadHash: hash,
    signingKeys: build.signatures.get(Number(row.id)) ?? [],
    url: `${files}/${rpmPath(build.row, row)}`,
    ...(row.epoch === build.row.epoch ? {} : { epoch: row.epoch }),
  });
}

function build(captured: CapturedBuild, options: ScenarioOptions): object {
  const { row, history, rpms } = captured;
  const completedAt = instantOf(row.completion_ts);
  const startedAt = instantOf(row.start_ts ?? row.creation_ts);
  const taggings = [...history].sort((a, b) => Number(a.create_event) - Number(b.create_event));
  return {
    ...compact({
      nvr: row.nvr,
      epoch: row.epoch,
      owner: row.owner_name,
      state: row.state === 1 ? undefined : BUILD_STATES[Number(row.state)],
      startedAt: startedAt === completedAt ? undefined : startedAt,
      completedAt,
      source: row.source === "" ? undefined : row.source,
      extra: extra(row),
      rpms: rpms.map((each) => rpm(each, captured, options.files)),
    }),
    // Also where there are none: without the list the scenario would tag by the update's state.
    tags: taggings.map((each) =>
      compact({
        tag: each["tag.name"],
        at: instantOf(each.create_ts),
        until: instantOf(each.revoke_ts),
        by: each.creator_name === row.owner_name ? undefined : each.creator_name,
      }),
    ),
  };
}

const RELEASE_FIELDS = {
  long_name: "longName",
  version: "version",
  branch: "branch",
  id_prefix: "idPrefix",
  state: "state",
} as const;
const TAG_FIELDS = [
  "distTag",
  "stableTag",
  "testingTag",
  "candidateTag",
  "pendingTestingTag",
  "pendingStableTag",
  "pendingSigningTag",
  "overrideTag",
];

function release(row: Row, captured: Captured): object {
  const fields: Record<string, unknown> = { name: row.name };
  for (const [theirs, ours] of Object.entries(RELEASE_FIELDS)) fields[ours] = row[theirs];
  for (const [index, field] of RELEASE_TAGS.entries()) {
    // A release may lack a tag (an EPEL of old has no override): its main tag then stands for it.
    fields[TAG_FIELDS[index] as string] = row[field] || row.dist_tag;
  }
  const main = captured.tags.find((each) => each.row.name === row.dist_tag)?.row.arches;
  const arches = typeof main === "string" ? main.split(/\s+/).filter((arch) => arch !== "") : [];
  return { ...fields, arches: arches.length > 0 ? arches : ["x86_64"] };
}

function update(row: Row): object {
  const user = row.user as Row;
  const comments = rows(row.comments as Json).map((comment) => {
    const author = (comment.user as Row | null)?.name ?? comment.author ?? "anonymous";
    return { author, text: comment.text ?? "", karma: comment.karma ?? 0, at: instantOfText(comment.timestamp) };
  });
  return compact({
    alias: row.alias,
    builds: rows(row.builds as Json).map(({ nvr }) => nvr),
    release: (row.release as Row).name,
    type: row.type,
    severity: row.severity,
    status: ["pending", "testing", "stable", "unpushed", "obsolete"].includes(String(row.status))
      ? row.status
      : "pending",
    request: row.request,
    submitter: user.name,
    submittedAt: instantOfText(row.date_submitted),
    modifiedAt: instantOfText(row.date_modified),
    testingAt: instantOfText(row.date_testing),
    stableAt: instantOfText(row.date_stable),
    notes: row.notes,
    critpath: row.critpath === true ? true : undefined,
    autokarma: row.autokarma,
    stableKarma: row.stable_karma,
    unstableKarma: row.unstable_karma,
    bugs: rows(row.bugs as Json).map((bug) =>
      compact({ id: bug.bug_id, title: bug.title ?? "", security: bug.security === true ? true : undefined }),
    ),
    comments,
  });
}

/** Who has groups in bodhi; the others are known by their names alone. Addresses stay where they are. */
function users(captured: Captured): object[] {
  const groups = new Map<string, string[]>();
  for (const { user, comments } of captured.updates) {
    for (const each of [user, ...rows(comments as Json).map((comment) => comment.user)]) {
      if (each === null || typeof each !== "object" || Array.isArray(each)) continue;
      const names = rows(each.groups ?? []).map(({ name }) => String(name));
      if (names.length > 0) groups.set(String(each.name), names);
    }
  }
  return [...groups].map(([name, of]) => ({ name, groups: of }));
}

export function scenarioYaml(captured: Captured, options: ScenarioOptions): string {
  const scenario = compact({
    name: options.name,
    description: options.description,
    clock: options.clock,
    releases: captured.releases.map((row) => release(row, captured)),
    tags: captured.tags.map(tag),
    targets: captured.targets.map((row) => ({
      name: row.name,
      buildTag: row.build_tag_name,
      destinationTag: row.dest_tag_name,
    })),
    users: users(captured),
    builds: captured.builds.map((each) => build(each, options)),
    updates: captured.updates.map(update),
    steps: [{ name: "As it was captured" }],
  });
  return stringify(scenario, { lineWidth: 118 });
}
