/** Bugs by their numbers: this bodhi has no bug tracker to ask. */
import type { Bug } from "../../world/bodhi-tables";
import type { World } from "../../world/world";

/** A bug as other updates know it, else without a title. */
export function bugOf(world: World, id: number): Bug {
  const known = world.bodhi.updates.flatMap(({ bugs }) => bugs).find((bug) => bug.id === id);
  return known === undefined ? { id, title: "", security: false } : { ...known };
}
