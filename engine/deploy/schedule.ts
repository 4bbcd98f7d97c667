/** In which order resources may be deleted: pure. */
import { DependencyGraph } from "../state/graph";
import type { ResourceState } from "../state/resource";
import type { Step } from "./step";

/**
 * Groups of deletes; the steps of a group may run at once, a group begins when the one before it is done. Whatever
 * depends on a resource is deleted in an earlier group.
 */
export function scheduleDeletes(steps: readonly Step[], resources: readonly ResourceState[]): Step[][] {
  const graph = new DependencyGraph(resources);
  const condemned = new Map<ResourceState, Step>();
  for (const step of steps) if (step.old) condemned.set(step.old, step);
  const levels = new Map<ResourceState, number>();
  // Resources are in dependency order, so a resource's dependencies have their level before it does.
  for (const state of resources) {
    if (!condemned.has(state)) continue;
    const below = [...graph.dependenciesOf(state)].map((dependency) => levels.get(dependency) ?? -1);
    levels.set(state, Math.max(-1, ...below) + 1);
  }
  const groups: Step[][] = [];
  for (const [state, step] of condemned) {
    const level = levels.get(state) ?? 0;
    groups[level] = [...(groups[level] ?? []), step];
  }
  return groups.filter((group) => group !== undefined).reverse();
}
