/** `stack`: what a stack consists of. */
import os from "node:os";
import { resourceTree, type TreeOptions } from "../display/tree";
import type { Deployment } from "../state/deployment";
import type { StackContext } from "./context";
import { outputsOf, outputTable, shown } from "./stackOutput";

export interface ShowStackOptions extends TreeOptions {
  readonly showName: boolean;
  readonly showSecrets: boolean;
}

export async function showStack(stack: StackContext, options: ShowStackOptions): Promise<string> {
  if (options.showName) return stack.id.stack;
  const { resources } = await stack.snapshot();
  const about = [`Current stack is ${stack.id.stack}:`, `    Managed by ${os.hostname()}`, ...lastUpdateOf(stack)];
  const inside =
    resources.length === 0
      ? ["Current stack resources (0):", "    No resources currently in this stack"]
      : [resourceTree(resources, options), "", outputTable(shown(await outputsOf(stack), options.showSecrets))];
  const hint = "Use `pulumi stack select` to change stack; `pulumi stack ls` lists known ones";
  return [...about, ...inside, "", hint].join("\n");
}

function lastUpdateOf({ deployment }: StackContext): string[] {
  const { time, version } = (deployment as Manifested | undefined)?.manifest ?? {};
  if (!time) return ["    No updates yet; run `pulumi up`"];
  return [
    `    Last updated: ${agoInWords(Date.now() - Date.parse(time))} (${new Date(time).toISOString()})`,
    `    Pulumi version used: ${version}`,
  ];
}

type Manifested = Deployment & { readonly manifest?: { readonly time?: string; readonly version?: string } };

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

function agoInWords(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const unit = UNITS.find(([, length]) => seconds >= length);
  if (!unit) return "now";
  const count = Math.floor(seconds / unit[1]);
  return `${count} ${unit[0]}${count === 1 ? "" : "s"} ago`;
}
