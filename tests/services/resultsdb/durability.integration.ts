/** Results that were acknowledged are there after the process was killed, and a million of them answer in time. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { ResultStore } from "../../../services/resultsdb/store";

const ROUNDS = 8;
const MILLION = 1_000_000;

describe("ResultsDB's durability", function () {
  this.timeout(300_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "durable-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function start() {
    const secrets = join(directory, "secrets.json");
    writeFileSync(secrets, JSON.stringify({ controlToken: "a control token of tests", accounts: {} }));
    const ports = ["koji", "bodhi", "resultsdb", "control"].flatMap((name) => [`--${name}-port`, "0"]);
    const program = ["-r", "./setup/typescript.cjs", join(process.cwd(), "services/main.ts")];
    const child = spawn(
      process.execPath,
      [...program, ...ports, "--state-directory", join(directory, "state"), "--secrets-file", secrets],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return { child, port: (JSON.parse(line) as { resultsdb: number }).resultsdb };
  }

  it(`loses none in ${ROUNDS} kills while results are being posted`, async () => {
    const acknowledged: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { child, port } = await start();
      const exit = once(child, "exit");
      let stopped = false;
      const post = async (): Promise<void> => {
        while (!stopped) {
          try {
            const response = await fetch(`http://127.0.0.1:${port}/api/v2.0/results`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ outcome: "PASSED", testcase: "t", data: { item: ["a", "b", "c"] } }),
            });
            if (response.status === 201) acknowledged.push(((await response.json()) as { id: number }).id);
          } catch {
            return;
          }
        }
      };
      const before = acknowledged.length;
      const posting = [post(), post(), post(), post()];
      const deadline = performance.now() + 20_000;
      while (acknowledged.length < before + 20 + round * 7) {
        assert.ok(performance.now() < deadline, "results are acknowledged");
        await new Promise((resolve) => setImmediate(resolve));
      }
      child.kill("SIGKILL");
      await exit;
      stopped = true;
      await Promise.all(posting);
    }
    const database = new DatabaseSync(join(directory, "state/resultsdb.sqlite"));
    const rows = database
      .prepare("SELECT id, (SELECT count(*) FROM result_data d WHERE d.result_id = result.id) AS n FROM result")
      .all() as { id: number; n: number }[];
    database.close();
    const stored = new Set(rows.map(({ id }) => id));
    assert.deepEqual(
      acknowledged.filter((id) => !stored.has(id)),
      [],
    );
    assert.ok(
      rows.every(({ n }) => n === 3),
      "each with all of its data",
    );
  });

  it("answers filtered queries on a million results in under 50 ms", () => {
    const path = join(directory, "million.sqlite");
    new ResultStore(path, () => 0).close();
    fill(path);
    const store = new ResultStore(path, () => 0);
    const like = (key: string, ...values: string[]) => ({ key, like: true, values });
    const is = (key: string, ...values: string[]) => ({ key, like: false, values });
    const queries = {
      "one item": { data: [is("item", "package777-1.0-1.fc42"), is("type", "koji_build")] },
      "a common value": { data: [is("type", "koji_build")] },
      "two common values": { data: [is("type", "koji_build"), is("arch", "x86_64")] },
      "several values": { data: [is("item", "package1-1.0-1.fc42", "package2-1.0-1.fc42")] },
      "a pattern": { data: [like("item", "package1234*")] },
      "an outcome": { data: [], outcomes: ["FAILED"] },
      "a testcase": { data: [], testcases: ["dist.rpmlint"] },
      "an item and an outcome": { data: [is("item", "package5-1.0-1.fc42")], outcomes: ["FAILED"] },
      "since a time": { data: [], since: (MILLION - 100) * 1000 },
    };
    for (const [what, query] of Object.entries(queries)) {
      store.results(query, 0, 21);
      const start = performance.now();
      const rows = store.results(query, 0, 21);
      const took = performance.now() - start;
      assert.ok(rows.length > 0, what);
      assert.ok(took < 50, `${what}: ${took.toFixed(1)} ms`);
    }
    store.close();
  });

  /** A million results of 50,000 items, without the care that single results are stored with. */
  function fill(path: string): void {
    const database = new DatabaseSync(path);
    database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN");
    database.exec("INSERT INTO testcase (name) VALUES ('dist.rpmlint'), ('dist.depcheck')");
    const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MILLION})`;
    database.exec(
      `INSERT INTO result (id, testcase_name, submit_time, outcome) ${numbers} SELECT i, CASE i % 2 WHEN 0 THEN 'dist.rpmlint' ELSE 'dist.depcheck' END, i * 1000, CASE i % 5 WHEN 0 THEN 'FAILED' ELSE 'PASSED' END FROM n`,
    );
    for (const [key, value] of [
      ["item", "'package' || (i % 50000) || '-1.0-1.fc42'"],
      ["type", "'koji_build'"],
      ["arch", "CASE i % 3 WHEN 0 THEN 'x86_64' ELSE 'noarch' END"],
    ]) {
      database.exec(
        `INSERT INTO result_data (result_id, key, value, submit_time) ${numbers} SELECT i, '${key}', ${value}, i * 1000 FROM n`,
      );
    }
    database.exec("COMMIT");
    database.close();
  }
});
