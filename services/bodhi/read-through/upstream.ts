/**
 * The production bodhi that is read through. Only GET ever goes there, and no credentials, cookie or token with it: what
 * cannot be written by a GET cannot be written by this process.
 */
const TIMEOUT_MS = 30_000;
/** A page of a hundred large updates is some megabytes. */
const ANSWER_LIMIT = 64 * 1024 * 1024;
/** Parameters that are somebody's secrets or of the dialect's framing; they stay here. */
const WITHHELD = new Set([
  ...["user_name", "password", "login", "csrf_token", "_csrf_token", "access_token", "tg_format", "tg_random"],
  ...["mine", "get_auth"],
]);

/** The production server could not be read. */
export class UpstreamError extends Error {}

export interface UpstreamAnswer {
  readonly status: number;
  readonly value: unknown;
}

export type Dialect = "0.9" | "current";

export class Upstream {
  #dialect: Dialect | undefined;

  constructor(readonly url: string) {}

  /** @param path below the server's base, with a slash at its start. @throws UpstreamError */
  async get(path: string, parameters: Iterable<readonly [string, string]> = []): Promise<UpstreamAnswer> {
    const query = new URLSearchParams();
    for (const [name, value] of parameters) if (!WITHHELD.has(name)) query.append(name, value);
    const target = `${this.url.replace(/\/$/, "")}${path}${query.size === 0 ? "" : `?${query}`}`;
    let response: Response;
    try {
      response = await fetch(target, {
        method: "GET",
        headers: { accept: "application/json" },
        credentials: "omit",
        redirect: "follow",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      const cause = (error as Error & { cause?: Error }).cause?.message ?? (error as Error).message;
      throw new UpstreamError(`${this.url} did not answer: ${cause}`);
    }
    const text = await readText(response);
    try {
      return { status: response.status, value: JSON.parse(text) };
    } catch {
      return { status: response.status, value: undefined };
    }
  }

  /** Which bodhi it is: python-fedora tells them apart in the same way, by `/api_version`. */
  async dialect(): Promise<Dialect> {
    if (this.#dialect !== undefined) return this.#dialect;
    const { status, value } = await this.get("/api_version");
    this.#dialect = status === 200 && value !== undefined ? "current" : "0.9";
    return this.#dialect;
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > ANSWER_LIMIT) throw new UpstreamError(`${response.url} answered more than ${ANSWER_LIMIT} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString("utf8");
}
