/** ResultsDB's API and its XML-RPC of 2011, bent. */
import assert from "node:assert/strict";
import { encodeCall } from "../../../services/xmlrpc/encode";
import type { Bender } from "./bender";
import { formInput } from "./forms";
import { AttackedServer, INPUTS, type Input } from "./server";

const RESULTSDB_PATHS = [
  "/results",
  "/results/latest",
  "/results/1",
  "/results/x",
  "/groups",
  "/groups/g",
  "/groups/g/results",
  "/testcases",
  "/testcases/t",
  "/testcases/t/results",
  "/healthcheck",
  "",
].map((path) => `/api/v2.0${path}`);
const RESULTSDB_FIELDS = [
  "outcome",
  "testcases",
  "testcases:like",
  "groups",
  "since",
  "page",
  "limit",
  "_sort",
  "_distinct_on",
  "item",
  "item:like",
  "item:odd:key",
  "name",
  "name:like",
  "description",
  "uuid",
  "note",
  "ref_url",
];

function resultsdbInput(bender: Bender): Input {
  if (bender.next() < 0.1) {
    const method = bender.pick([
      "start_job",
      "start_testrun",
      "end_testrun",
      "start_phase",
      "end_phase",
      "store_keyval",
      "x",
    ]);
    const xml = Buffer.from(
      encodeCall(
        method,
        Array.from({ length: bender.below(5) }, () => bender.value()),
      ),
    );
    return {
      method: "POST",
      path: "/xmlrpc",
      headers: { "content-type": "text/xml" },
      body: bender.next() < 0.5 ? xml : bender.bend(xml),
    };
  }
  return formInput(bender, RESULTSDB_PATHS, RESULTSDB_FIELDS, true);
}

describe("robustness: resultsdb", function () {
  this.timeout(300_000);
  let server: AttackedServer;

  before(async () => {
    server = await AttackedServer.start();
  });
  afterEach(() => server.assertWell());
  after(() => server.stop());

  it(`${INPUTS} inputs`, async () => {
    const statuses = await server.flood("resultsdb", resultsdbInput, 3);
    assert.ok((statuses.get(200) ?? 0) > INPUTS / 10, JSON.stringify([...statuses]));
  });
});
