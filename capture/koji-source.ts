/** A koji hub to read from: only methods that read can be called, many at a time. */
import { decodeResponse } from "../services/xmlrpc/decode";
import { encodeCall } from "../services/xmlrpc/encode";
import { DateTime, Double, isStruct, type Value } from "../services/xmlrpc/values";

/** The only methods that a capture calls; nothing else ever leaves. */
const READS = new Set([
  ...[
    "getAPIVersion",
    "getTag",
    "getInheritanceData",
    "getFullInheritance",
    "getBuildTargets",
    "listTagged",
    "listPackages",
  ],
  ...["getBuild", "listBuildRPMs", "queryHistory", "queryRPMSigs"],
]);
const BATCH = 100;
const TIMEOUT_MS = 120_000;

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Row = { [name: string]: Json };
export interface Call {
  method: string;
  params: Json[];
}

/** What koji answered: a value, or a fault's text. */
export type Answer = { value: Json } | { fault: string };

/** Where a capture reads koji from: a hub, or a recording of one. */
export interface KojiSource {
  /** @throws CaptureError when the hub cannot be read */
  calls(calls: readonly Call[]): Promise<Answer[]>;
}

/** The capture cannot go on; told to the user in a sentence. */
export class CaptureError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CaptureError";
  }
}

function toJson(value: Value | undefined): Json {
  if (value === undefined || value === null) return null;
  if (value instanceof Double) return value.value;
  if (value instanceof DateTime) return value.text;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return (value as readonly Value[]).map(toJson);
  if (isStruct(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
  return value as Json;
}

export class KojiHub implements KojiSource {
  constructor(readonly url: string) {}

  async #post(method: string, params: readonly Value[]): Promise<Value> {
    let response: Response;
    try {
      response = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "text/xml" },
        body: encodeCall(method, params),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      const cause = (error as Error & { cause?: Error }).cause?.message ?? (error as Error).message;
      throw new CaptureError(`koji at ${this.url} did not answer: ${cause}`);
    }
    if (!response.ok)
      throw new CaptureError(`koji at ${this.url} answered ${response.status}; is that the hub's address (…/kojihub)?`);
    try {
      const answer = decodeResponse(await response.text());
      if (answer.kind === "value") return answer.value;
      throw new CaptureError(`koji at ${this.url}: ${answer.message}`);
    } catch (error) {
      if (error instanceof CaptureError) throw error;
      throw new CaptureError(`koji at ${this.url} answered no XML-RPC: ${(error as Error).message}`);
    }
  }

  async calls(calls: readonly Call[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let from = 0; from < calls.length; from += BATCH) {
      const batch = calls.slice(from, from + BATCH);
      for (const { method } of batch) if (!READS.has(method)) throw new Error(`a capture does not call ${method}`);
      const value = await this.#post("multiCall", [
        batch.map(({ method, params }) => ({ methodName: method, params: params as Value[] })),
      ]);
      if (!Array.isArray(value) || value.length !== batch.length) {
        throw new CaptureError(`koji at ${this.url} answered ${batch.length} calls with something else`);
      }
      for (const each of value as readonly Value[]) {
        const answer = toJson(each);
        if (Array.isArray(answer)) answers.push({ value: answer[0] ?? null });
        else answers.push({ fault: String((answer as Row | null)?.faultString ?? "a fault without a text") });
      }
    }
    return answers;
  }
}

/** Named arguments, as koji's clients send them. */
export function named(args: Row): Row {
  return { ...args, __starstar: true };
}

export function rows(value: Json): Row[] {
  return Array.isArray(value) ? (value.filter((each) => typeof each === "object" && each !== null) as Row[]) : [];
}
