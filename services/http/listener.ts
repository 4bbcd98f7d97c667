/**
 * One HTTP listener: reads requests whole within limits, lets the front end answer, keeps the journal, injects faults.
 * Whatever a client does, it costs bounded memory and time, and no answer shows a stack.
 */
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Micros } from "../world/time";
import type { Faults } from "./faults";
import type { Journal } from "./journal";
import {
  type Handler,
  isFileBody,
  type JournalRecord,
  type ServiceName,
  type ServiceRequest,
  type ServiceResponse,
  text,
} from "./types";

/** Largest body of an API call: real clients send a few kilobytes, a long multiCall a few megabytes. */
export const BODY_LIMIT = 16 * 1024 * 1024;
/** Bodies being read at one time, together. */
const BODIES_LIMIT = 96 * 1024 * 1024;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
const CONNECTION_LIMIT = 2_000;

export interface ListenerOptions {
  readonly service: ServiceName;
  readonly handler: Handler;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly clock: () => Micros;
  /** Reported, without secrets, when a front end fails. */
  readonly log: (message: string) => void;
}

class BodyError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

let bodiesBytes = 0;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > BODY_LIMIT) throw new BodyError(413, `the body is larger than ${BODY_LIMIT} bytes`);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      bodiesBytes += chunk.length;
      if (size > BODY_LIMIT) throw new BodyError(413, `the body is larger than ${BODY_LIMIT} bytes`);
      if (bodiesBytes > BODIES_LIMIT) throw new BodyError(503, "too many large requests at one time; try again");
      chunks.push(chunk);
    }
  } finally {
    bodiesBytes -= size;
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

async function send(request: IncomingMessage, response: ServerResponse, answer: ServiceResponse): Promise<void> {
  const { body = "" } = answer;
  const headers: Record<string, string | string[] | number> = { server: "autoqa-staging" };
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    headers[name] = typeof value === "string" ? value : [...value];
  }
  if (isFileBody(body)) {
    response.writeHead(answer.status, { ...headers, "content-length": body.sizeBytes });
    if (request.method === "HEAD" || body.sizeBytes === 0) {
      response.end();
      return;
    }
    if (body.cutAfter === undefined) {
      await pipeline(createReadStream(body.path), response);
      return;
    }
    const part = createReadStream(body.path, { end: Math.max(0, body.cutAfter - 1) });
    await pipeline(part, response, { end: false });
    response.destroy();
    return;
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(answer.status, { ...headers, "content-length": bytes.length });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function record(request: ServiceRequest, status: number): JournalRecord {
  return {
    method: `${request.method} ${request.path}`.slice(0, 500),
    arguments: Object.fromEntries(request.query),
    status,
    write: false,
    unmodelled: false,
  };
}

function toServiceRequest(message: IncomingMessage, body: Buffer): ServiceRequest {
  const target = message.url ?? "/";
  const mark = target.indexOf("?");
  const rawQuery = mark === -1 ? "" : target.slice(mark + 1);
  const path = mark === -1 ? target : target.slice(0, mark);
  return {
    method: message.method ?? "GET",
    // Clients of a proxy send the whole URL.
    path: path.startsWith("/") ? path : `/${path.replace(/^[a-z]+:\/\/[^/]*\/?/i, "")}`,
    query: new URLSearchParams(rawQuery),
    rawQuery,
    headers: message.headers,
    client: message.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "unknown",
    body,
  };
}

async function answer(options: ListenerOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  let request = toServiceRequest(message, Buffer.alloc(0));
  let result: ServiceResponse;
  try {
    const fault = options.faults.takeTransport(options.service, request.path);
    if (fault?.kind === "delay") await options.faults.wait(fault.seconds);
    if (fault?.kind === "drop") {
      options.journal.add(options.service, request.client, options.clock(), record(request, 0));
      message.socket.destroy();
      return;
    }
    request = toServiceRequest(message, await readBody(message));
    result =
      fault?.kind === "http"
        ? text(fault.code, `${fault.message ?? "Internal Server Error"}\n`)
        : await options.handler(request);
  } catch (error) {
    if (!(error instanceof BodyError) && message.destroyed && !message.complete) return;
    if (!(error instanceof BodyError)) options.log(`${options.service}: ${request.method} ${request.path}: ${error}`);
    // What is left of a body that is too large is read and thrown away by Node: who is still sending gets to see the answer.
    result =
      error instanceof BodyError ? text(error.status, `${error.message}\n`) : text(500, "Internal Server Error\n");
  }
  for (const each of result.records ?? [record(request, result.status)]) {
    options.journal.add(options.service, request.client, options.clock(), each);
  }
  await send(message, response, result);
}

export interface Listener {
  readonly port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

export function listen(server: Server, host: string, port: number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, 1024, () => {
      server.off("error", reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

export function serverWithLimits(onRequest: (message: IncomingMessage, response: ServerResponse) => void): Server {
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 10_000, noDelay: true },
    onRequest,
  );
  server.maxConnections = CONNECTION_LIMIT;
  return server;
}

export function serviceServer(options: ListenerOptions): Server {
  return serverWithLimits((message, response) => {
    answer(options, message, response).catch(() => response.destroy());
  });
}
