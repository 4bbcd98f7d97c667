/** What every reporter is. */
import type { HttpError } from "../http/request";
import type { Destination, Post } from "./posts";

export type Delivery =
  | { state: "sent"; remark: string }
  /** There is nothing to say, or nobody to say it to: the remark tells which. */
  | { state: "skipped"; remark: string }
  /** The other side will never take it. */
  | { state: "refused"; remark: string };

/** Not the post's fault, but the account's, a proxy's or the moment's. */
const passingStatuses = [401, 403, 407, 408, 425, 429];

/** Whether the answer to a post means that the other side will never take it. */
export function isRefusal({ status }: HttpError): boolean {
  return status >= 400 && !passingStatuses.includes(status);
}

export interface Reporter {
  destination: Destination;
  /**
   * Sends one post. If it was begun before (`attempts` > 0, as in the database), it may have arrived already.
   * @throws Unreachable, and anything else that trying again later may cure; for how long depends on whether the error
   * says that the destination is out of order
   */
  deliver(post: Post): Promise<Delivery>;
}
