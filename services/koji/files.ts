/**
 * koji's files by its own paths (koji-project/koji koji/__init__.py, PathInfo) and the distribution's repositories.
 * An RPM that a build has only as metadata is a 404, and the journal says so.
 */
import { statSync } from "node:fs";
import { type ServiceRequest, type ServiceResponse, text } from "../http/types";
import { html } from "../web/html";
import type { Build, Rpm } from "../world/tables";
import { toBodhiTime } from "../world/time";
import type { World } from "../world/world";
import type { KojiParts } from "./frontend";

function notFound(request: ServiceRequest, message: string, unmodelled = false): ServiceResponse {
  const record = {
    method: `${request.method} ${request.path}`.slice(0, 500),
    arguments: {},
    status: 404,
    answer: message,
    write: false,
    unmodelled,
  };
  return { ...text(404, `Not Found: ${message}\n`), records: [record] };
}

function decodePath(path: string): string[] | undefined {
  try {
    const parts = path.split("/").map(decodeURIComponent);
    const bad = parts.some((part) => part === ".." || part === "." || /[\0/\\]/.test(part));
    return bad ? undefined : parts.filter((part) => part !== "");
  } catch {
    return undefined;
  }
}

export function rpmFileName(rpm: Rpm): string {
  return `${rpm.name}-${rpm.version}-${rpm.release}.${rpm.arch}.rpm`;
}

/** The logs that koji keeps of a build on each architecture. */
export const LOG_FILES: readonly string[] = ["build.log", "root.log", "state.log"];

/** The architectures that a build has logs of. */
export function logArches(build: Build): string[] {
  return build.state === "COMPLETE"
    ? [...new Set(build.rpms.map(({ arch }) => arch))].filter((arch) => arch !== "src")
    : [];
}

/** What `/packages/<N>/<V>/<R>/…` names within a build. */
function findInBuild(build: Build, rest: readonly string[]): Rpm | string | undefined {
  const [first, second, ...deeper] = rest;
  if (first === "data" && second === "signed") {
    const [key = "", arch = "", file = ""] = deeper;
    return build.rpms.find(
      (rpm) =>
        rpm.arch === arch && rpmFileName(rpm) === file && rpm.signingKeys.some((each) => each.toLowerCase() === key),
    );
  }
  if (first === "data" && second === "logs") {
    const [arch = "", file = ""] = deeper;
    return logArches(build).includes(arch) && LOG_FILES.includes(file) ? buildLog(build, arch, file) : undefined;
  }
  return rest.length === 2 ? build.rpms.find((rpm) => rpm.arch === first && rpmFileName(rpm) === second) : undefined;
}

/** A log says no more than the world knows. */
function buildLog(build: Build, arch: string, file: string): string {
  const at = build.completionTime ?? build.creationTime;
  return `${toBodhiTime(at)} ${file} of ${build.nvr} for ${arch}: state ${build.state}, task ${build.taskId}\n`;
}

function listing(title: string, entries: readonly string[]): ServiceResponse {
  const items = entries.map((entry) => html`<li><a href="${encodeURIComponent(entry)}">${entry}</a></li>\n`);
  const page = html`<!doctype html>\n<title>${title}</title>\n<ul>\n${items}</ul>\n`;
  return text(200, page.markup, "text/html; charset=utf-8");
}

function servePackages(parts: KojiParts, request: ServiceRequest, path: readonly string[]): ServiceResponse {
  const world: World = parts.world();
  const [name = "", version = "", release = "", ...rest] = path;
  const build = world.buildsByNvr.get(`${name}-${version}-${release}`);
  if (build === undefined || build.state === "DELETED" || build.package.name !== name) {
    return notFound(request, `no files of a build ${name}-${version}-${release}`);
  }
  if (rest.length === 0) return listing(build.nvr, [...new Set(build.rpms.map(({ arch }) => `${arch}`))]);
  if (rest.length === 1) {
    return listing(build.nvr, build.rpms.filter(({ arch }) => arch === rest[0]).map(rpmFileName));
  }
  const found = findInBuild(build, rest);
  if (found === undefined) return notFound(request, `${rest.join("/")} of ${build.nvr}`);
  if (typeof found === "string") return text(200, found);
  const file = found.sha256 === null ? undefined : parts.rpmFile(found.sha256);
  if (file === undefined) return notFound(request, `${rpmFileName(found)} is known by its metadata only`);
  return sendFile(parts, request, file, "application/x-rpm");
}

/** A whole file always: the answer says that no ranges are served, so clients begin anew. */
function sendFile(parts: KojiParts, request: ServiceRequest, path: string, type: string): ServiceResponse {
  const sizeBytes = statSync(path).size;
  const cut = parts.faults.take("truncate", "koji", request.path);
  const headers = { "content-type": type, "accept-ranges": "none" };
  return {
    status: 200,
    headers,
    body: cut === undefined ? { path, sizeBytes } : { path, sizeBytes, cutAfter: Math.min(cut.bytes, sizeBytes - 1) },
  };
}

async function serveRepository(
  parts: KojiParts,
  request: ServiceRequest,
  path: readonly string[],
  kind: "koji" | "distribution",
): Promise<ServiceResponse> {
  const found = await parts.repositories.find(kind, path);
  if (found === undefined) return notFound(request, `${request.path} is in no repository`);
  if (found.kind === "text") return text(200, found.text, found.type);
  if (found.kind === "listing") return listing(request.path, found.entries);
  return sendFile(parts, request, found.path, found.type);
}

export async function serveFile(parts: KojiParts, request: ServiceRequest): Promise<ServiceResponse> {
  if (request.method !== "GET" && request.method !== "HEAD") return text(405, "Method Not Allowed\n");
  const path = decodePath(request.path);
  if (path === undefined) return text(400, "Bad Request\n");
  const [top, second, ...rest] = path;
  if (top === "repositories") return serveRepository(parts, request, path.slice(1), "distribution");
  if (top !== "kojifiles") return notFound(request, request.path, true);
  if (second === "packages") return servePackages(parts, request, rest);
  if (second === "repos") return serveRepository(parts, request, rest, "koji");
  if (second === "vol" && rest[0] === "DEFAULT" && rest[1] === "packages") {
    return servePackages(parts, request, rest.slice(2));
  }
  return notFound(request, request.path, true);
}
