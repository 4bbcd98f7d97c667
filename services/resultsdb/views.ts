/** Results, testcases and groups as API v2.0 shows them (release-engineering/resultsdb a0e1e8b, serializers/api_v2.py). */
import { type Micros, SECOND } from "../world/time";
import type { GroupRow, ResultRow } from "./records";

export const API_PATH = "/api/v2.0";

/** Python's isoformat of a naive time. */
function isoTime(at: Micros): string {
  const text = new Date(Math.floor(at / 1000)).toISOString().slice(0, 19);
  const micros = at - Math.floor(at / SECOND) * SECOND;
  return micros === 0 ? text : `${text}.${String(micros).padStart(6, "0")}`;
}

export function testcaseView({ name, ref_url }: { name: string; ref_url: string | null }, base: string): object {
  return { name, ref_url, href: `${base}/testcases/${encodeURI(name)}` };
}

export function resultView(row: ResultRow, base: string): object {
  return {
    id: row.id,
    groups: row.groups,
    testcase: testcaseView(row.testcase, base),
    submit_time: isoTime(row.submitTime),
    outcome: row.outcome,
    note: row.note,
    ref_url: row.refUrl,
    data: row.data,
    href: `${base}/results/${row.id}`,
  };
}

export function groupView(row: GroupRow, base: string): object {
  return {
    uuid: row.uuid,
    description: row.description,
    ref_url: row.ref_url,
    results: `${base}/results?groups=${encodeURIComponent(row.uuid)}`,
    results_count: row.results,
    href: `${base}/groups/${encodeURIComponent(row.uuid)}`,
  };
}
