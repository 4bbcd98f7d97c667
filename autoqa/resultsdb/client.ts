/** ResultsDB's API v2.0 (release-engineering/resultsdb resultsdb/controllers/api_v2.py). */
import * as z from "zod";
import { HttpError, readJson, readText, request } from "../http/request";

export interface NewResult {
  testcase: string;
  outcome: string;
  /** The log's URL. */
  ref_url: string;
  note: string;
  data: { item: string; type: string; arch: string };
}

export class ResultsDb {
  /** @param url up to and with /api/v2.0 */
  constructor(readonly url: string) {}

  /** The outcomes this server accepts; PASSED, INFO, FAILED and NEEDS_INSPECTION at least. It answers with HTTP 300. */
  async outcomes(): Promise<string[]> {
    const response = await request("ResultsDB", `${this.url}/`, { redirect: "manual" });
    const answer = await readJson("ResultsDB", response);
    return z.object({ outcomes: z.array(z.string()) }).parse(answer).outcomes;
  }

  /** @throws HttpError if the server does not accept the result, Unreachable if it is not there */
  async create(result: NewResult): Promise<void> {
    const response = await request("ResultsDB", `${this.url}/results`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(result),
    });
    const text = await readText("ResultsDB", response);
    if (response.status !== 201) {
      throw new HttpError(response.status, `ResultsDB answered HTTP ${response.status}: ${text.slice(0, 500)}`);
    }
  }

  /** Whether this very result is stored already. */
  async has(result: NewResult): Promise<boolean> {
    const { item, type, arch } = result.data;
    const query = new URLSearchParams({ testcases: result.testcase, item, type, arch, limit: "1000" });
    const response = await request("ResultsDB", `${this.url}/results?${query}`);
    const answer = await readJson("ResultsDB", response);
    const { data } = z.object({ data: z.array(z.object({ ref_url: z.string().nullish() })) }).parse(answer);
    return data.some((stored) => stored.ref_url === result.ref_url);
  }
}
