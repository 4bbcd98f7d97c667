/** All tests, by name order: the order in which an event's jobs are numbered. */
import type { Control } from "./control";
import { control as rpmlintControl } from "./rpmlint/control";
import { rpmlint } from "./rpmlint/rpmlint";
import type { TestFunction } from "./run";

export interface RegisteredTest {
  control: Control;
  run: TestFunction;
}

export const tests: readonly RegisteredTest[] = [{ control: rpmlintControl, run: rpmlint }];

export const controls: readonly Control[] = tests.map(({ control }) => control);

export function testByName(name: string): RegisteredTest | undefined {
  return tests.find(({ control }) => control.test === name);
}
