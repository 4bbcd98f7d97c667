/** `--diff`: every changed resource with what changes in it. */
import type { Operation, Step } from "../deploy/step";
import { displayType } from "../urn";
import { diffMaps } from "../values/diff";
import { glyphOf } from "./rows";
import { renderMap, renderMapDiff } from "./values";

const SHOWN: ReadonlySet<Operation> = new Set(["create", "update", "delete", "replace", "import", "discard"]);

/** The lines of one step; none for steps that change nothing. */
export function renderStep(step: Step): string[] {
  const op = step.op === "refresh" ? step.outcome : step.op;
  if (!op || !SHOWN.has(op)) return [];
  const state = step.new ?? step.old;
  const id = step.old?.id || step.new?.id;
  const head = [
    `    ${glyphOf(op).trim()} ${displayType(step.type)}: (${op})`,
    ...(id ? [`        [id=${id}]`] : []),
    `        [urn=${step.urn}]`,
  ];
  if (!step.old || !step.new) return [...head, ...renderMap(state?.inputs ?? {}, 8)];
  const diff = diffMaps(step.old.inputs, step.new.inputs);
  return [...head, ...(diff ? renderMapDiff(diff, 8, "hidden") : [])];
}
