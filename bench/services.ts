/**
 * The mock infrastructure at production size: loading, whole-tag listings, a mixed load at a fixed rate, memory, and how
 * they grow with the number of builds. The server is the bundle that the machines run, in a process of its own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build as bundle } from "esbuild";
import { pack } from "tar-stream";
import { decodeResponse } from "../services/xmlrpc/decode";
import { encodeCall } from "../services/xmlrpc/encode";
import type { Value } from "../services/xmlrpc/values";

const TOKEN = "a control token of the bench";
const TAGS = 40;
const MIXED_RATE = 200;
const MIXED_SECONDS = 20;

interface Ports {
  koji: number;
  bodhi: number;
  resultsdb: number;
  control: number;
}

/** A release's tags, ten releases of four. */
function tagNames(release: number): string[] {
  const base = `f${40 + release}`;
  return [base, `${base}-updates`, `${base}-updates-testing`, `${base}-updates-testing-pending`];
}

/** As production has it: most builds in the releases' main tags, many superseded, RPMs without files. */
function makeSituation(builds: number, rpms: number, updates: number): string {
  const releases = TAGS / 4;
  const packages = Math.ceil(builds / 8);
  const perBuild = rpms / builds;
  const clock = Date.parse("2026-03-02T12:00:00Z");
  const instant = (index: number): string => new Date(clock - (builds - index) * 60_000).toISOString();
  const nvr = (index: number) => ({
    name: `package${index % packages}`,
    version: `${1 + Math.floor(index / packages)}.0`,
    release: `1.fc${40 + (Math.floor(index / packages) % releases)}`,
  });
  return JSON.stringify({
    name: `${builds} builds`,
    clock: new Date(clock).toISOString(),
    releases: Array.from({ length: releases }, (_, release) => {
      const [distTag, stableTag, testingTag, pendingTestingTag] = tagNames(release);
      const version = String(40 + release);
      return {
        ...{ name: `F${version}`, longName: `Fedora ${version}`, version, branch: distTag, idPrefix: "FEDORA" },
        ...{ state: "current", distTag, stableTag, testingTag, pendingTestingTag, candidateTag: testingTag },
        ...{ pendingStableTag: pendingTestingTag, pendingSigningTag: pendingTestingTag, overrideTag: stableTag },
        arches: ["x86_64"],
      };
    }),
    tags: Array.from({ length: releases }, (_, release) => tagNames(release)).flatMap(([main, ...others], release) => [
      { name: main, arches: ["x86_64"], parents: release === 0 ? [] : [{ tag: tagNames(release - 1)[0] }] },
      ...others.map((name, index) => ({ name, parents: [{ tag: tagNames(release)[index] }] })),
    ]),
    builds: Array.from({ length: builds }, (_, index) => {
      const { name, version, release } = nvr(index);
      const of = Math.floor(index / packages) % releases;
      const tags = tagNames(of);
      const count = Math.floor((index + 1) * perBuild) - Math.floor(index * perBuild);
      return {
        ...{ name, version, release, owner: `owner${index % 300}`, completedAt: instant(index) },
        tags: [{ tag: tags[index % 10 === 0 ? 1 + (index % 3) : 0], at: instant(index) }],
        rpms: Array.from({ length: count }, (_each, place) => ({
          ...{ name: place < 2 ? name : `${name}-sub${place}`, version, release, arch: place === 0 ? "src" : "x86_64" },
          ...{ sizeBytes: 100_000 + index, buildTime: Math.floor(clock / 1000) - index },
          payloadHash: index.toString(16).padStart(32, "0"),
        })),
      };
    }),
    updates: Array.from({ length: updates }, (_, index) => {
      const at = builds - 1 - index;
      const { name, version, release } = nvr(at);
      return {
        alias: `FEDORA-2026-${index.toString(16).padStart(10, "0")}`,
        builds: [`${name}-${version}-${release}`],
        release: `F${40 + (Math.floor(at / packages) % releases)}`,
        submitter: `owner${index % 300}`,
        status: index % 3 === 0 ? "pending" : "testing",
        request: index % 3 === 0 ? "testing" : null,
        submittedAt: instant(at),
        notes: "An update of the bench.",
        comments: [{ author: "autoqa", text: "AutoQA: rpmlint test PASSED on noarch.", at: instant(at) }],
      };
    }),
  });
}

async function tarOf(document: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: "situation.json" }, document);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function send(
  port: number,
  method: string,
  path: string,
  body = "",
  headers: Record<string, string> = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: "127.0.0.1", method, path, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks)));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

class Server {
  private constructor(
    readonly process: ChildProcess,
    readonly ports: Ports,
  ) {}

  static async start(program: string, directory: string): Promise<Server> {
    const secrets = join(directory, "secrets.json");
    writeFileSync(secrets, JSON.stringify({ controlToken: TOKEN, accounts: { autoqa: "password" } }), { mode: 0o600 });
    const ports = ["koji", "bodhi", "resultsdb", "control"].flatMap((name) => [`--${name}-port`, "0"]);
    const options = [...ports, "--state-directory", join(directory, "state"), "--secrets-file", secrets];
    const child = spawn(process.execPath, [program, ...options], { stdio: ["ignore", "pipe", "inherit"] });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    return new Server(child, JSON.parse(line) as Ports);
  }

  async load(tar: Buffer): Promise<number> {
    const start = performance.now();
    const response = await fetch(`http://127.0.0.1:${this.ports.control}/situation`, {
      method: "PUT",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/x-tar" },
      body: new Uint8Array(tar),
    });
    if (!response.ok) throw new Error(await response.text());
    return performance.now() - start;
  }

  koji(method: string, ...params: Value[]): Promise<Buffer> {
    return send(this.ports.koji, "POST", "/kojihub", encodeCall(method, params), { "content-type": "text/xml" });
  }

  /** Megabytes resident. */
  memory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  peakMemory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  async stop(): Promise<void> {
    this.process.kill();
    await new Promise((resolve) => this.process.once("exit", resolve));
  }
}

async function time(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

/** What AutoQA's watcher and reporters ask, in the shares in which they ask it. */
function mixedCalls(server: Server, builds: number): ((index: number) => Promise<Buffer>)[] {
  const { bodhi, resultsdb } = server.ports;
  const packages = Math.ceil(builds / 8);
  const named = (values: Record<string, Value>): Value => ({ ...values, __starstar: true });
  const name = (index: number): string => `package${(index * 7919) % packages}`;
  const nvr = (index: number): string => `${name(index)}-1.0-1.fc40`;
  const form = { "content-type": "application/x-www-form-urlencoded" };
  return [
    (index) => server.koji("getBuild", nvr(index)),
    (index) => server.koji("listTagged", "f45-updates", named({ package: name(index), latest: true, inherit: true })),
    (index) => server.koji("tagHistory", nvr(index)),
    () => server.koji("listBuilds", named({ completeAfter: Date.parse("2026-03-02T11:30:00Z") / 1000, state: 1 })),
    (index) => server.koji("listRPMs", 1 + (index % builds)),
    (index) => send(bodhi, "GET", `/list?package=${nvr(index)}`),
    (index) => send(bodhi, "POST", "/get_updates_from_builds", `builds=${nvr(index)}+${nvr(index + 1)}`, form),
    () => send(bodhi, "GET", "/updates/?status=pending&request=testing&rows_per_page=20"),
    (index) =>
      send(
        ...([bodhi, "POST", "/comment"] as const),
        `title=FEDORA-2026-${(index % 3000).toString(16).padStart(10, "0")}&text=AutoQA&karma=0&email=False&user_name=autoqa&password=password`,
        form,
      ),
    (index) =>
      send(
        ...([resultsdb, "POST", "/api/v2.0/results"] as const),
        JSON.stringify({ outcome: "PASSED", testcase: "dist.rpmlint", data: { item: nvr(index), type: "koji_build" } }),
        { "content-type": "application/json" },
      ),
    (index) => send(resultsdb, "GET", `/api/v2.0/results?item=${nvr(index)}&type=koji_build`),
  ];
}

/** Sends at a fixed rate whatever the answers take, so that waiting shows. @returns each request's time */
async function mixedLoad(server: Server, builds: number): Promise<number[]> {
  const calls = mixedCalls(server, builds);
  const times: number[] = [];
  const pending: Promise<void>[] = [];
  const start = performance.now();
  for (let index = 0; index < MIXED_RATE * MIXED_SECONDS; index += 1) {
    const due = start + (index * 1000) / MIXED_RATE;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const call = calls[index % calls.length] as (index: number) => Promise<Buffer>;
    pending.push(call(index).then(() => void times.push(performance.now() - due)));
  }
  await Promise.all(pending);
  return times;
}

interface Row {
  builds: number;
  load: number;
  listing: number;
  listingRows: number;
  memory: number;
  peak: number;
  p50?: number;
  p99?: number;
}

async function measure(program: string, builds: number, rpms: number, updates: number, mixed: boolean): Promise<Row> {
  const directory = mkdtempSync(join(tmpdir(), "bench-services-"));
  const server = await Server.start(program, directory);
  try {
    const load = await server.load(await tarOf(makeSituation(builds, rpms, updates)));
    const list = () => server.koji("listTagged", "f49", { inherit: true, latest: true, __starstar: true });
    await list();
    const listing = Math.min(...[await time(list), await time(list), await time(list)]);
    const answer = decodeResponse((await list()).toString("utf8"));
    const listingRows = answer.kind === "value" && Array.isArray(answer.value) ? answer.value.length : 0;
    const row: Row = { builds, load, listing, listingRows, memory: server.memory(), peak: server.peakMemory() };
    if (!mixed) return row;
    const times = await mixedLoad(server, builds);
    return {
      ...row,
      memory: server.memory(),
      peak: server.peakMemory(),
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
    };
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function print(rows: readonly Row[]): void {
  const head = [
    "builds",
    "load",
    "listTagged(inherit, latest)",
    "its rows",
    "memory",
    "peak",
    "mixed p50",
    "mixed p99",
  ];
  const lines = rows.map((row) => [
    String(row.builds),
    `${(row.load / 1000).toFixed(2)} s`,
    milliseconds(row.listing),
    String(row.listingRows),
    `${row.memory.toFixed(0)} MB`,
    `${row.peak.toFixed(0)} MB`,
    row.p50 === undefined ? "" : milliseconds(row.p50),
    row.p99 === undefined ? "" : milliseconds(row.p99),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? "").length)),
  );
  for (const line of [head, ...lines])
    console.log(line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-bundle-"));
  const program = join(directory, "infra.js");
  try {
    await bundle({
      entryPoints: [join(__dirname, "../services/main.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      target: "node24",
      format: "cjs",
      logLevel: "error",
    });
    console.log(
      `mock koji, bodhi and ResultsDB: ${TAGS} tags, mixed load at ${MIXED_RATE} requests/s for ${MIXED_SECONDS} s`,
    );
    const rows = [await measure(program, 25_000, 60_000, 3_000, true)];
    for (const builds of [12_500, 50_000, 100_000]) {
      rows.push(await measure(program, builds, Math.floor(builds * 2.4), Math.floor(builds * 0.12), false));
    }
    print(rows.sort((a, b) => a.builds - b.builds));
  } finally {
    agent.destroy();
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  console.error(`bench/services: ${error.stack}`);
  process.exitCode = 1;
});
