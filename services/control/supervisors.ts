/** The supervisors of the system under test: stopped before a load, started after it, told the clock. */
import { z } from "zod";
import type { Micros } from "../world/time";

const Status = z.object({
  state: z.enum(["running", "stopped", "exited"]),
  exitCode: z.number().nullish(),
  signal: z.string().nullish(),
  lastLines: z.array(z.string()),
});

const TIMEOUT_MS = 60_000;

/** A supervisor could not be reached or refused. */
export class SupervisorError extends Error {}

export class Supervisors {
  constructor(
    readonly urls: readonly string[],
    readonly token: string,
  ) {}

  async #call(url: string, method: string, path: string, body?: object): Promise<string> {
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      const cause = (error as Error & { cause?: Error }).cause?.message ?? (error as Error).message;
      throw new SupervisorError(`the supervisor at ${url} did not answer ${method} ${path}: ${cause}`);
    }
    const text = await response.text();
    if (!response.ok)
      throw new SupervisorError(
        `the supervisor at ${url} answered ${response.status} to ${method} ${path}: ${text.slice(0, 500)}`,
      );
    return text;
  }

  async #all(method: string, path: string, body?: object): Promise<void> {
    await Promise.all(this.urls.map((url) => this.#call(url, method, path, body)));
  }

  /** What a supervisor says of a program that it has given up, with its last lines; undefined while none has. */
  async givenUp(): Promise<string | undefined> {
    for (const url of this.urls) {
      const answer = await this.#call(url, "GET", "/status");
      const { state, exitCode, signal, lastLines } = Status.parse(JSON.parse(answer));
      if (state !== "exited") continue;
      const how = signal ?? `exit code ${exitCode}`;
      const said = lastLines.map((line) => `\n  ${line}`).join("");
      return `the supervisor at ${url} has given its program up, which ended again and again (${how}); its last lines:${said}`;
    }
    return undefined;
  }

  stop(): Promise<void> {
    return this.#all("POST", "/stop");
  }

  start(): Promise<void> {
    return this.#all("POST", "/start");
  }

  /** The system under test is to see this clock: the offset from the machine's own, which goes on ticking. */
  setClock(clock: Micros): Promise<void> {
    return this.#all("PUT", "/clock", { offsetSeconds: Math.round(clock / 1e6 - Date.now() / 1000) });
  }
}
