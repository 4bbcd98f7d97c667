/** bodhi's HTTP side: both dialects under one base. A path without a slash at its end that 0.9 knows is 0.9's. */
import type { Faults } from "../http/faults";
import { type JournalRecord, json, type ServiceRequest, type ServiceResponse, text } from "../http/types";
import type { World } from "../world/world";
import type { Accounts } from "./accounts";
import { errorBody, ROUTES, type Route } from "./current";
import { type Answer, type Call, METHODS_09 } from "./dialect-09";
import { FormError, isPlainName, type Parameters, readParameters, single } from "./forms";
import type { IdentityProvider } from "./oidc";
import { RequestError } from "./query";
import { BodhiError } from "./rules/errors";

export interface BodhiParts {
  readonly world: () => World;
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly identityProvider: IdentityProvider;
}

interface Compiled {
  route: Route;
  pattern: RegExp;
}

/** `new` is no name: `/updates/new` is a form for people. */
const COMPILED: readonly Compiled[] = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/:(\w+)/g, "(?<$1>(?!new$)[^/]+)")}$`),
}));

/** Methods of 0.9 whose name is one of today's too: a form or TurboGears' format says which is meant. */
const SHARED = new Set(["releases", "latest_builds"]);
const SECRET = new Set(["password", "csrf_token", "_csrf_token", "access_token", "refresh_token", "code"]);

export function shownArguments(parameters: Parameters): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, values] of parameters) {
    if (!isPlainName(name)) shown["(a name that is none)"] = "(not recorded)";
    else shown[name] = SECRET.has(name) ? "(not recorded)" : values.length === 1 ? values[0] : values;
  }
  return shown;
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function baseOf(request: ServiceRequest): string {
  return `http://${request.headers.host ?? "localhost"}`;
}

function answer09(call: Call, name: string): Answer | undefined {
  const method = Object.hasOwn(METHODS_09, name) ? METHODS_09[name] : undefined;
  if (method === undefined) return undefined;
  const asJson = single(call.parameters, "tg_format") === "json";
  if (SHARED.has(name) && call.request.method === "GET" && !asJson) return undefined;
  try {
    return method(call);
  } catch (error) {
    // TurboGears shows a page of its own for what its code did not expect.
    if (error instanceof BodhiError) return { status: 500, value: { tg_flash: error.message } };
    throw error;
  }
}

/** As pyramid's append_slash: the lists' addresses end with a slash. */
function withSlash({ path, query }: ServiceRequest): Answer {
  const location = `${path}/${query.size === 0 ? "" : `?${query}`}`;
  const message = `The resource has been moved to ${location}; you should be redirected automatically.\n\n`;
  const value = { message, code: "307 Temporary Redirect", title: "Temporary Redirect" };
  return { status: 307, value, headers: { location } };
}

function answerCurrent(call: Call, path: string): Answer {
  let known = false;
  for (const { route, pattern } of COMPILED) {
    const match = pattern.exec(path);
    if (match === null) continue;
    known = true;
    if (route.method !== call.request.method && !(route.method === "GET" && call.request.method === "HEAD")) continue;
    try {
      return route.handle(call, match.groups ?? {}, { base: baseOf(call.request) });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { status: error.status, value: errorBody(error.problems) };
    }
  }
  if (ROUTES.some((route) => route.path === `${path}/`)) return withSlash(call.request);
  const status = known ? 405 : 404;
  const description = known ? "The HTTP method is not allowed" : "The resource could not be found.";
  return { status, value: errorBody([{ location: "body", name: "error", description }] as never), unmodelled: true };
}

function respond(request: ServiceRequest, parameters: Parameters, answer: Answer): ServiceResponse {
  const record: JournalRecord = {
    method: `${request.method} ${request.path}`.slice(0, 500),
    arguments: shownArguments(parameters),
    status: answer.status,
    write: answer.write === true,
    unmodelled: answer.unmodelled === true,
    ...(answer.status >= 400 ? { answer: answer.value } : {}),
  };
  const response =
    answer.html === undefined
      ? json(answer.status, answer.value, { ...answer.headers })
      : text(answer.status, answer.html, "text/html; charset=utf-8");
  return { ...response, records: [record] };
}

export function bodhiHandler(parts: BodhiParts): (request: ServiceRequest) => ServiceResponse {
  return (request) => {
    let parameters: Parameters;
    try {
      parameters = readParameters(request);
    } catch (error) {
      if (!(error instanceof FormError)) throw error;
      const value = errorBody([{ location: "body", name: "body", description: error.message }]);
      return respond(request, new Map(), { status: 400, value });
    }
    const path = decode(request.path);
    if (path === undefined) {
      const value = errorBody([{ location: "path", name: "path", description: "The path is not valid" }]);
      return respond(request, parameters, { status: 400, value });
    }
    if (parts.faults.take("empty", "bodhi", path) !== undefined)
      return respond(request, parameters, { status: 200, value: {} });
    const call: Call = { world: parts.world(), request, parameters, accounts: parts.accounts };
    const answer =
      parts.identityProvider.answer(call, path) ?? answer09(call, path.slice(1)) ?? answerCurrent(call, path);
    return respond(request, parameters, answer);
  };
}
