/**
 * ResultsDB's HTTP side: API v2.0 under `/api/v2.0` (release-engineering/resultsdb a0e1e8b, controllers/api_v2.py), and the
 * XML-RPC interface of 2011.
 */
import { type JournalRecord, json, type ServiceRequest, type ServiceResponse } from "../http/types";
import { pythonRepr } from "../xmlrpc/values";
import { answerXmlRpc, XMLRPC_PATHS } from "./dialect-2011";
import { keysWithColon, readGroup, readResult, readTestcase, ServerFailure } from "./input";
import { pageOf, readResultsRequest, splitNames } from "./query";
import type { GroupRow, ResultQuery, ResultRow } from "./records";
import type { ResultStore } from "./store";
import { Checker, OUTCOMES, ValidationError } from "./validation";
import { API_PATH, groupView, resultView, testcaseView } from "./views";

interface Answer {
  status: number;
  value: unknown;
  write?: boolean;
  unmodelled?: boolean;
}

interface Context {
  store: ResultStore;
  request: ServiceRequest;
  /** `http://host:port/api/v2.0` */
  base: string;
}

/** The URL of another page: as asked, with its page number changed. */
function pageUrl({ request, base }: Context, page: number): string {
  const origin = base.slice(0, -API_PATH.length);
  const search = request.rawQuery;
  const here = `${origin}${request.path}${search === "" ? "" : `?${search}`}`;
  const place = /([?&])page=[0-9]+/;
  if (place.test(here)) return here.replace(place, `$1page=${page}`);
  return `${here}${search === "" ? "?" : "&"}page=${page}`;
}

/** @param rows one more than the limit, where there are more */
function pageAnswer(context: Context, rows: readonly object[], page: number, limit: number): Answer {
  const value = {
    prev: page > 0 ? pageUrl(context, page - 1) : null,
    next: rows.length > limit ? pageUrl(context, page + 1) : null,
    data: rows.slice(0, limit),
  };
  return { status: 200, value };
}

function notFound(message: string): Answer {
  return { status: 404, value: { message } };
}

function listResults(context: Context, extra: Partial<ResultQuery> = {}): Answer {
  const { query, page, limit } = readResultsRequest(context.request.query);
  const rows = context.store.results({ ...query, ...extra }, page * limit, limit + 1);
  return pageAnswer(
    context,
    rows.map((row) => resultView(row, context.base)),
    page,
    limit,
  );
}

function latestResults(context: Context): Answer {
  const { query, distinctOn } = readResultsRequest(context.request.query);
  const { outcomes: _outcomes, ...filters } = query;
  let rows: ResultRow[];
  if (distinctOn === undefined || distinctOn.length === 0) rows = context.store.latest(filters);
  else {
    const { testcases, testcasesLike, since, until, groups, data } = filters;
    const any = [testcases?.length, testcasesLike?.length, since, until, groups?.length, data.length].some(Boolean);
    if (!any) return { status: 400, value: { message: "Please, provide at least one filter beside '_distinct_on'" } };
    rows = context.store.latestDistinct(filters, distinctOn);
  }
  return { status: 200, value: { data: rows.map((row) => resultView(row, context.base)) } };
}

/** Hands the JSON of the body on, or answers as Flask does to a body that is no JSON. */
function withBody({ request }: Context, act: (body: Record<string, unknown>) => Answer): Answer {
  const type = String(request.headers["content-type"] ?? "").toLowerCase();
  if (!/^application\/(?:[\w.+-]+\+)?json\b/.test(type)) {
    return { status: 415, value: { message: "Unsupported Media Type" } };
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(request.body));
  } catch {
    return { status: 400, value: { message: "Bad Request" } };
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return act(value as Record<string, unknown>);
  return { status: 400, value: { message: "Bad Request" } };
}

function createResult(context: Context): Answer {
  return withBody(context, (body) => {
    const result = readResult(body);
    const keys = keysWithColon(body);
    if (keys.length > 0)
      return { status: 400, value: { message: `Colon not allowed in key name: ${pythonRepr(keys)}` } };
    const id = context.store.addResult(result);
    return { status: 201, value: resultView(context.store.result(id) as ResultRow, context.base), write: true };
  });
}

function listTestcases(context: Context): Answer {
  const { query } = context.request;
  const checker = new Checker();
  const { page, limit } = pageOf(checker, query);
  checker.finish();
  const names = splitNames(query, "name");
  const like = names.length > 0 ? [] : splitNames(query, "name:like");
  const rows = context.store.testcases(names, like, page * limit, limit + 1);
  return pageAnswer(
    context,
    rows.map((row) => testcaseView(row, context.base)),
    page,
    limit,
  );
}

function listGroups(context: Context): Answer {
  const { query } = context.request;
  const checker = new Checker();
  const { page, limit } = pageOf(checker, query);
  checker.finish();
  const descriptions = splitNames(query, "description");
  const like = descriptions.length > 0 ? [] : splitNames(query, "description:like");
  const filter = { descriptions, like, uuids: splitNames(query, "uuid") };
  const rows = context.store.groups(filter, page * limit, limit + 1);
  return pageAnswer(
    context,
    rows.map((row) => groupView(row, context.base)),
    page,
    limit,
  );
}

function landingPage({ base }: Context): Answer {
  const value = {
    message:
      "Everything is fine. But choose wisely, for while the true Grail will bring you life, the false Grail will take it from you.",
    documentation: "http://docs.resultsdb20.apiary.io/",
    groups: `${base}/groups`,
    results: `${base}/results`,
    testcases: `${base}/testcases`,
    outcomes: OUTCOMES,
  };
  return { status: 300, value };
}

function routeGroups(context: Context, method: string, rest: readonly string[]): Answer | undefined {
  const [id, tail] = rest;
  if (id === undefined && method === "GET") return listGroups(context);
  if (id === undefined && method === "POST") {
    return withBody(context, (body) => {
      const uuid = context.store.transaction(() => context.store.putGroup(readGroup(body)));
      return { status: 201, value: groupView(context.store.group(uuid) as GroupRow, context.base), write: true };
    });
  }
  if (id === undefined || method !== "GET" || rest.length > 2) return undefined;
  const group = context.store.group(id);
  if (tail === "results")
    return group === undefined ? notFound(`Group not found: ${id}`) : listResults(context, { groups: [id] });
  if (tail !== undefined) return undefined;
  return group === undefined ? notFound("Group not found") : { status: 200, value: groupView(group, context.base) };
}

function routeResults(context: Context, method: string, rest: readonly string[]): Answer | undefined {
  const [id] = rest;
  if (rest.length > 1) return undefined;
  if (id === undefined) {
    if (method === "GET") return listResults(context);
    return method === "POST" ? createResult(context) : undefined;
  }
  if (method !== "GET") return undefined;
  if (id === "latest") return latestResults(context);
  const row = /^\d{1,15}$/.test(id) ? context.store.result(Number(id)) : undefined;
  return row === undefined ? notFound("Result not found") : { status: 200, value: resultView(row, context.base) };
}

function routeTestcases(context: Context, method: string, rest: readonly string[]): Answer | undefined {
  if (rest.length === 0) {
    if (method === "GET") return listTestcases(context);
    if (method !== "POST") return undefined;
    return withBody(context, (body) => {
      const { name, refUrl } = readTestcase(body);
      context.store.transaction(() => context.store.putTestcase(name, refUrl));
      return { status: 201, value: testcaseView(context.store.testcase(name) as never, context.base), write: true };
    });
  }
  if (method !== "GET") return undefined;
  const ofResults = rest.length > 1 && rest.at(-1) === "results";
  const name = (ofResults ? rest.slice(0, -1) : rest).join("/");
  const testcase = context.store.testcase(name);
  if (testcase === undefined) return notFound("Testcase not found");
  return ofResults
    ? listResults(context, { testcases: [name] })
    : { status: 200, value: testcaseView(testcase, context.base) };
}

function route(context: Context, path: string): Answer {
  const method = context.request.method === "HEAD" ? "GET" : context.request.method;
  const parts = path.split("/").map(decodeURIComponent);
  const [kind, ...rest] = parts.at(0) === "" ? parts.slice(1) : parts;
  let answer: Answer | undefined;
  if ((kind === undefined || kind === "") && method === "GET") answer = landingPage(context);
  else if (kind === "groups") answer = routeGroups(context, method, rest);
  else if (kind === "results") answer = routeResults(context, method, rest);
  else if (kind === "testcases") answer = routeTestcases(context, method, rest);
  else if (kind === "healthcheck" && method === "GET") {
    answer = context.store.healthy()
      ? { status: 200, value: { message: "Health check OK" } }
      : { status: 503, value: { message: "Unable to communicate with database" } };
  }
  return answer ?? unknownRoute(kind, method);
}

const METHODS_OF: Readonly<Record<string, readonly string[]>> = {
  groups: ["GET", "POST"],
  results: ["GET", "POST"],
  testcases: ["GET", "POST"],
  healthcheck: ["GET"],
};

function unknownRoute(kind: string | undefined, method: string): Answer {
  const known = kind !== undefined && METHODS_OF[kind] !== undefined;
  return known && method !== "GET"
    ? { status: 405, value: { message: "Method not allowed" }, unmodelled: true }
    : { status: 404, value: { message: "Not found" }, unmodelled: true };
}

function answerOf(context: Context): Answer {
  const { path } = context.request;
  if (path !== API_PATH && !path.startsWith(`${API_PATH}/`)) return unknownRoute(undefined, context.request.method);
  try {
    return route(context, path.slice(API_PATH.length));
  } catch (error) {
    if (error instanceof ValidationError) return { status: 400, value: { validation_error: error.mistakes } };
    if (error instanceof ServerFailure) return { status: 500, value: { message: "Internal Server Error" } };
    if (error instanceof URIError) return { status: 400, value: { message: "Bad Request" } };
    throw error;
  }
}

function shownArguments({ request }: Context): unknown {
  if (request.body.length === 0) return Object.fromEntries(request.query);
  try {
    return JSON.parse(request.body.toString("utf8")) as unknown;
  } catch {
    return { bytes: request.body.length };
  }
}

export function resultsdbHandler(store: ResultStore): (request: ServiceRequest) => ServiceResponse {
  return (request) => {
    if (XMLRPC_PATHS.has(request.path)) return answerXmlRpc(store, request);
    const base = `http://${request.headers.host ?? "localhost"}${API_PATH}`;
    const context: Context = { store, request, base };
    const answer = answerOf(context);
    const record: JournalRecord = {
      method: `${request.method} ${request.path}`.slice(0, 500),
      arguments: shownArguments(context),
      status: answer.status,
      write: answer.write === true,
      unmodelled: answer.unmodelled === true,
      ...(answer.status >= 400 ? { answer: answer.value } : {}),
    };
    return { ...json(answer.status, answer.value), records: [record] };
  };
}
