/** Parameters of a bodhi request: the query, then a form or JSON in the body. */
import type { ServiceRequest } from "../http/types";

export type Parameters = ReadonlyMap<string, string[]>;

/** Parameters may be this many; real forms have a dozen. */
const PARAMETER_LIMIT = 5_000;

export class FormError extends Error {}

function add(map: Map<string, string[]>, name: string, value: string): void {
  const values = map.get(name);
  if (values === undefined) map.set(name, [value]);
  else values.push(value);
  if (map.size > PARAMETER_LIMIT) throw new FormError("too many parameters");
}

function decodeBody(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new FormError("the body is not UTF-8");
  }
}

/** The parts of a multipart/form-data body, as the tools of 2011 (pycurl) send forms with. */
function readMultipart(map: Map<string, string[]>, body: string, boundary: string): void {
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const end = part.indexOf("\r\n\r\n");
    if (end === -1) throw new FormError("a part of the form has no end of its headers");
    const name = /\bname="([^"]*)"/i.exec(part.slice(0, end))?.[1];
    if (name === undefined) throw new FormError("a part of the form has no name");
    add(map, name, part.slice(end + 4).replace(/\r\n$/, ""));
  }
}

function readJson(map: Map<string, string[]>, text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FormError("Invalid JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new FormError("Should be a JSON object");
  for (const [name, item] of Object.entries(value)) {
    for (const each of Array.isArray(item) ? item : [item]) {
      if (each === null) continue;
      add(map, name, typeof each === "string" ? each : JSON.stringify(each));
    }
  }
}

/** @throws FormError */
export function readParameters(request: ServiceRequest): Parameters {
  const map = new Map<string, string[]>();
  for (const [name, value] of request.query) add(map, name, value);
  if (request.body.length === 0) return map;
  const type = String(request.headers["content-type"] ?? "");
  const text = decodeBody(request.body);
  const boundary = /multipart\/form-data.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined) readMultipart(map, text, boundary);
  else if (/json/i.test(type)) readJson(map, text);
  else for (const [name, value] of new URLSearchParams(text)) add(map, name, value);
  return map;
}

/** Whether a name is one that a form may have: what is not may be anything, a password that was sent in a wrong way too. */
export function isPlainName(name: string): boolean {
  return /^[\w.:-]{1,64}$/.test(name);
}

/** The last value of a parameter, as servers take it that expect one. */
export function single(parameters: Parameters, name: string): string | undefined {
  return parameters.get(name)?.at(-1);
}

/** formencode's StringBool. */
export function flag(parameters: Parameters, name: string, fallback: boolean): boolean {
  const value = single(parameters, name)?.trim().toLowerCase();
  if (value === undefined || value === "") return fallback;
  return ["true", "t", "yes", "y", "on", "1"].includes(value);
}
