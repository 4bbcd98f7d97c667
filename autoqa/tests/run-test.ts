/** The process of one run (`autoqa run-test`): the task on standard input, the log on standard output. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { outcomeOfError, resultsForAll, traceOf } from "./failures";
import { testByName } from "./registry";
import { Task, type TestResult } from "./run";

/** Where a run leaves its results, in its directory: whatever a tool prints cannot be taken for them. */
export const resultsFile = "results.json";

export async function runTest(): Promise<void> {
  const task = Task.parse(JSON.parse(await text(process.stdin)));
  const log = (line: string) => process.stdout.write(`${line}\n`);
  const results = await resultsOf(task, log);
  for (const { item, outcome, note } of results) log(`RESULT: ${item} ${outcome} (${note})`);
  writeFileSync(join(task.directory, resultsFile), JSON.stringify(results));
}

async function resultsOf(task: Task, log: (line: string) => void): Promise<TestResult[]> {
  try {
    const test = testByName(task.test);
    if (test === undefined) throw new Error(`this client has no test ${task.test}`);
    return await test.run({ ...task, log });
  } catch (error) {
    const { outcome, note } = outcomeOfError(error);
    log(traceOf(error) ?? `${outcome}: ${note}`);
    return resultsForAll(task.event, outcome, note);
  }
}
