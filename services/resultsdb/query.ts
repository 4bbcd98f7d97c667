/** The queries of GET requests. */
import type { ResultQuery } from "./records";
import { Checker, checkOutcomes, checkSince, commaList } from "./validation";

const DEFAULT_LIMIT = 20;
/** A page holds at most this many: the real server has no bound, and so no defence. */
const PAGE_LIMIT = 5_000;

const RESERVED = new Set([
  "_sort",
  "limit",
  "page",
  "testcases",
  "testcases:like",
  "groups",
  "_distinct_on",
  "outcome",
  "since",
]);

function dataFilters(query: URLSearchParams): ResultQuery["data"] {
  return [...new Set(query.keys())]
    .filter((name) => !RESERVED.has(name))
    .map((name) => {
      const parts = name.split(":");
      const [key = "", modifier] = parts.length === 2 ? parts : [name];
      return { key, like: modifier === "like", values: query.getAll(name).flatMap((value) => value.split(",")) };
    });
}

export interface ResultsRequest {
  query: ResultQuery;
  page: number;
  limit: number;
  distinctOn: string[] | undefined;
}

/** @throws ValidationError */
export function readResultsRequest(query: URLSearchParams): ResultsRequest {
  const checker = new Checker();
  const { page, limit } = pageOf(checker, query);
  const result: ResultQuery = {
    ...checkSince(checker, query),
    outcomes: checkOutcomes(checker, query),
    groups: commaList(query, "groups"),
    testcases: commaList(query, "testcases"),
    testcasesLike: commaList(query, "testcases:like"),
    data: dataFilters(query),
    ascending: query.get("_sort") === "asc:submit_time",
  };
  checker.finish();
  return { query: result, page, limit, distinctOn: commaList(query, "_distinct_on") };
}

export function pageOf(checker: Checker, query: URLSearchParams): { page: number; limit: number } {
  const page = checker.integer(query, "page", 0);
  const limit = checker.integer(query, "limit", DEFAULT_LIMIT);
  return { page: Math.min(Math.max(page, 0), 1_000_000_000), limit: Math.min(Math.max(limit, 0), PAGE_LIMIT) };
}

/** Names separated by commas in the first parameter of that name. */
export function splitNames(query: URLSearchParams, name: string): string[] {
  return (query.get(name) ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
