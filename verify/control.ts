/** The control API as the verification uses it: load a situation, act, wait until settled, read what was posted. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { z } from "zod";
import type { Action } from "../scenarios/format/action";
import type { Situation } from "../scenarios/format/situation";
import { CannotRun, checkInterruption } from "./errors";

const PostedResult = z.looseObject({
  id: z.number(),
  outcome: z.string(),
  testcase: z.looseObject({ name: z.string() }),
  ref_url: z.string().nullish(),
  data: z.record(z.string(), z.array(z.unknown())),
});
const PostedComment = z.looseObject({
  update: z.string(),
  author: z.string(),
  text: z.string(),
  karma: z.number(),
  email: z.boolean(),
});
const PostedMail = z.looseObject({ to: z.string(), subject: z.string() });
const Posts = z.looseObject({
  results: z.array(PostedResult),
  comments: z.array(PostedComment),
  mail: z.array(PostedMail).default([]),
});
const JournalEntry = z.looseObject({
  seq: z.number(),
  service: z.string(),
  method: z.string(),
  arguments: z.unknown(),
  status: z.union([z.number(), z.string()]),
  answer: z.unknown().optional(),
  unmodelled: z.boolean(),
});
const Settled = z.looseObject({
  settled: z.boolean(),
  reason: z.string().optional(),
  /** Waiting any longer is of no use. */
  final: z.boolean().default(false),
});
const Refusal = z.looseObject({ error: z.looseObject({ message: z.string(), path: z.string().nullish() }) });

export type PostedResult = z.infer<typeof PostedResult>;
export type PostedComment = z.infer<typeof PostedComment>;
export type PostedMail = z.infer<typeof PostedMail>;
export type Posts = z.infer<typeof Posts>;
export type JournalEntry = z.infer<typeof JournalEntry>;
export type Settled = z.infer<typeof Settled>;

/** The control API refused a request that concerns this scenario only: others may do better. */
export class Refused extends Error {
  override readonly name = "Refused";
}

export class Control {
  /**
   * @param timeoutSeconds how long an answer may take; without it, as long as it likes
   * @param interruption ends every request
   */
  constructor(
    readonly url: string,
    readonly token: string,
    readonly timeoutSeconds?: number,
    readonly interruption?: AbortSignal,
  ) {}

  /** Replaces the whole world: AutoQA is stopped, the situation and its RPMs are loaded, AutoQA starts pristine. */
  async load(situation: Situation, files: ReadonlyMap<string, string>): Promise<void> {
    const archive = pack();
    const filling = fill(archive, situation, files).catch((error: Error) => archive.destroy(error));
    const body = Readable.toWeb(Readable.from(archive)) as ReadableStream;
    await this.#call("PUT", "/situation", { body, duplex: "half", headers: { "content-type": "application/x-tar" } });
    await filling;
  }

  async act(action: Action): Promise<void> {
    await this.#send("POST", "/actions", action);
  }

  /** Waits until AutoQA has settled, or until the time is up: then the reason says what is pending. */
  async settle(timeoutSeconds: number): Promise<Settled> {
    return this.#read(Settled, await this.#send("POST", "/settle", { timeoutSeconds }, [504]));
  }

  async posts(): Promise<Posts> {
    return this.#read(Posts, await this.#call("GET", "/posts"));
  }

  async journal(): Promise<JournalEntry[]> {
    return this.#read(z.array(JournalEntry), await this.#call("GET", "/journal"));
  }

  #send(method: string, path: string, body: unknown, alsoFine: readonly number[] = []): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    return this.#call(method, path, { body: JSON.stringify(body), headers }, alsoFine);
  }

  async #call(
    method: string,
    path: string,
    init: RequestInit = {},
    alsoFine: readonly number[] = [],
  ): Promise<unknown> {
    const headers = { ...init.headers, authorization: `Bearer ${this.token}` };
    const timeout = this.timeoutSeconds === undefined ? [] : [AbortSignal.timeout(this.timeoutSeconds * 1000)];
    const signal = AbortSignal.any([...timeout, ...(this.interruption === undefined ? [] : [this.interruption])]);
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, this.url), { ...init, method, headers, signal });
      text = await response.text();
    } catch (error) {
      checkInterruption(this.interruption);
      throw new CannotRun(this.#unreachable(error), { cause: (error as Error).cause });
    }
    if (response.status === 401 || response.status === 403) {
      throw new CannotRun(
        `the control API at ${this.url} refused the token: the outputs are of another deploy; read them anew`,
      );
    }
    const json = parseJson(text);
    if (response.ok || alsoFine.includes(response.status)) return json;
    const answer = `${method} ${path} with HTTP ${response.status}`;
    const refusal = Refusal.safeParse(json);
    if (!refusal.success) throw this.#stranger(`${answer}: ${text.slice(0, 300)}`);
    const { message, path: where } = refusal.data.error;
    throw new Refused(`the control API refused ${answer}: ${message}${where ? ` (at ${where})` : ""}`);
  }

  #read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.infer<Schema> {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw this.#stranger(z.prettifyError(parsed.error));
  }

  #stranger(answer: string): CannotRun {
    return new CannotRun(`${this.url} answers unlike a control API: is it another program's port?\n${answer}`);
  }

  #unreachable(error: unknown): string {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    const words = cause?.code ?? cause?.message ?? (error as Error).message;
    return `the control API at ${this.url} can't be reached (${words}): is the environment up? npm run up, or npm run infra`;
  }
}

function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function fill(
  archive: ReturnType<typeof pack>,
  situation: Situation,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  archive.entry({ name: "situation.json" }, JSON.stringify(situation));
  for (const [sha256, path] of files) {
    const { size } = await stat(path);
    await pipeline(createReadStream(path), archive.entry({ name: `rpms/${sha256}`, size }));
  }
  archive.finalize();
}
