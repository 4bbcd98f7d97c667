/** What every reporter is. */
import type { Destination, Post } from "./posts";

export type Delivery =
  | { state: "sent"; remark: string }
  /** There is nothing to say, or nobody to say it to: the remark tells which. */
  | { state: "skipped"; remark: string }
  /** The other side will never take it. */
  | { state: "refused"; remark: string };

export interface Reporter {
  destination: Destination;
  /**
   * Sends one post. If it was begun before (`attempts` > 0, as in the database), it may have arrived already.
   * @throws Unreachable, and anything else that trying again later may cure
   */
  deliver(post: Post): Promise<Delivery>;
}
