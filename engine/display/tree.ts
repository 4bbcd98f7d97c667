/** A stack's resources as a tree of parents and children, the way `pulumi stack` prints it. */
import type { ResourceState } from "../state/resource";
import { nameOf, STACK_TYPE, type Urn } from "../urn";

export interface TreeOptions {
  readonly showUrns: boolean;
  readonly showIds: boolean;
}

interface Node {
  readonly state: ResourceState;
  readonly children: Node[];
}

/** A row with the type and the name; or, without a name, what stands below such a row. */
type Row = readonly [type: string, name: string | undefined];

export function resourceTree(resources: readonly ResourceState[], options: TreeOptions): string {
  const rows = rootsOf(resources).flatMap((root) => rowsOf(root, "", "", options));
  const width = Math.max("TYPE".length, ...rows.map(([type, name]) => (name === undefined ? 0 : type.length)));
  const lines = [["TYPE", "NAME"] as Row, ...rows].map(([type, name]) =>
    name === undefined ? `    ${type}` : `    ${type.padEnd(width)}  ${name}`,
  );
  return [`Current stack resources (${resources.length}):`, ...lines].join("\n");
}

/** What has no parent of its own (providers, mostly) stands below the stack, after everything else. */
function rootsOf(resources: readonly ResourceState[]): Node[] {
  const nodes = resources.map((state): Node => ({ state, children: [] }));
  const live = new Map<Urn, Node>();
  for (const node of nodes) if (!node.state.delete) live.set(node.state.urn, node);
  const stack = nodes.find(({ state }) => state.type === STACK_TYPE);
  const orphans: Node[] = [];
  for (const node of nodes) {
    if (node === stack) continue;
    const parent = node.state.parent && live.get(node.state.parent);
    if (parent) parent.children.push(node);
    else orphans.push(node);
  }
  if (!stack) return orphans;
  stack.children.push(...orphans);
  return [stack];
}

function rowsOf({ state, children }: Node, lead: string, below: string, options: TreeOptions): Row[] {
  const detail = `${below}${children.length > 0 ? "│  " : "   "}`;
  const rows: Row[] = [[`${lead}${state.type}`, nameOf(state.urn)]];
  if (options.showUrns) rows.push([`${detail}URN: ${state.urn}`, undefined]);
  if (options.showIds && state.id) rows.push([`${detail}ID: ${state.id}`, undefined]);
  children.forEach((child, index) => {
    const last = index === children.length - 1;
    rows.push(...rowsOf(child, `${below}${last ? "└─ " : "├─ "}`, `${below}${last ? "   " : "│  "}`, options));
  });
  return rows;
}
