/** Which resource of the state a goal continues, by its URN or by one of its former ones. */
import { makeUrn, nameOf, projectOf, qualifiedTypeOf, STACK_TYPE, stackOf, typeOf, type Urn } from "../urn";
import type { Alias, Goal } from "./goal";

export class AliasTable {
  /** From a resource's URN to the former URN under which it was found. */
  private readonly former = new Map<Urn, Urn>();
  /** The reverse: who took over a former URN. */
  private readonly successors = new Map<Urn, Urn>();

  constructor(
    private readonly stack: string,
    private readonly project: string,
  ) {}

  /** Every former URN that the goal may have had: its own aliases, and those that follow from its parent's. */
  candidates(goal: Goal): Urn[] {
    const own = goal.aliases.map((alias) => this.resolve(goal, alias));
    const found = new Set<Urn>(own);
    const formerParent = goal.parent && this.former.get(goal.parent);
    if (goal.parent && formerParent) {
      found.add(childAlias(goal.parent, formerParent, goal.type, goal.name));
      for (const urn of own) found.add(childAlias(goal.parent, formerParent, typeOf(urn), nameOf(urn)));
    }
    return [...found];
  }

  /** Notes that `urn` continues what was `former`. */
  take(urn: Urn, former: Urn): void {
    this.former.set(urn, former);
    this.successors.set(former, urn);
  }

  /** Who has taken over a URN, if somebody has. */
  successorOf(former: Urn): Urn | undefined {
    return this.successors.get(former);
  }

  private resolve(goal: Goal, alias: Alias): Urn {
    if ("urn" in alias) return alias.urn;
    const asked = alias.parent === undefined ? goal.parent : (alias.parent ?? undefined);
    const parent = alias.parent ? (this.former.get(alias.parent) ?? alias.parent) : asked;
    const top = parent === undefined || qualifiedTypeOf(parent) === STACK_TYPE;
    return makeUrn(
      alias.stack || this.stack,
      alias.project || this.project,
      top ? undefined : parent,
      alias.type || goal.type,
      alias.name || goal.name,
    );
  }
}

/** A child named after its parent was, by convention, named after the parent's former name. */
function childAlias(parent: Urn, formerParent: Urn, type: string, name: string): Urn {
  const parentName = nameOf(parent);
  const formerName = name.startsWith(parentName) ? nameOf(formerParent) + name.slice(parentName.length) : name;
  return makeUrn(stackOf(formerParent), projectOf(formerParent), formerParent, type, formerName);
}
