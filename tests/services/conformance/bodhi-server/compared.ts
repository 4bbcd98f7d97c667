/** bodhi-server of PyPI and the mock beside each other, each with a mock koji of its own, both with one situation. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Situation } from "../../../../scenarios/format/situation";
import type { Tag } from "../../../../services/world/tables";
import { taggedBuilds } from "../../../../services/world/tagged";
import { tagBuild, untagBuild } from "../../../../services/world/tagging";
import { TestInfra } from "../../support/infra";
import { virtualEnvironment } from "../venv";

export const ACCOUNTS = {
  alice: "alice",
  bob: "bob",
  carol: "carol",
  dave: "dave",
  autoqa: "autoqa",
  bodhi: "bodhi",
  releng: "releng",
};
export type Account = keyof typeof ACCOUNTS;

export type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };

export interface Answer {
  status: number;
  body: Json;
}

export interface Question {
  path: string;
  /** A POST with this form; else a GET. */
  form?: Record<string, string>;
  as?: Account;
}

const START_TIMEOUT_MS = 120_000;

async function ask(base: string, { path, form }: Question, headers: Record<string, string>): Promise<Answer> {
  const body: RequestInit = {};
  if (form !== undefined) {
    const csrf = await fetch(`${base}/csrf`, { headers: { accept: "application/json", ...headers } });
    const { csrf_token: token } = (await csrf.json()) as { csrf_token: string };
    const cookie = csrf.headers
      .getSetCookie()
      .map((each) => each.split(";", 1)[0])
      .join("; ");
    body.method = "POST";
    body.body = JSON.stringify({ ...form, csrf_token: token });
    headers = { ...headers, cookie, "content-type": "application/json" };
  }
  const response = await fetch(base + path, {
    ...body,
    redirect: "manual",
    headers: { accept: "application/json", ...headers },
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as Json };
  } catch {
    return { status: response.status, body: text };
  }
}

export class Compared {
  private constructor(
    readonly mock: TestInfra,
    readonly other: TestInfra,
    readonly server: ChildProcess,
    readonly base: string,
    readonly directory: string,
    readonly signing: readonly { signing: string; pending: string }[],
  ) {}

  static async start(situation: Situation): Promise<Compared> {
    const venv = await virtualEnvironment("requirements-bodhi-server.txt");
    const directory = mkdtempSync(join(tmpdir(), "bodhi-server-"));
    const secrets = { controlToken: "a control token of tests", accounts: ACCOUNTS };
    const [mock, other] = await Promise.all([TestInfra.start({ secrets }), TestInfra.start({ secrets })]);
    for (const each of [mock, other]) {
      const { status, body } = await each.load(situation);
      assert.equal(status, 200, JSON.stringify(body));
    }
    writeFileSync(join(directory, "situation.json"), JSON.stringify(situation));
    const signing = situation.releases.map(({ pendingSigningTag, pendingTestingTag }) => {
      return { signing: pendingSigningTag, pending: pendingTestingTag };
    });
    const program = join(__dirname, "server.py");
    const args = [
      program,
      join(directory, "situation.json"),
      other.url("koji", "/kojihub"),
      directory,
      "bodhi",
      ACCOUNTS.bodhi,
    ];
    const server = spawn(join(venv, "bin/python"), args, { stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    server.stderr?.on("data", (chunk) => {
      errors = (errors + chunk).slice(-20_000);
    });
    const port = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`bodhi-server does not start: ${errors}`)), START_TIMEOUT_MS);
      server.once("exit", () => reject(new Error(`bodhi-server ended: ${errors}`)));
      server.stdout?.once("data", (chunk) => {
        clearTimeout(late);
        resolve(String(chunk).trim());
      });
    });
    return new Compared(mock, other, server, `http://127.0.0.1:${port}`, directory, signing);
  }

  async close(): Promise<void> {
    this.server.removeAllListeners("exit");
    this.server.kill("SIGKILL");
    await Promise.all([this.mock.close(), this.other.close()]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  async ask(question: Question): Promise<{ real: Answer; mock: Answer }> {
    const { as } = question;
    const credentials = as === undefined ? undefined : Buffer.from(`${as}:${ACCOUNTS[as]}`).toString("base64");
    const real = await ask(this.base, question, as === undefined ? {} : { "x-test-user": as });
    const basic: Record<string, string> = credentials === undefined ? {} : { authorization: `Basic ${credentials}` };
    this.#sign();
    const mock = await ask(this.mock.url("bodhi"), question, basic);
    return { real, mock };
  }

  /** Production's signing robot: what is to be signed goes on to testing. The mock bodhi signs at once. */
  #sign(): void {
    const { world } = this.other.running.infrastructure;
    for (const { signing, pending } of this.signing) {
      const from = world.tagsByName.get(signing) as Tag;
      const to = world.tagsByName.get(pending) as Tag;
      for (const { build } of taggedBuilds(world, from, {})) {
        untagBuild(world, from, build, world.user("robosignatory"), true, true);
        tagBuild(world, to, build, world.user("robosignatory"), true);
      }
    }
  }

  /** The tags of every build of a package, at both kojis. */
  async tags(nvr: string): Promise<{ real: string[]; mock: string[] }> {
    const of = (infra: TestInfra): string[] => {
      const { world } = infra.running.infrastructure;
      const listings = world.buildsByNvr.get(nvr)?.listings ?? [];
      return listings
        .filter(({ revokeEvent }) => revokeEvent === null)
        .map(({ tagId }) => world.tagById(tagId).name)
        .sort();
    };
    return { real: of(this.other), mock: of(this.mock) };
  }
}

/** What each server makes up, and what is of people. */
const IGNORED = /^(id|.*_id|avatar|openid|email|version_hash|csrf_token|signed)$/;
/** What happened during the test happened at the machine's time there, and at the scenario's here. */
const RECENT_MS = 24 * 3600 * 1000;

function isRecent(text: unknown): boolean {
  return (
    typeof text === "string" &&
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) &&
    Math.abs(Date.parse(`${text.replace(" ", "T")}Z`) - Date.now()) < RECENT_MS
  );
}

/** Of a new update. */
const MADE_UP = /\bFEDORA-\d{4}-(?!000000)[0-9a-f]{10}$/;

/** A user's groups have no order. */
function inOrder(groups: Json): Json {
  return Array.isArray(groups) ? [...groups].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : groups;
}

const field = (of: object, name: string): Json => (of as { [name: string]: Json })[name];

/** Where answers differ, a line each. */
export function differences(real: Json, mock: Json, path = ""): string[] {
  if (real === mock || (isRecent(real) && isRecent(mock))) return [];
  if (path.endsWith(".groups")) [real, mock] = [real, mock].map(inOrder);
  if (typeof real === "string" && typeof mock === "string" && MADE_UP.test(real) && MADE_UP.test(mock)) return [];
  if (Array.isArray(real) && Array.isArray(mock)) {
    if (real.length !== mock.length) {
      return [`${path}: ${real.length} there, ${mock.length} here: ${JSON.stringify(real)}, ${JSON.stringify(mock)}`];
    }
    return real.flatMap((each, index) => differences(each, mock[index], `${path}[${index}]`));
  }
  if (typeof real === "object" && typeof mock === "object" && real !== null && mock !== null) {
    const names = new Set([...Object.keys(real), ...Object.keys(mock)]);
    return [...names].flatMap((name) =>
      IGNORED.test(name) && name !== "bug_id"
        ? []
        : differences(field(real, name), field(mock, name), `${path}.${name}`),
    );
  }
  if (/(url|\.urls\.\w+|\.message)$/.test(path) && typeof real === "string" && typeof mock === "string") {
    return URL.parse(real)?.pathname === URL.parse(mock)?.pathname ? [] : [`${path}: ${real} there, ${mock} here`];
  }
  return [`${path}: ${JSON.stringify(real)?.slice(0, 300)} there, ${JSON.stringify(mock)?.slice(0, 300)} here`];
}
