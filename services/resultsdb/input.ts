/** The bodies of POST requests. */
import { pythonRepr, type Value } from "../xmlrpc/values";
import type { GroupInput, NewResult } from "./records";
import { Checker, checkSubmitTime, OUTCOMES } from "./validation";

type Body = Readonly<Record<string, unknown>>;

/** A data value as Python's str() would store it. */
function stored(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && !Number.isInteger(value)) return String(value);
  return pythonRepr(value as Value);
}

function outcomeOf(checker: Checker, body: Body): string {
  if (!("outcome" in body)) {
    checker.add(["outcome"], "missing", "Field required", body);
    return "";
  }
  const { outcome } = body;
  if (typeof outcome !== "string") {
    checker.add(["outcome"], "string_type", "Input should be a valid string", outcome);
    return "";
  }
  const value = outcome.trim().toUpperCase();
  if (value === "") checker.add(["outcome"], "string_too_short", "String should have at least 1 character", outcome);
  else if (!(OUTCOMES as readonly string[]).includes(value)) {
    checker.add(["outcome"], "value_error", `Value error, must be one of: ${OUTCOMES.join(", ")}`, outcome);
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function testcaseOf(checker: Checker, body: Body): NewResult["testcase"] {
  const { testcase } = body;
  if (!("testcase" in body)) checker.add(["testcase"], "missing", "Field required", body);
  else if (!testcase || (isObject(testcase) && !testcase.name)) {
    checker.add(["testcase"], "value_error", "Value error, testcase name must be non-empty", testcase);
  } else if (typeof testcase === "string") return { name: testcase };
  else if (!isObject(testcase)) checker.add(["testcase"], "dict_type", "Input should be a valid dictionary", testcase);
  else {
    const name = stored(testcase.name);
    if (!("ref_url" in testcase)) return { name };
    return { name, ref_url: testcase.ref_url === null ? null : stored(testcase.ref_url) };
  }
  return { name: "" };
}

/** The real server fails on the request, which its parser let through; nothing of it is stored. */
export class ServerFailure extends Error {}

/** @throws ServerFailure for what is neither a uuid nor a group */
function groupOf(value: unknown): GroupInput {
  if (typeof value === "string") return { uuid: value };
  if (!isObject(value)) throw new ServerFailure("a group is neither text nor an object");
  const { uuid } = value;
  if (uuid !== undefined && typeof uuid !== "string") throw new ServerFailure("a group's uuid is no text");
  // PostgreSQL makes text of what is put into a column of text, of numbers and truths.
  const text = (name: string): string | undefined => {
    const item = value[name];
    if (item === undefined || item === null) return undefined;
    if (typeof item === "object") throw new ServerFailure(`a group's ${name} is no text`);
    return String(item);
  };
  return { ...(uuid === undefined ? {} : { uuid }), description: text("description"), ref_url: text("ref_url") };
}

function dataOf(checker: Checker, body: Body): [string, string][] {
  const { data } = body;
  if (data === undefined || data === null) return [];
  if (!isObject(data)) {
    checker.add(["data"], "dict_type", "Input should be a valid dictionary", data);
    return [];
  }
  return Object.entries(data).flatMap(([key, value]): [string, string][] =>
    Array.isArray(value) ? value.map((item) => [key, stored(item)]) : [[key, stored(value)]],
  );
}

/** @throws ValidationError */
export function readResult(body: Body): NewResult {
  const checker = new Checker();
  const outcome = outcomeOf(checker, body);
  const testcase = testcaseOf(checker, body);
  const { groups } = body;
  if (groups !== undefined && groups !== null && !Array.isArray(groups)) {
    checker.add(["groups"], "list_type", "Input should be a valid list", groups);
  }
  const result: NewResult = {
    outcome,
    testcase,
    groups: [],
    note: checker.text(body, "note") ?? null,
    data: dataOf(checker, body),
    refUrl: checker.text(body, "ref_url") ?? null,
    submitTime: checkSubmitTime(checker, body.submit_time),
  };
  checker.finish();
  return { ...result, groups: Array.isArray(groups) ? groups.map(groupOf) : [] };
}

/** Keys that a query could not name, for `:` stands before its modifier. */
export function keysWithColon(body: Body): string[] {
  return isObject(body.data) ? Object.keys(body.data).filter((key) => key.includes(":")) : [];
}

/** @throws ValidationError */
export function readGroup(body: Body): GroupInput {
  const checker = new Checker();
  const uuid = checker.text(body, "uuid") || undefined;
  const group = {
    ...(uuid === undefined ? {} : { uuid }),
    ref_url: checker.text(body, "ref_url") || undefined,
    description: checker.text(body, "description") || undefined,
  };
  checker.finish();
  return group;
}

/** @throws ValidationError */
export function readTestcase(body: Body): { name: string; refUrl: string | undefined } {
  const checker = new Checker();
  if (!("name" in body)) checker.add(["name"], "missing", "Field required", body);
  const name = checker.text(body, "name");
  if (body.name === null) checker.add(["name"], "string_type", "Input should be a valid string", null);
  if (name === "") checker.add(["name"], "string_too_short", "String should have at least 1 character", name);
  const refUrl = checker.text(body, "ref_url");
  checker.finish();
  return { name: name as string, refUrl };
}
