/** All tests. */
import type { Control } from "./control";
import { control as depcheckControl } from "./depcheck/control";
import { depcheck } from "./depcheck/depcheck";
import { control as rpmguardControl } from "./rpmguard/control";
import { rpmguard } from "./rpmguard/rpmguard";
import { control as rpmlintControl } from "./rpmlint/control";
import { rpmlint } from "./rpmlint/rpmlint";
import type { TestFunction } from "./run";
import { control as upgradepathControl } from "./upgradepath/control";
import { upgradepath } from "./upgradepath/upgradepath";

export interface RegisteredTest {
  control: Control;
  run: TestFunction;
}

export const tests: readonly RegisteredTest[] = [
  { control: depcheckControl, run: depcheck },
  { control: rpmguardControl, run: rpmguard },
  { control: rpmlintControl, run: rpmlint },
  { control: upgradepathControl, run: upgradepath },
];

export const controls: readonly Control[] = tests.map(({ control }) => control);

export function testByName(name: string): RegisteredTest | undefined {
  return tests.find(({ control }) => control.test === name);
}
