/** Today's JSON as 0.9 would have told it, and 0.9's questions as today's. */
import type { Parameters } from "../forms";
import { single } from "../forms";

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

export function releaseTo09(release: Json): object {
  const { name, long_name, id_prefix, dist_tag, state } = release;
  return { name, long_name, id_prefix, dist_tag, locked: state === "pending" };
}

function commentTo09(comment: Json): object {
  const author = object(comment.user).name ?? comment.author;
  const { text, karma, timestamp } = comment;
  return { author, group: null, text, anonymous: author === "anonymous", karma, timestamp };
}

export function titleOf(update: Json): string {
  return list(update.builds)
    .map(({ nvr }) => String(nvr))
    .join(",");
}

export function updateTo09(update: Json): Record<string, unknown> {
  const automatic = update.autokarma !== false;
  return {
    title: titleOf(update),
    builds: list(update.builds).map(({ nvr }) => ({
      nvr,
      package: {
        name: String(nvr).split("-").slice(0, -2).join("-"),
        suggest_reboot: update.suggest === "reboot",
        committers: [],
      },
    })),
    date_submitted: update.date_submitted,
    date_modified: update.date_modified ?? null,
    date_pushed: update.date_pushed ?? null,
    submitter: object(update.user).name,
    updateid: update.alias,
    type: update.type,
    bugs: list(update.bugs).map(({ bug_id, title, security, parent }) => ({ bz_id: bug_id, title, security, parent })),
    release: releaseTo09(object(update.release)),
    status: update.status === "unpushed" ? "pending" : update.status,
    notes: update.notes,
    request: update.request ?? null,
    comments: list(update.comments).map(commentTo09),
    karma: update.karma ?? 0,
    stable_karma: automatic ? update.stable_karma : 0,
    unstable_karma: automatic ? update.unstable_karma : 0,
    close_bugs: update.close_bugs,
    nagged: null,
    approved: update.date_approved ?? null,
    critpath: update.critpath ?? false,
    critpath_approved: false,
  };
}

/** Where 0.9 took a title, an id, a package or a build in one parameter, today's has one for each. */
export function packageParameter(text: string): [string, string] {
  if (/^[A-Z]+(-[A-Z]+)*-\d{4}-[0-9a-f]+$/.test(text)) return ["updateid", text];
  const builds = text.split(",");
  return builds.every((build) => /^.+-[^-]+-[^-]+$/.test(build)) ? ["builds", builds.join(" ")] : ["packages", text];
}

const RENAMED: Readonly<Record<string, string>> = {
  release: "releases",
  status: "status",
  request: "request",
  type_: "type",
  username: "user",
  bugs: "bugs",
  created_since: "submitted_since",
  pushed_since: "pushed_since",
  start_date: "pushed_since",
  end_date: "pushed_before",
  tg_paginate_no: "page",
};

/** The largest page that today's bodhi gives. */
export const PAGE_LIMIT = 100;

/** The parameters of `list` for today's `/updates/`. */
export function listParameters(parameters: Parameters): [string, string][] {
  const translated: [string, string][] = [];
  for (const [name, target] of Object.entries(RENAMED)) {
    const value = single(parameters, name);
    if (value) translated.push([target, value]);
  }
  const pkg = single(parameters, "package");
  if (pkg) translated.push(packageParameter(pkg));
  const limit = Number(single(parameters, "tg_paginate_limit") ?? 25);
  translated.push(["rows_per_page", String(limit > 0 && limit < PAGE_LIMIT ? limit : PAGE_LIMIT)]);
  return translated;
}

export { list as objects, object };
