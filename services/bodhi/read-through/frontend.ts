/**
 * Reading through: what is asked is asked of production, in its own dialect; what is posted stays here and is shown beside
 * what production says. A write of any other kind is refused.
 */
import type { Faults } from "../../http/faults";
import { type JournalRecord, json, type ServiceRequest, type ServiceResponse } from "../../http/types";
import { emptyWorld } from "../../world/load";
import type { Micros } from "../../world/time";
import type { Accounts } from "../accounts";
import { caller, csrfToken } from "../current-auth";
import type { Answer, Call } from "../dialect-09";
import { FormError, flag, type Parameters, readParameters, single } from "../forms";
import { shownArguments } from "../frontend";
import type { IdentityProvider } from "../oidc";
import { fill } from "../textwrap";
import { type KeptComments, view09, viewCurrent } from "./comments";
import { listParameters, object, objects, releaseTo09, titleOf, updateTo09 } from "./convert";
import { type Upstream, UpstreamError } from "./upstream";

export interface ReadThroughParts {
  readonly upstream: Upstream;
  readonly kept: KeptComments;
  readonly accounts: Accounts;
  readonly identityProvider: IdentityProvider;
  readonly faults: Faults;
  readonly clock: () => Micros;
}

type Json = Readonly<Record<string, unknown>>;

const COMMENT_WIDTH = 80;
const BUILDS_PER_QUESTION = 50;
/** Methods of 0.9 that only read, whatever HTTP method a client of that time uses. */
const READS_09 = new Set([
  "list",
  "get_updates_from_builds",
  "latest_builds",
  "candidate_tags",
  "dist_tags",
  "releases",
  "critpath",
]);
/** Paths of today's bodhi that a GET reads. */
const READS_CURRENT =
  /^\/(?:api_version|updates|comments|releases|builds|packages|users|overrides|composes|latest_builds|latest_candidates)(?:\/|$)/;

function ok(value: unknown, write = false): Answer {
  return { status: 200, value, write };
}

function entries(parameters: Parameters): [string, string][] {
  return [...parameters].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
}

function error(status: number, name: string, description: string): Answer {
  return { status, value: { status: "error", errors: [{ location: "body", name, description }] } };
}

class ReadThrough {
  constructor(readonly parts: ReadThroughParts) {}

  #with09(update: Json): object {
    const kept = this.parts.kept.of(String(update.updateid ?? update.title));
    return { ...update, comments: [...objects(update.comments), ...kept.map(view09)] };
  }

  #withCurrent(update: Json): object {
    const kept = this.parts.kept.of(String(update.alias));
    return { ...update, comments: [...objects(update.comments), ...kept.map(viewCurrent)] };
  }

  /** Updates as 0.9 tells them, by 0.9's parameters of `list`. */
  async #list(parameters: Parameters): Promise<{ status: number; body: Json; updates: Json[] }> {
    const { upstream } = this.parts;
    if ((await upstream.dialect()) === "0.9") {
      const { status, value } = await upstream.get("/list", [...entries(parameters), ["tg_format", "json"]]);
      return { status, body: object(value), updates: objects(object(value).updates) };
    }
    const { status, value } = await upstream.get("/updates/", listParameters(parameters));
    const body = object(value);
    if (status !== 200) {
      const wanted = single(parameters, "release");
      const message = wanted === undefined ? "Unknown request" : `Unknown release u'${wanted}'`;
      return { status: 200, body: { error: message, num_items: 0, title: message, updates: [] }, updates: [] };
    }
    const updates = objects(body.updates).map(updateTo09);
    const total = Number(body.total ?? updates.length);
    return {
      status,
      body: { num_items: total, title: `${total} ${total === 1 ? "update" : "updates"} found`, updates },
      updates,
    };
  }

  async list(call: Call): Promise<Answer> {
    const { status, body, updates } = await this.#list(call.parameters);
    if (flag(call.parameters, "count_only", false)) return ok({ num_items: body.num_items, updates: [] });
    return { status, value: { ...body, updates: updates.map((update) => this.#with09(update)) } };
  }

  async updatesFromBuilds(call: Call): Promise<Answer> {
    const { upstream } = this.parts;
    const builds = (single(call.parameters, "builds") ?? "").split(/\s+/).filter((nvr) => nvr !== "");
    const found: Record<string, object> = {};
    if ((await upstream.dialect()) === "0.9") {
      const { status, value } = await upstream.get("/get_updates_from_builds", [
        ["builds", builds.join(" ")],
        ["tg_format", "json"],
      ]);
      for (const nvr of builds)
        if (object(value)[nvr] !== undefined) found[nvr] = this.#with09(object(object(value)[nvr]));
      return { status, value: found };
    }
    for (let from = 0; from < builds.length; from += BUILDS_PER_QUESTION) {
      const some = builds.slice(from, from + BUILDS_PER_QUESTION);
      const question: [string, string][] = [
        ["builds", some.join(" ")],
        ["rows_per_page", "100"],
      ];
      const { value } = await upstream.get("/updates/", question);
      for (const update of objects(object(value).updates)) {
        for (const { nvr } of objects(update.builds)) {
          if (some.includes(String(nvr))) found[String(nvr)] = this.#with09(updateTo09(update));
        }
      }
    }
    return ok(found);
  }

  async #releases(): Promise<Json[]> {
    const { value } = await this.parts.upstream.get("/releases/", [["rows_per_page", "100"]]);
    return objects(object(value).releases);
  }

  /** What 0.9 tells of releases and tags, from a server of either dialect. */
  async small(call: Call, name: string): Promise<Answer> {
    const { upstream } = this.parts;
    if ((await upstream.dialect()) === "0.9") {
      const { status, value } = await upstream.get(`/${name}`, [...entries(call.parameters), ["tg_format", "json"]]);
      return { status, value };
    }
    if (name === "latest_builds") {
      const { status, value } = await upstream.get("/latest_builds", [
        ["package", single(call.parameters, "package") ?? ""],
      ]);
      return { status, value };
    }
    if (name === "critpath")
      return { ...error(404, "critpath", "not modelled for a server of today"), unmodelled: true };
    const releases = await this.#releases();
    if (name === "releases") return ok({ releases: releases.map(releaseTo09) });
    const field = name === "dist_tags" ? "dist_tag" : "candidate_tag";
    return ok({ tags: releases.map((release) => release[field]) });
  }

  async comment09(call: Call, user: string): Promise<Answer> {
    const { parameters } = call;
    const title = single(parameters, "title") ?? "";
    const karma = Number(single(parameters, "karma") ?? 0);
    if (![-1, 0, 1].includes(karma)) return ok({});
    const { updates } = await this.#list(new Map([["package", [title]]]));
    const update = updates.find((each) => each.title === title || each.updateid === title);
    if (update === undefined) return ok({});
    this.parts.kept.add({
      update: String(update.updateid ?? update.title),
      title: String(update.title),
      author: user,
      text: fill(single(parameters, "text") ?? "", COMMENT_WIDTH),
      karma,
      email: flag(parameters, "email", true),
      at: this.parts.clock(),
    });
    return ok({ update: this.#with09(update) }, true);
  }

  async commentCurrent(call: Call, user: string): Promise<Answer> {
    const { parameters } = call;
    if (single(parameters, "csrf_token") !== csrfToken(call))
      return error(400, "csrf_token", "CSRF tokens do not match.");
    const alias = single(parameters, "update") ?? "";
    const { status, value } = await this.parts.upstream.get(`/updates/${encodeURIComponent(alias)}`);
    const update = object(object(value).update);
    if (status !== 200 || update.alias === undefined) return error(404, "update", `Invalid update specified: ${alias}`);
    const text = single(parameters, "text") ?? "";
    const karma = Number(single(parameters, "karma") ?? 0);
    if (text === "" && karma === 0) return error(400, "comment", "You must provide either some text or feedback");
    if (![-1, 0, 1].includes(karma)) return error(400, "karma", `"${karma}" is not a karma`);
    const title = titleOf(update);
    const kept = this.parts.kept.add({
      update: alias,
      title,
      author: user,
      text,
      karma,
      email: true,
      at: this.parts.clock(),
    });
    return ok({ comment: { ...viewCurrent(kept), update }, caveats: [] }, true);
  }

  /** A GET of today's dialect: asked as it stands, with the comments kept here added. */
  async readCurrent(call: Call, path: string): Promise<Answer> {
    const { upstream } = this.parts;
    if ((await upstream.dialect()) === "0.9") return this.#from09(call, path);
    const { status, value } = await upstream.get(path, entries(call.parameters));
    if (value === undefined) return error(status >= 400 ? status : 502, "upstream", `${upstream.url} answered no JSON`);
    const body = object(value);
    if (Array.isArray(body.updates)) {
      return { status, value: { ...body, updates: objects(body.updates).map((update) => this.#withCurrent(update)) } };
    }
    if (body.update !== undefined && body.update !== null) {
      return { status, value: { ...body, update: this.#withCurrent(object(body.update)) } };
    }
    return { status, value };
  }

  /** Of a server of 0.9, today's dialect can be told only its releases. */
  async #from09(call: Call, path: string): Promise<Answer> {
    if (path.replace(/\/$/, "") !== "/releases") {
      return { ...error(404, "error", "The resource could not be found."), unmodelled: true };
    }
    const { value } = await this.parts.upstream.get("/releases", [["tg_format", "json"]]);
    const releases = objects(object(value).releases).map((release) => {
      const base = String(release.dist_tag);
      const stable = release.locked === true ? base : `${base}-updates`;
      const state = release.locked === true ? "pending" : "current";
      const testing = `${base}-updates-testing`;
      return {
        ...{ name: release.name, long_name: release.long_name, id_prefix: release.id_prefix, dist_tag: base, state },
        ...{ version: /\d+$/.exec(String(release.name))?.[0] ?? "", branch: String(release.name).toLowerCase() },
        ...{ stable_tag: stable, testing_tag: testing, candidate_tag: `${base}-updates-candidate` },
        ...{ pending_testing_tag: `${testing}-pending`, pending_stable_tag: `${base}-updates-pending` },
        ...{ pending_signing_tag: "", override_tag: `${base}-override` },
      };
    });
    const page = Number(single(call.parameters, "page") ?? 1);
    return ok({ releases: page === 1 ? releases : [], page, pages: 1, rows_per_page: 100, total: releases.length });
  }

  async answer(call: Call, path: string): Promise<Answer> {
    const { method } = call.request;
    const name = path.slice(1);
    const current = name === "releases" && method === "GET" && single(call.parameters, "tg_format") !== "json";
    if (READS_09.has(name) && !current) {
      if (name === "list") return this.list(call);
      return name === "get_updates_from_builds" ? this.updatesFromBuilds(call) : this.small(call, name);
    }
    if (path === "/csrf") return ok({ csrf_token: csrfToken(call) });
    if ((method === "GET" || method === "HEAD") && READS_CURRENT.test(path)) return this.readCurrent(call, path);
    const posts09 = name === "comment";
    if (!posts09 && !(method === "POST" && /^\/comments\/?$/.test(path))) {
      const description = "this server reads from production and keeps comments; it passes nothing on";
      return { ...error(method === "GET" ? 404 : 405, "error", description), unmodelled: true };
    }
    const user = caller(call);
    if (user === undefined) return error(403, "email", "You must provide an author");
    return posts09 ? this.comment09(call, user) : this.commentCurrent(call, user);
  }
}

export function readThroughHandler(parts: ReadThroughParts): (request: ServiceRequest) => Promise<ServiceResponse> {
  const readThrough = new ReadThrough(parts);
  // No situation is behind this server: users and nothing else are in its world.
  const world = emptyWorld(0);
  return async (request) => {
    let parameters: Parameters = new Map();
    let answer: Answer;
    try {
      parameters = readParameters(request);
      const path = decodeURIComponent(request.path);
      const call: Call = { world, request, parameters, accounts: parts.accounts };
      answer =
        parts.faults.take("empty", "bodhi", path) === undefined
          ? (parts.identityProvider.answer(call, path) ?? (await readThrough.answer(call, path)))
          : { status: 200, value: {} };
    } catch (failure) {
      if (failure instanceof FormError || failure instanceof URIError) answer = error(400, "body", failure.message);
      else if (failure instanceof UpstreamError) answer = error(502, "upstream", failure.message);
      else throw failure;
    }
    const record: JournalRecord = {
      method: `${request.method} ${request.path}`.slice(0, 500),
      arguments: shownArguments(parameters),
      status: answer.status,
      write: answer.write === true,
      unmodelled: answer.unmodelled === true,
      ...(answer.status >= 400 ? { answer: answer.value } : {}),
    };
    const { headers = {} } = answer;
    return { ...json(answer.status, answer.value, { ...headers }), records: [record] };
  };
}
