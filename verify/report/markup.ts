/** Text as HTML. */
import { PUBLIC_URL } from "../../scenarios/format/expectation";
import { reachableUrl } from "../logs";

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const LOG_URL = new RegExp(`(${PUBLIC_URL}/[\\w./%-]*)`);

/**
 * Text in which AutoQA's log URLs lead to where they are reachable from here.
 * @param form `short`: without what all those URLs have in common
 */
export function linked(text: string, autoqaUrl: string, form: "whole" | "short" = "whole"): string {
  return text
    .split(LOG_URL)
    .map((part, index) => {
      if (index % 2 === 0) return escaped(part);
      const shown = form === "short" ? part.replace(`${PUBLIC_URL}/results/`, "…/") : part;
      return `<a href="${escaped(reachableUrl(part, autoqaUrl))}">${escaped(shown)}</a>`;
    })
    .join("");
}
