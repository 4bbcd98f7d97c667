/** An environment that plays back posts: control API and AutoQA's log server in this process. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { Situation } from "../../scenarios/format/situation";
import type { Outputs } from "../../verify/outputs";

export interface FakeEnvironment {
  outputs: Outputs;
  /** What the control API was asked to do, in order. */
  calls: string[];
  loaded: { situation: Situation; files: Map<string, Buffer> }[];
  posts: { results: unknown[]; comments: unknown[]; mail: unknown[] };
  journal: unknown[];
  /** Called before each settling is answered: where AutoQA would have posted. */
  onSettle: (nth: number) => void;
  /** Called when a settling is asked for, before it is answered. */
  beforeSettle: () => void;
  /** The reason why AutoQA has not settled, if it has not. */
  unsettled: string | undefined;
  /** Answers to PUT /situation other than success. */
  refusal: { status: number; body: object } | undefined;
  logs: Map<string, string>;
  close(): Promise<void>;
}

const TOKEN = "the-control-token";

export async function fakeEnvironment(): Promise<FakeEnvironment> {
  const environment: Omit<FakeEnvironment, "outputs" | "close"> = {
    calls: [],
    loaded: [],
    posts: { results: [], comments: [], mail: [] },
    journal: [],
    onSettle: () => undefined,
    beforeSettle: () => undefined,
    unsettled: undefined,
    refusal: undefined,
    logs: new Map(),
  };
  let settled = 0;
  const answer = async (request: IncomingMessage): Promise<[number, unknown]> => {
    const call = `${request.method} ${request.url}`;
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return [401, { error: { message: "wrong token" } }];
    const body = await buffer(request);
    if (call === "PUT /situation") {
      environment.calls.push("load");
      if (environment.refusal !== undefined) return [environment.refusal.status, environment.refusal.body];
      environment.loaded.push(await unpack(body));
      environment.posts = { results: [], comments: [], mail: [] };
      settled = 0;
      return [200, {}];
    }
    if (call === "POST /actions") {
      environment.calls.push(JSON.parse(body.toString()).action);
      return [200, {}];
    }
    if (call === "POST /settle") {
      environment.calls.push("settle");
      environment.beforeSettle();
      if (environment.unsettled !== undefined) return [504, { settled: false, reason: environment.unsettled }];
      environment.onSettle(++settled);
      return [200, { settled: true, looks: {} }];
    }
    if (call === "GET /posts") return [200, environment.posts];
    if (call === "GET /journal") return [200, environment.journal];
    return [404, { error: { message: `no ${call}` } }];
  };
  const control = createServer((request, response) => {
    void answer(request).then(([status, json]) => response.writeHead(status).end(JSON.stringify(json)));
  });
  const autoqa = createServer((request, response) => {
    const log = environment.logs.get(request.url ?? "");
    response.writeHead(log === undefined ? 404 : 200).end(log);
  });
  const [controlUrl, autoqaUrl] = [await listen(control), await listen(autoqa)];
  return Object.assign(environment, {
    outputs: {
      stage: "3" as const,
      generation: "g1",
      autoqa: { url: autoqaUrl, source: { repository: "bundled", ref: "HEAD", commit: "0123abc" } },
      control: { url: controlUrl },
      controlToken: TOKEN,
      machines: [],
    },
    close: async () => {
      for (const server of [control, autoqa]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

async function unpack(tar: Buffer): Promise<FakeEnvironment["loaded"][number]> {
  const files = new Map<string, Buffer>();
  const archive = extract();
  archive.end(tar);
  for await (const entry of archive) files.set(entry.header.name, await buffer(entry));
  const situation = Situation.parse(JSON.parse(files.get("situation.json")?.toString() ?? ""));
  files.delete("situation.json");
  return { situation, files };
}
