/** Giving memory back: a large upload leaves hundreds of megabytes of garbage, which V8 would keep until it needs them. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** V8's gc with the options that its GC extension takes; `last-resort` also gives free pages back. */
type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

let collect: Collect | undefined;

/** Collects garbage now. Takes time in proportion to what is alive. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as Collect;
  }
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
