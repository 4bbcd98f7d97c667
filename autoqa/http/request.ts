/** HTTP as AutoQA needs it of others' servers: a time limit on everything, and one kind of error for "not reachable". */

/** The other side cannot be reached, does not answer in time, or says that it is out of order: trying again may help. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** The other side answered with an HTTP status that no repetition will change. */
export class HttpError extends Error {
  override name = "HttpError";
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const defaultTimeoutMilliseconds = 60_000;

/**
 * @throws Unreachable for network errors, timeouts and 5xx answers, always naming the service and not the address,
 * so that the message may stand in a log that is compared between deploys
 */
export async function request(
  service: string,
  url: string,
  init: RequestInit & { timeoutMilliseconds?: number } = {},
): Promise<Response> {
  const { timeoutMilliseconds = defaultTimeoutMilliseconds, ...rest } = init;
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  let response: Response;
  try {
    response = await fetch(url, { ...rest, signal });
  } catch (error) {
    throw new Unreachable(`${service} cannot be reached (${reason(error)})`);
  }
  if (response.status >= 500) {
    await response.body?.cancel();
    throw new Unreachable(`${service} answered HTTP ${response.status}`);
  }
  return response;
}

/** Reads a body; a connection that breaks on the way is Unreachable too. */
export async function readText(service: string, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new Unreachable(`${service} broke off its answer (${reason(error)})`);
  }
}

/** Reads a JSON body. @throws Unreachable if it is broken off, HttpError if it is not JSON */
export async function readJson(service: string, response: Response): Promise<unknown> {
  const text = await readText(service, response);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(response.status, `${service} answered HTTP ${response.status} with something that is not JSON`);
  }
}

/** The system's short reason, e.g. ECONNREFUSED, without addresses or ports. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  if (error.name === "TimeoutError") return "no answer in time";
  const cause = error.cause as (Error & { code?: string }) | undefined;
  return cause?.code ?? (error as Error & { code?: string }).code ?? error.name;
}
