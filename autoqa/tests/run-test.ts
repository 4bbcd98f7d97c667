/** The process of one run (`autoqa run-test`): the task on standard input, the log on standard output. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { failureOf, resultsForAll } from "./failures";
import { testByName } from "./registry";
import { Task, type TestResult } from "./run";

/** Where a run leaves its results, in its directory: whatever a tool prints cannot be taken for them. */
export const resultsFile = "results.json";

export async function runTest(): Promise<void> {
  const task = Task.parse(JSON.parse(await text(process.stdin)));
  const log = (line: string) => process.stdout.write(`${showControls(line)}\n`);
  const results = await resultsOf(task, log);
  for (const { item, outcome, note } of results) log(`RESULT: ${item} ${outcome} (${note})`);
  writeFileSync(join(task.directory, resultsFile), JSON.stringify(results));
}

/** A line as it may be shown anywhere: what a package is named, or says, must neither steer a terminal nor pass for a line. */
export function showControls(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    if (character === "\t") return character;
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** What a test says, or what it ended in. */
export async function resultsOf(task: Task, log: (line: string) => void): Promise<TestResult[]> {
  try {
    const test = testByName(task.test);
    if (test === undefined) throw new Error(`this client has no test ${task.test}`);
    return await test.run({ ...task, log });
  } catch (error) {
    const { outcome, note, trace = `${outcome}: ${note}` } = failureOf(error);
    for (const line of trace.split("\n")) log(line);
    return resultsForAll(task.event, outcome, note);
  }
}
