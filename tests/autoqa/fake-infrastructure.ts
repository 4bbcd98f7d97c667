/**
 * The least that AutoQA needs around it, small enough to break in every way: a koji with tags and files, a bodhi of the
 * 0.9 dialect and a ResultsDB. The real mocks are in services/; here a test can say what each call answers.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { decodeCall } from "../../services/xmlrpc/decode";
import { encodeFault, encodeResponse } from "../../services/xmlrpc/encode";
import type { Struct, Value } from "../../services/xmlrpc/values";

export interface FakeRpm {
  name?: string;
  arch: string;
  content: Uint8Array;
  /** What koji states; the content's size if absent. */
  size?: number;
}

export interface FakeBuild {
  id: number;
  name: string;
  version: string;
  release: string;
  epoch?: number;
  state: number;
  rpms: FakeRpm[];
}

interface Tagging {
  tag: string;
  build: number;
  create: number;
  revoke: number | null;
}

export interface FakeUpdate {
  id: string;
  release: string;
  builds: string[];
  status: string;
  request: string | null;
  submitted: string;
  modified: string | null;
  comments: { author: string; text: string; karma: number; timestamp: string }[];
}

export interface PostedResult {
  testcase: string;
  outcome: string;
  ref_url: string;
  note: string;
  data: { item: string; type: string; arch: string };
}

type Interception = { status: number; body: string } | "hang up" | "keep waiting" | undefined;

class Fault extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export class FakeInfrastructure {
  builds: FakeBuild[] = [];
  taggings: Tagging[] = [];
  updates: FakeUpdate[] = [];
  releases = [fakeRelease("f15", "15")];
  results: PostedResult[] = [];
  comments: { update: string; text: string; email: string; author: string }[] = [];
  /** What listTagged of a tag answers instead. */
  tagFaults = new Map<string, { code: number; message: string }>();
  calls: string[] = [];
  event = 100;
  now = "2011-05-21 17:16:58";
  /** Answers instead of the fake; undefined lets the fake answer. */
  intercept: (path: string, method: string) => Interception = () => undefined;
  /** Answers in place of the fake after that has done its work. */
  afterwards: (path: string, method: string) => Interception = () => undefined;
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  addBuild(nvr: string, rpms: FakeRpm[], id = this.builds.length + 1): FakeBuild {
    const [, name = "", version = "", release = ""] = /^(.+)-([^-]+)-([^-]+)$/.exec(nvr) ?? [];
    const build = { id, name, version, release, state: 1, rpms };
    this.builds.push(build);
    return build;
  }

  tag(nvr: string, tag: string): void {
    this.taggings.push({ tag, build: this.#build(nvr)?.id ?? 0, create: ++this.event, revoke: null });
  }

  untag(nvr: string, tag: string): void {
    const id = this.#build(nvr)?.id;
    const stay = this.taggings.find((each) => each.tag === tag && each.build === id && each.revoke === null);
    if (stay !== undefined) stay.revoke = ++this.event;
  }

  addUpdate(id: string, builds: string[], options: Partial<FakeUpdate> = {}): FakeUpdate {
    const defaults = { release: "F15", status: "pending", request: "testing", submitted: this.now, modified: null };
    const update: FakeUpdate = { id, builds, comments: [], ...defaults, ...options };
    this.updates.push(update);
    return update;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? "/", "http://fake");
    const method = url.pathname === "/kojihub" ? decodeCall(body).method : (request.method ?? "");
    this.calls.push(`${url.pathname} ${method}`);
    const instead = this.intercept(url.pathname, method);
    if (instead === "hang up") {
      response.destroy();
      return;
    }
    if (instead === "keep waiting") return;
    if (instead !== undefined) {
      response.writeHead(instead.status).end(instead.body);
      return;
    }
    const json = (value: unknown, status = 200) => {
      const later = this.afterwards(url.pathname, method);
      if (typeof later === "object") return void response.writeHead(later.status).end(later.body);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    if (url.pathname === "/kojihub") return void response.end(this.#koji(body));
    if (url.pathname.startsWith("/kojifiles/packages/")) return this.#file(url.pathname, response);
    if (url.pathname === "/bodhi/updates/") {
      const wanted = (url.searchParams.get("builds") ?? "").split(",");
      const alias = url.searchParams.get("alias");
      const found = this.updates.filter(({ id, builds }) => id === alias || builds.some((nvr) => wanted.includes(nvr)));
      return json({ updates: found.map(currentUpdate) });
    }
    const fields = new URLSearchParams(body);
    if (url.pathname === "/bodhi/releases/") return json({ releases: this.releases, page: 1, pages: 1, total: 1 });
    if (url.pathname === "/bodhi/get_updates_from_builds") {
      return json(this.#updatesOf((fields.get("builds") ?? "").split(" ")));
    }
    if (url.pathname === "/bodhi/list") {
      const found = this.updates.filter(({ id, builds }) =>
        [id, builds.join(",")].includes(fields.get("package") ?? ""),
      );
      return json({ updates: found.map(bodhiUpdate), num_items: found.length, title: "" });
    }
    if (url.pathname === "/bodhi/comment") return json(this.#comment(fields));
    if (url.pathname === "/resultsdb/api/v2.0/") {
      return json({ outcomes: ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION", "ABORTED", "CRASHED"] }, 300);
    }
    if (url.pathname === "/resultsdb/api/v2.0/results" && request.method === "POST") {
      this.results.push(JSON.parse(body) as PostedResult);
      return json(this.results.at(-1), 201);
    }
    if (url.pathname === "/resultsdb/api/v2.0/results") {
      const { searchParams: query } = url;
      const data = this.results.filter(
        ({ testcase, data }) => testcase === query.get("testcases") && data.item === query.get("item"),
      );
      return json({ data, prev: null, next: null });
    }
    json({ message: "not found" }, 404);
  }

  #updatesOf(nvrs: string[]): Record<string, unknown> {
    const found = nvrs.map((nvr) => [nvr, this.updates.find(({ builds }) => builds.includes(nvr))] as const);
    return Object.fromEntries(found.flatMap(([nvr, update]) => (update ? [[nvr, bodhiUpdate(update)]] : [])));
  }

  #comment(fields: URLSearchParams): unknown {
    const update = this.updates.find(({ id, builds }) => [id, builds.join(",")].includes(fields.get("title") ?? ""));
    if (update === undefined) return {};
    const author = fields.get("user_name") ?? "";
    const words = fields.get("text") ?? "";
    this.comments.push({ update: update.id, text: words, email: fields.get("email") ?? "", author });
    update.comments.push({ author, text: words.replace(/\s+/g, " "), karma: 0, timestamp: this.now });
    return { update: bodhiUpdate(update) };
  }

  #file(path: string, response: ServerResponse): void {
    for (const build of this.builds) {
      for (const rpm of build.rpms) {
        const file = `${rpm.name ?? build.name}-${build.version}-${build.release}.${rpm.arch}.rpm`;
        if (path === `/kojifiles/packages/${build.name}/${build.version}/${build.release}/${rpm.arch}/${file}`) {
          response.writeHead(200, { "content-type": "application/octet-stream" }).end(rpm.content);
          return;
        }
      }
    }
    response.writeHead(404).end("no such file");
  }

  #koji(body: string): string {
    const { method, params } = decodeCall(body);
    try {
      return encodeResponse(this.#call(method, params));
    } catch (error) {
      if (error instanceof Fault) return encodeFault(error.code, error.message);
      throw error;
    }
  }

  #call(method: string, params: readonly Value[]): Value {
    const last = params.at(-1);
    const options = (typeof last === "object" && last !== null ? last : {}) as Struct;
    switch (method) {
      case "multiCall":
        return (params[0] as Struct[]).map((call): Value => {
          try {
            return [this.#call(String(call.methodName), call.params as Value[])];
          } catch (error) {
            if (error instanceof Fault) return { faultCode: error.code, faultString: error.message, traceback: "" };
            throw error;
          }
        });
      case "getLastEvent":
        return { id: this.event, ts: 0 };
      case "queryHistory":
        return this.#history(options);
      case "getBuild":
        return this.#kojiBuild(this.#build(params[0] as string | number));
      case "getTag":
        return { name: String(params[0]), arches: "i686 x86_64 ppc64" };
      case "listRPMs": {
        const build = this.#build(params[0] as number);
        if (build === undefined) return [];
        return build.rpms.map((rpm) => ({
          ...{
            name: rpm.name ?? build.name,
            version: build.version,
            release: build.release,
            epoch: build.epoch ?? null,
          },
          ...{ arch: rpm.arch, size: rpm.size ?? rpm.content.length },
        }));
      }
      case "listTagged":
        return this.#listTagged(String(params[0]), options);
      default:
        throw new Fault(1000, `Invalid method: ${method}`);
    }
  }

  #history({ tag, active, afterEvent }: Struct): Value {
    const rows = this.taggings.filter((stay) => {
      if (stay.tag !== tag || (active === true && stay.revoke !== null)) return false;
      return typeof afterEvent !== "number" || stay.create > afterEvent || (stay.revoke ?? 0) > afterEvent;
    });
    return {
      tag_listing: rows.map((stay) => {
        const build = this.#build(stay.build) as FakeBuild;
        const { name, version, release } = build;
        return { build_id: build.id, name, version, release, create_event: stay.create, revoke_event: stay.revoke };
      }),
    };
  }

  #listTagged(tag: string, options: Struct): Value {
    const fault = this.tagFaults.get(tag);
    if (fault !== undefined) throw new Fault(fault.code, fault.message);
    const stays = this.taggings.filter((stay) => stay.tag === tag && stay.revoke === null).reverse();
    const builds = stays.map((stay) => this.#build(stay.build) as FakeBuild);
    const wanted = builds.filter(({ name }) => options.package === undefined || name === options.package);
    const latest = wanted.filter((build, i) => wanted.findIndex(({ name }) => name === build.name) === i);
    return (options.latest === true ? latest : wanted).map((build) => ({
      ...(this.#kojiBuild(build) as Struct),
      tag_name: tag,
    }));
  }

  #build(nvrOrId: string | number): FakeBuild | undefined {
    return this.builds.find(
      ({ id, name, version, release }) => id === nvrOrId || `${name}-${version}-${release}` === nvrOrId,
    );
  }

  #kojiBuild(build: FakeBuild | undefined): Value {
    if (build === undefined) return null;
    const { id, name, version, release, epoch, state } = build;
    return { build_id: id, nvr: `${name}-${version}-${release}`, name, version, release, epoch: epoch ?? null, state };
  }
}

export function fakeRelease(branch: string, version: string) {
  return {
    name: branch.toUpperCase(),
    version,
    branch,
    id_prefix: "FEDORA",
    state: "current",
    dist_tag: branch,
    stable_tag: `${branch}-updates`,
    testing_tag: `${branch}-updates-testing`,
    pending_testing_tag: `${branch}-updates-testing-pending`,
    pending_stable_tag: `${branch}-updates-pending`,
  };
}

function bodhiUpdate(update: FakeUpdate): unknown {
  return {
    title: update.builds.join(","),
    updateid: update.id,
    status: update.status,
    request: update.request,
    date_submitted: update.submitted,
    date_modified: update.modified,
    builds: update.builds.map((nvr) => ({ nvr, package: { name: nvr } })),
    comments: update.comments,
    release: { name: update.release },
  };
}

function currentUpdate({ id, builds, status, request, comments }: FakeUpdate): unknown {
  return {
    ...{ alias: id, title: builds.join(" "), status, request, builds: builds.map((nvr) => ({ nvr, epoch: 0 })) },
    comments: comments.map(({ author, ...comment }) => ({ ...comment, user: { name: author } })),
  };
}
