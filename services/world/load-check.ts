/** What the schema cannot say of a situation: references, uniqueness, times. */
import type { Situation } from "../../scenarios/format/situation";
import { isRepresentable } from "./time";

export interface Problem {
  /** Place in situation.json, e.g. `builds[3].tags[0].tag`. */
  path: string;
  message: string;
}

/** More than this many would only hide the first. */
const PROBLEM_LIMIT = 50;

export function checkSituation(situation: Situation): Problem[] {
  const problems: Problem[] = [];
  const complain = (path: string, message: string): void => {
    if (problems.length < PROBLEM_LIMIT) problems.push({ path, message });
  };
  const tags = unique(situation.tags, (tag) => tag.name, "tags", "name", complain);
  unique(situation.users, (user) => user.name, "users", "name", complain);
  unique(situation.targets, (target) => target.name, "targets", "name", complain);
  const releases = unique(situation.releases, (release) => release.name, "releases", "name", complain);
  const builds = unique(
    situation.builds,
    (build) => `${build.name}-${build.version}-${build.release}`,
    "builds",
    null,
    complain,
  );
  const requireTag = (name: string, path: string): void => {
    if (!tags.has(name)) complain(path, `no tag is called "${name}"; name it under tags`);
  };
  const now = Date.parse(situation.clock);
  if (!isRepresentable(now * 1000)) complain("clock", `${situation.clock} is not within the years 1970 to 2255`);
  const requirePast = (at: string | undefined, path: string): void => {
    if (at !== undefined && Date.parse(at) > now) complain(path, `${at} is later than the clock, ${situation.clock}`);
  };

  situation.tags.forEach((tag, index) => {
    const priorities = new Set<number>();
    tag.parents.forEach((parent, place) => {
      const path = `tags[${index}].parents[${place}]`;
      requireTag(parent.tag, `${path}.tag`);
      checkPattern(parent.packageFilter, `${path}.packageFilter`, complain);
      if (parent.priority === undefined) return;
      if (priorities.has(parent.priority)) {
        complain(`${path}.priority`, `two parents of ${tag.name} have priority ${parent.priority}`);
      }
      priorities.add(parent.priority);
    });
  });
  situation.targets.forEach((target, index) => {
    requireTag(target.buildTag, `targets[${index}].buildTag`);
    requireTag(target.destinationTag, `targets[${index}].destinationTag`);
  });
  const rpms = new Set<string>();
  situation.builds.forEach((build, index) => {
    requirePast(build.startedAt, `builds[${index}].startedAt`);
    requirePast(build.completedAt, `builds[${index}].completedAt`);
    build.tags.forEach((tagging, place) => {
      requireTag(tagging.tag, `builds[${index}].tags[${place}].tag`);
      requirePast(tagging.at, `builds[${index}].tags[${place}].at`);
      requirePast(tagging.until, `builds[${index}].tags[${place}].until`);
      const { at, until } = tagging;
      if (until !== undefined && (at === undefined || Date.parse(until) <= Date.parse(at))) {
        complain(`builds[${index}].tags[${place}].until`, "must be later than at");
      }
    });
    build.rpms.forEach((rpm, place) => {
      const nvra = `${rpm.name}-${rpm.version}-${rpm.release}.${rpm.arch}`;
      if (rpms.has(nvra)) complain(`builds[${index}].rpms[${place}]`, `${nvra} is there twice`);
      rpms.add(nvra);
    });
  });
  situation.releases.forEach((release, index) => {
    for (const field of TAG_FIELDS) requireTag(release[field], `releases[${index}].${field}`);
  });
  const aliases = new Set<string>();
  situation.updates.forEach((update, index) => {
    const path = `updates[${index}]`;
    if (aliases.has(update.alias)) complain(`${path}.alias`, `${update.alias} is there twice`);
    aliases.add(update.alias);
    if (!releases.has(update.release)) complain(`${path}.release`, `no release is called "${update.release}"`);
    update.builds.forEach((nvr, place) => {
      if (!builds.has(nvr)) complain(`${path}.builds[${place}]`, `no build is called "${nvr}"; name it under builds`);
    });
    for (const field of ["submittedAt", "modifiedAt", "testingAt", "stableAt"] as const) {
      requirePast(update[field], `${path}.${field}`);
    }
    for (const [place, comment] of update.comments.entries()) {
      requirePast(comment.at, `${path}.comments[${place}].at`);
    }
  });
  return problems;
}

const TAG_FIELDS = [
  "distTag",
  "stableTag",
  "testingTag",
  "candidateTag",
  "pendingTestingTag",
  "pendingStableTag",
  "pendingSigningTag",
  "overrideTag",
] as const;

function unique<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  list: string,
  field: string | null,
  complain: (path: string, message: string) => void,
): Set<string> {
  const keys = new Set<string>();
  rows.forEach((row, index) => {
    const key = keyOf(row);
    if (keys.has(key)) complain(`${list}[${index}]${field === null ? "" : `.${field}`}`, `${key} is there twice`);
    keys.add(key);
  });
  return keys;
}

function checkPattern(pattern: string, path: string, complain: (path: string, message: string) => void): void {
  try {
    new RegExp(pattern);
  } catch {
    complain(path, `${pattern} is not a regular expression`);
  }
}
