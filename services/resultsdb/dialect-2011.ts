/**
 * ResultsDB's XML-RPC interface of 2011, positional (fedoraproject.org/wiki/AutoQA_resultsdb_API and …_schema): jobs hold
 * testruns, testruns have key-values and phases. A testrun that has ended is a result of API v2.0 too, so what AutoQA of
 * that time posts is read like anything else.
 */
import { type JournalRecord, type ServiceRequest, type ServiceResponse, text } from "../http/types";
import { FAULTS } from "../world/errors";
import { decodeCall } from "../xmlrpc/decode";
import { encodeFault, encodeResponse } from "../xmlrpc/encode";
import { XmlError } from "../xmlrpc/scan";
import { isStruct, numeric, pythonStr, type Value } from "../xmlrpc/values";
import type { ResultStore } from "./store";

/** Where clients of that time may find it. */
export const XMLRPC_PATHS = new Set(["/xmlrpc", "/xmlrpc/", "/RPC2", "/resultsdb_xmlrpc"]);

class CallError extends Error {}

function textOf(value: Value | undefined, name: string): string {
  if (typeof value !== "string" || value === "") throw new CallError(`${name} must be a string that is not empty`);
  return value;
}

function optionalText(value: Value | undefined): string | null {
  return value === undefined || value === null ? null : pythonStr(value);
}

function idOf(value: Value | undefined, name: string): number {
  const id = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : numeric(value);
  if (id === undefined || !Number.isSafeInteger(id)) throw new CallError(`${name} must be an integer`);
  return id;
}

/** Pairs as a struct, a value of which may be a list, or as a list of pairs. */
function pairsOf(value: Value | undefined): [string, string][] {
  if (value === undefined || value === null || value === "") return [];
  if (isStruct(value)) {
    return Object.entries(value).flatMap(([key, item]): [string, string][] =>
      Array.isArray(item) ? item.map((each: Value) => [key, pythonStr(each)]) : [[key, pythonStr(item)]],
    );
  }
  if (Array.isArray(value)) {
    return (value as readonly Value[]).map((pair): [string, string] => {
      if (!Array.isArray(pair) || pair.length !== 2) throw new CallError("keyval_pairs must hold pairs");
      return [pythonStr(pair[0] as Value), pythonStr(pair[1] as Value)];
    });
  }
  throw new CallError("keyval_pairs must be a struct or a list of pairs");
}

interface Testrun {
  id: number;
  job_id: number | null;
  testcase_url: string;
  ended: number | null;
}

function requireTestrun(store: ResultStore, value: Value | undefined): Testrun {
  const id = idOf(value, "testrun_id");
  const [row] = store.select("SELECT id, job_id, testcase_url, ended FROM testrun WHERE id = ?", [id]);
  if (row === undefined) throw new CallError(`there is no testrun ${id}`);
  return row as unknown as Testrun;
}

function storeKeyvals(store: ResultStore, testrun: number, pairs: readonly [string, string][]): void {
  for (const [key, value] of pairs) {
    store.insert("INSERT INTO testrun_data (testrun_id, key, value) VALUES (?, ?, ?)", [testrun, key, value]);
  }
}

/** A testcase's name: the last part of its wiki page's address. */
export function testcaseName(url: string): string {
  let end = url.length;
  while (end > 0 && "/?#".includes(url[end - 1] as string)) end -= 1;
  const last = url.slice(url.lastIndexOf("/", end - 1) + 1, end);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

type Method = (store: ResultStore, params: readonly Value[]) => Value;

const METHODS: Readonly<Record<string, Method>> = {
  start_job(store, [testplan]) {
    return store.insert("INSERT INTO job (testplan_url, created) VALUES (?, ?)", [optionalText(testplan), store.now()]);
  },

  start_testrun(store, [testcase, keyvals, job]) {
    const url = textOf(testcase, "testcase_url");
    const jobId = job === undefined || job === null ? null : idOf(job, "job_id");
    if (jobId !== null && store.select("SELECT id FROM job WHERE id = ?", [jobId]).length === 0) {
      throw new CallError(`there is no job ${jobId}`);
    }
    const values = [jobId, url, store.now()];
    const id = store.insert("INSERT INTO testrun (job_id, testcase_url, started) VALUES (?, ?, ?)", values);
    storeKeyvals(store, id, pairsOf(keyvals));
    return id;
  },

  end_testrun(store, [id, result, log, keyvals, summary, highlights, score]) {
    const testrun = requireTestrun(store, id);
    if (testrun.ended !== null) throw new CallError(`testrun ${testrun.id} has ended already`);
    const outcome = textOf(result, "result").toUpperCase();
    storeKeyvals(store, testrun.id, pairsOf(keyvals));
    const data = store.select("SELECT key, value FROM testrun_data WHERE testrun_id = ? ORDER BY id", [testrun.id]);
    const resultId = store.insertResult({
      outcome,
      testcase: { name: testcaseName(testrun.testcase_url), ref_url: testrun.testcase_url },
      groups: [],
      note: optionalText(summary),
      refUrl: optionalText(log),
      submitTime: null,
      data: data.map(({ key, value }) => [String(key), String(value)]),
    });
    store.insert(
      "UPDATE testrun SET ended = ?, result = ?, log_url = ?, summary = ?, highlights = ?, score = ?, result_id = ? WHERE id = ?",
      [
        store.now(),
        outcome,
        optionalText(log),
        optionalText(summary),
        optionalText(highlights),
        optionalText(score),
        resultId,
        testrun.id,
      ],
    );
    return true;
  },

  start_phase(store, [id, name]) {
    const testrun = requireTestrun(store, id);
    const values = [testrun.id, textOf(name, "name"), store.now()];
    return store.insert("INSERT INTO phase (testrun_id, name, started) VALUES (?, ?, ?)", values);
  },

  end_phase(store, [id, result]) {
    const testrun = requireTestrun(store, id);
    const sql = "SELECT id FROM phase WHERE testrun_id = ? AND ended IS NULL ORDER BY id DESC LIMIT 1";
    const [phase] = store.select(sql, [testrun.id]);
    if (phase === undefined) throw new CallError(`testrun ${testrun.id} is in no phase`);
    store.insert("UPDATE phase SET ended = ?, result = ? WHERE id = ?", [
      store.now(),
      optionalText(result),
      Number(phase.id),
    ]);
    return true;
  },

  store_keyval(store, [id, keyvals]) {
    storeKeyvals(store, requireTestrun(store, id).id, pairsOf(keyvals));
    return true;
  },
};

function answer(store: ResultStore, method: string, params: readonly Value[]): { xml: string; record: JournalRecord } {
  const base = { method, arguments: params, status: 200 };
  const handler = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (handler === undefined) {
    const message = `method "${method}" is not supported`;
    return {
      xml: encodeFault(FAULTS.Fault, message),
      record: { ...base, answer: message, write: false, unmodelled: true },
    };
  }
  try {
    const value = store.transaction(() => handler(store, params));
    return { xml: encodeResponse(value), record: { ...base, answer: value, write: true, unmodelled: false } };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const record = { ...base, answer: error.message, write: false, unmodelled: false };
    return { xml: encodeFault(FAULTS.Fault, error.message), record };
  }
}

export function answerXmlRpc(store: ResultStore, request: ServiceRequest): ServiceResponse {
  if (request.method !== "POST") return text(405, "Method Not Allowed\n");
  let call: { method: string; params: Value[] };
  try {
    call = decodeCall(new TextDecoder("utf-8", { fatal: true }).decode(request.body));
  } catch (error) {
    if (!(error instanceof XmlError) && !(error instanceof TypeError)) throw error;
    return text(400, "Bad Request\n");
  }
  const { xml, record } = answer(store, call.method, call.params);
  return { status: 200, headers: { "content-type": "text/xml" }, body: xml, records: [record] };
}
