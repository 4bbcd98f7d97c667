/** A request and its answer, as the front ends see them: whole and in memory, but for files. */
import type { IncomingHttpHeaders } from "node:http";

export type ServiceName = "koji" | "bodhi" | "resultsdb" | "control";

export interface ServiceRequest {
  readonly method: string;
  /** Path as sent, percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  /** Address of the caller. */
  readonly client: string;
  readonly body: Buffer;
}

export interface FileBody {
  readonly path: string;
  readonly sizeBytes: number;
  /** Bytes to send before the connection is cut, for an injected truncation; the length announced stays the file's. */
  readonly cutAfter?: number;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | FileBody;
  /** What the journal is told, where it is more than the method and path. */
  readonly records?: readonly JournalRecord[];
}

/** What a front end tells the journal of one call. */
export interface JournalRecord {
  /** The service's own name of what was asked: a method of koji's hub, or an HTTP method and path. */
  readonly method: string;
  readonly arguments: unknown;
  readonly status: number;
  readonly answer?: unknown;
  readonly write: boolean;
  readonly unmodelled: boolean;
}

export type Handler = (request: ServiceRequest) => ServiceResponse | Promise<ServiceResponse>;

export function isFileBody(body: ServiceResponse["body"]): body is FileBody {
  return typeof body === "object" && !Buffer.isBuffer(body);
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): ServiceResponse {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

export function text(status: number, body: string, contentType = "text/plain; charset=utf-8"): ServiceResponse {
  return { status, headers: { "content-type": contentType }, body };
}
