/** The client's side of the server's interface for test clients (server/client-api.ts). */
import * as z from "zod";
import { Event } from "../events/events";
import { HttpError, readJson, request } from "../http/request";
import { Endpoints, type TestResult } from "../tests/run";

const Assignment = z.object({
  number: z.number(),
  test: z.string(),
  arch: z.string(),
  event: Event,
  endpoints: Endpoints,
  timeoutSeconds: z.number(),
});
export type Assignment = z.infer<typeof Assignment>;

/** The job was given to another client: there is nothing to report any more. */
export class JobTakenAway extends Error {
  override name = "JobTakenAway";
}

export class ServerApi {
  constructor(
    readonly options: {
      url: string;
      token: string;
      name: string;
      start: string;
      slot: number;
      labels: readonly string[];
    },
  ) {}

  /** @returns undefined if the server has no job at present */
  async claim(signal: AbortSignal): Promise<Assignment | undefined> {
    const { name, start, slot, labels } = this.options;
    const response = await this.#send("POST", "claim", JSON.stringify({ name, start, slot, labels }), signal);
    if (response.status === 204) return undefined;
    const { endpoints, ...assignment } = Assignment.parse(await readJson("AutoQA's server", response));
    // A path is one of the server's own, which does not know by which address it is reached.
    const bodhiUrl = endpoints.bodhiUrl.startsWith("/")
      ? `${this.options.url}${endpoints.bodhiUrl}`
      : endpoints.bodhiUrl;
    return { ...assignment, endpoints: { ...endpoints, bodhiUrl } };
  }

  async heartbeat(number: number): Promise<void> {
    await this.#send("POST", `jobs/${number}/heartbeat`);
  }

  async uploadLog(number: number, log: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#send("PUT", `jobs/${number}/log`, log);
  }

  async finish(number: number, results: readonly TestResult[]): Promise<void> {
    await this.#send("POST", `jobs/${number}/finish`, JSON.stringify({ results }));
  }

  /** @throws JobTakenAway, HttpError or Unreachable */
  async #send(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<Response> {
    const { url, token, start, slot } = this.options;
    const response = await request("AutoQA's server", `${url}/client/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "x-autoqa-holder": `${start}/${slot}` },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 409) throw new JobTakenAway();
    throw new HttpError(response.status, `AutoQA's server answered HTTP ${response.status} to ${method} ${path}`);
  }
}
